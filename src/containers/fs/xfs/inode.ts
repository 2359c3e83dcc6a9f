/** Inodes of XFS. Source: XFS Algorithms & Data Structures, 3rd edition (`xfs_dinode_core`), xfs_format.h (NREXT64). */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { kindOfMode } from '../mode.ts'
import { blockOffset, type Superblock } from './superblock.ts'

/** `IN`. */
const MAGIC = 0x494e
/** Lengths of the cores of versions 1 and 2, and of 3: what follows is the data fork. */
const CORE = { old: 100, v3: 176 }
/** `di_format`. */
export const FORMAT = { local: 1, extents: 2, tree: 3 }
const FLAG_REALTIME = 0x1
/** `XFS_DIFLAG2_NREXT64`, in the lower word of `di_flags2`: the number of extents has 64 bits. */
const FLAG2_MANY_EXTENTS = 0x10

export class XfsNode implements FileNode {
  readonly kind: FileKind
  readonly size: number
  readonly key: string
  /** Where its bytes are: in the fork, in extents listed there, or in extents of a tree that starts there. */
  readonly format: number
  readonly fork: Structure
  readonly extents: number
  readonly realtime: boolean

  constructor(number: number, raw: Structure) {
    this.key = `${number}`
    this.kind = kindOfMode(raw.u16(2))
    this.size = raw.u64(56)
    this.format = raw.u8(5)
    const isV3 = raw.u8(4) >= 3
    const start = isV3 ? CORE.v3 : CORE.old
    // The attributes' fork follows after so many times 8 bytes, where there is one.
    const length = Math.min(raw.u8(82) * 8 || raw.length, raw.length - start)
    this.fork = raw.part(start, length)
    this.realtime = (raw.u16(90) & FLAG_REALTIME) !== 0
    const hasMany = isV3 && (raw.u32(124) & FLAG2_MANY_EXTENTS) !== 0
    this.extents = hasMany ? raw.u64(24) : raw.u32(76)
  }
}

/** Throws where there is no inode of that number. */
export function readInode(metadata: Metadata, superblock: Superblock, number: number): XfsNode {
  const perBlock = 2 ** superblock.inodesPerBlockLog
  const block = blockOffset(metadata, superblock, Math.floor(number / perBlock))
  const offset = block + (number % perBlock) * superblock.inodeSize
  const raw = metadata.read(`inode ${number}`, offset, superblock.inodeSize)
  if (raw.u16(0) !== MAGIC) throw raw.corrupt(`inode ${number}`, `its magic is 0x${raw.u16(0).toString(16)}`)
  return new XfsNode(number, raw)
}
