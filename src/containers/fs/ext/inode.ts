/** Inodes of ext2, ext3 and ext4. Source: Linux Documentation/filesystems/ext4 (`ext4_inode`, inline data). */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { kindOfMode } from '../mode.ts'
import { inodeTable, type Superblock } from './superblock.ts'

/** The file's blocks, or its first bytes where it is inline. */
const BLOCK_AT = 0x28
export const BLOCK_LENGTH = 60

/** `i_flags`. */
export const FLAG = { encrypt: 0x800, extents: 0x8_0000, inline: 0x1000_0000 }

const ATTRIBUTE_MAGIC = 0xea02_0000
/** The attribute `system.data`: its index and its name. */
const SYSTEM_INDEX = 7
const DATA_NAME = [0x64, 0x61, 0x74, 0x61]

export class ExtNode implements FileNode {
  readonly kind: FileKind
  readonly size: number
  readonly key: string
  readonly number: number
  readonly flags: number
  readonly raw: Structure

  constructor(number: number, raw: Structure, { largeDirectories }: Pick<Superblock, 'largeDirectories'>) {
    this.number = number
    this.key = `${number}`
    this.raw = raw
    this.kind = kindOfMode(raw.u16(0x00))
    this.flags = raw.u32(0x20)
    // Of others the upper half is another field (fs/ext4/ext4.h, ext4_isize).
    const has64 = this.kind === 'file' || (this.kind === 'directory' && largeDirectories)
    this.size = raw.u32(0x04) + (has64 ? raw.u32(0x6c) * 2 ** 32 : 0)
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** The 60 bytes that lead to the blocks. */
  get block(): Structure {
    return this.raw.part(BLOCK_AT, BLOCK_LENGTH)
  }
}

/** Throws where there is no inode of that number. */
export function readInode(metadata: Metadata, superblock: Superblock, number: number): ExtNode {
  const { inodes, inodesPerGroup, inodeSize } = superblock
  if (number < 1 || number > inodes) {
    throw metadata.corrupt('inode', `its number is ${number}, the last one is ${inodes}`)
  }
  const table = inodeTable(metadata, superblock, Math.floor((number - 1) / inodesPerGroup))
  const offset = table + ((number - 1) % inodesPerGroup) * inodeSize
  return new ExtNode(number, metadata.read(`inode ${number}`, offset, inodeSize), superblock)
}

/** The bytes of a file that is kept in its inode: 60 there, the rest in an attribute. */
export function inlineParts(node: ExtNode): readonly [Uint8Array, Uint8Array] {
  const head = node.block.bytes
  return [head.subarray(0, node.size), inlineRest(node)]
}

function inlineRest({ raw }: ExtNode): Uint8Array {
  const start = raw.length > 128 ? 128 + raw.u16(0x80) : raw.length
  if (start + 4 > raw.length || raw.u32(start) !== ATTRIBUTE_MAGIC) return new Uint8Array()
  const entries = raw.part(start + 4)
  // Each entry has 16 bytes, its name, and up to 3 bytes so that the next one is aligned; four zero bytes end the list.
  for (let at = 0; at + 16 <= entries.length && entries.u32(at) !== 0; ) {
    const nameLength = entries.u8(at)
    const isData = entries.u8(at + 1) === SYSTEM_INDEX && nameLength === DATA_NAME.length
    if (isData && DATA_NAME.every((byte, index) => entries.u8(at + 16 + index) === byte)) {
      return entries.slice(entries.u16(at + 2), entries.u32(at + 8))
    }
    at += 16 + Math.ceil(nameLength / 4) * 4
  }
  return new Uint8Array()
}
