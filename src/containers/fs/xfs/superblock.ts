/**
 * The superblock of XFS, and where what is numbered in it lies.
 * Source: XFS Algorithms & Data Structures, 3rd edition (`xfs_dsb`); Linux fs/xfs/libxfs/xfs_format.h.
 */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'

/** `XFSB`. */
const MAGIC = [0x58, 0x46, 0x53, 0x42]
const LENGTH = 264
/** Bits of `sb_versionnum` below the version. */
const VERSION = { moreBits: 0x8000, directory2: 0x2000 }
const FEATURE2_FTYPE = 0x200
const INCOMPAT = { ftype: 0x1, needsRepair: 0x10 }
/** ftype, spinodes, meta_uuid, bigtime, needsrepair, nrext64, exchrange, parent, metadir. */
const KNOWN_INCOMPAT = 0x1ff

export interface Superblock {
  /** 4, or 5 with checksums. */
  readonly version: number
  /** In bytes, as the other sizes. */
  readonly blockSize: number
  readonly inodeSize: number
  readonly directoryBlockSize: number
  readonly blocks: number
  readonly groupBlocks: number
  readonly groups: number
  /** Inodes of a block, and blocks of a group, as powers of two: numbers are put together from them. */
  readonly inodesPerBlockLog: number
  readonly groupBlocksLog: number
  readonly rootInode: number
  /** Directory entries tell the type of what they name. */
  readonly ftype: boolean
  readonly needsRepair: boolean
  /** The log's first block, 0 where it lies on another device, and its length in blocks. */
  readonly log: { readonly start: number; readonly blocks: number }
}

/** Whether `source` holds XFS. */
export function detectXfs(source: Source): boolean {
  const bytes = readBytes(source, 0, MAGIC.length)
  return bytes.length === MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte)
}

/** Throws where the superblock names what cannot be, or a feature that is not read. */
export function readSuperblock(metadata: Metadata): Superblock {
  const raw = metadata.read('superblock', 0, LENGTH)
  const versionBits = raw.u16(100)
  const version = versionBits & 0xf
  if (version !== 4 && version !== 5) {
    throw metadata.unsupported('file system', `its version is ${version}, 4 and 5 are read`, 100)
  }
  if (version === 4 && (versionBits & VERSION.directory2) === 0) {
    throw metadata.unsupported('file system', 'its directories are those of version 1', 100)
  }
  const incompat = version === 5 ? raw.u32(216) : 0
  if ((incompat & ~KNOWN_INCOMPAT) !== 0) {
    const bits = `0x${((incompat & ~KNOWN_INCOMPAT) >>> 0).toString(16)}`
    throw metadata.unsupported('file system', `its incompatible features ${bits} are not known`, 216)
  }
  const power = (at: number, least: number, most: number, what: string): number => {
    const value = raw.u8(at)
    if (value >= least && value <= most) return value
    throw raw.corrupt('superblock', `the ${what} is 2^${value}, limits are 2^${least} and 2^${most}`)
  }
  const blockLog = power(120, 9, 16, 'block size')
  const inodeLog = power(122, 8, 11, 'inode size')
  const directoryLog = power(192, 0, 16 - blockLog, 'directory block size in blocks')
  const groupBlocksLog = power(124, 1, 31, 'group size in blocks')
  const [groupBlocks, groups] = [raw.u32(84), raw.u32(88)]
  if (groupBlocks === 0 || groups === 0 || inodeLog > blockLog || groupBlocks > 2 ** groupBlocksLog) {
    throw raw.corrupt('superblock', `it has ${groups} groups of ${groupBlocks} blocks`)
  }
  const hasFtype2 = (versionBits & VERSION.moreBits) !== 0 && (raw.u32(200) & FEATURE2_FTYPE) !== 0
  return {
    version,
    blockSize: 2 ** blockLog,
    inodeSize: 2 ** inodeLog,
    directoryBlockSize: 2 ** (blockLog + directoryLog),
    blocks: raw.u64(8),
    groupBlocks,
    groups,
    inodesPerBlockLog: blockLog - inodeLog,
    groupBlocksLog,
    rootInode: raw.u64(56),
    ftype: version === 5 ? (incompat & INCOMPAT.ftype) !== 0 : hasFtype2,
    needsRepair: (incompat & INCOMPAT.needsRepair) !== 0,
    log: { start: raw.u64(48), blocks: raw.u32(96) },
  }
}

/** The position of a block by its number, whose upper bits are the group's. Throws where there is none. */
export function blockOffset(metadata: Metadata, superblock: Superblock, block: number): number {
  const { groupBlocksLog, groupBlocks, groups, blockSize } = superblock
  const group = Math.floor(block / 2 ** groupBlocksLog)
  const inGroup = block % 2 ** groupBlocksLog
  if (group >= groups || inGroup >= groupBlocks) {
    throw metadata.corrupt('block number', `it is ${block}, which is in none of the ${groups} groups`)
  }
  return (group * groupBlocks + inGroup) * blockSize
}
