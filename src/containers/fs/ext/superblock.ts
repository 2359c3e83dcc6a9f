/**
 * The superblock and the group descriptors of ext2, ext3 and ext4.
 * Source: Linux Documentation/filesystems/ext4 (`ext4_super_block`, `ext4_group_desc`), fs/ext4/ext4.h.
 */

import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import { ContainerError } from '../../container-error.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'

const SUPERBLOCK = 1024
const SUPERBLOCK_LENGTH = 1024
const MAGIC_AT = 0x38
const MAGIC = 0xef53

/** `s_feature_compat`. */
const COMPAT = { hasJournal: 0x4, fastCommit: 0x400, sparseSuper2: 0x200 }
/** `s_feature_incompat`. */
const INCOMPAT = {
  compression: 0x1,
  filetype: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaBg: 0x10,
  extents: 0x40,
  bit64: 0x80,
  largeDir: 0x4000,
}
/** `s_feature_ro_compat`. */
const RO_COMPAT = { sparseSuper: 0x1 }
/**
 * The bits of `s_feature_incompat` that this reader knows: the above but the first and journalDevice, and mmp,
 * flex_bg, ea_inode, dirdata, csum_seed, inline_data, encrypt, casefold.
 */
const KNOWN_INCOMPAT = 0x3_f7d6

export interface Superblock {
  readonly format: 'ext2' | 'ext3' | 'ext4'
  /** In bytes. */
  readonly blockSize: number
  readonly blocks: number
  readonly inodes: number
  /** In bytes. */
  readonly inodeSize: number
  readonly inodesPerGroup: number
  readonly blocksPerGroup: number
  readonly firstDataBlock: number
  readonly descriptorSize: number
  /** Groups of descriptors from this one on lie in their own groups (meta_bg). */
  readonly firstMetaGroup: number
  /** The groups beside the first that have a copy of the superblock, or a rule for them. */
  readonly copies: 'all' | 'sparse' | readonly number[]
  /** Directory entries tell the type of what they name. */
  readonly filetype: boolean
  /** Directories may have 4 GiB and more. */
  readonly largeDirectories: boolean
  /** The journal's inode, 0 without one; the journal holds what is not in place yet where `recover`. */
  readonly journalInode: number
  readonly recover: boolean
  readonly journalElsewhere: boolean
  readonly fastCommit: boolean
}

/** Whether `source` holds ext2, ext3 or ext4. */
export function detectExt(source: Source): boolean {
  const magic = readBytes(source, SUPERBLOCK + MAGIC_AT, 2)
  return magic[0] === (MAGIC & 0xff) && magic[1] === MAGIC >> 8
}

/** Throws where the superblock names what cannot be, or a feature that is not read. */
export function readSuperblock(metadata: Metadata): Superblock {
  const raw = metadata.read('superblock', SUPERBLOCK, SUPERBLOCK_LENGTH)
  const [compat, incompat, roCompat] = [raw.u32(0x5c), raw.u32(0x60), raw.u32(0x64)]
  checkFeatures(metadata, incompat)
  const is64 = (incompat & INCOMPAT.bit64) !== 0
  const logBlockSize = raw.u32(0x18)
  if (logBlockSize > 6)
    throw raw.corrupt('superblock', `the block size is 2^${10 + logBlockSize}, limit is 65536`)
  const blockSize = 1024 << logBlockSize
  const oldRevision = raw.u32(0x4c) === 0
  const inodeSize = oldRevision ? 128 : raw.u16(0x58)
  if (inodeSize < 128 || inodeSize > blockSize || (inodeSize & (inodeSize - 1)) !== 0) {
    throw raw.corrupt('superblock', `the inode size is ${inodeSize}`)
  }
  const descriptorSize = is64 ? raw.u16(0xfe) : 32
  if (descriptorSize < 32 || descriptorSize > 1024 || (descriptorSize & (descriptorSize - 1)) !== 0) {
    throw raw.corrupt('superblock', `the group descriptor size is ${descriptorSize}`)
  }
  const [blocksPerGroup, inodesPerGroup] = [raw.u32(0x20), raw.u32(0x28)]
  if (blocksPerGroup === 0 || inodesPerGroup === 0) {
    throw raw.corrupt('superblock', `a group has ${blocksPerGroup} blocks and ${inodesPerGroup} inodes`)
  }
  const metaBg = (incompat & INCOMPAT.metaBg) !== 0
  return {
    format: formatOf(compat, incompat, roCompat),
    blockSize,
    blocks: raw.u32(0x04) + (is64 ? raw.u32(0x150) * 2 ** 32 : 0),
    inodes: raw.u32(0x00),
    inodeSize,
    inodesPerGroup,
    blocksPerGroup,
    firstDataBlock: raw.u32(0x14),
    descriptorSize,
    firstMetaGroup: metaBg ? raw.u32(0x104) : Number.POSITIVE_INFINITY,
    copies: copiesOf(raw, compat, roCompat),
    filetype: (incompat & INCOMPAT.filetype) !== 0,
    largeDirectories: (incompat & INCOMPAT.largeDir) !== 0,
    journalInode: (compat & COMPAT.hasJournal) !== 0 ? raw.u32(0xe0) : 0,
    recover: (incompat & INCOMPAT.recover) !== 0,
    journalElsewhere: raw.u32(0xe4) !== 0,
    fastCommit: (compat & COMPAT.fastCommit) !== 0,
  }
}

function checkFeatures(metadata: Metadata, incompat: number): void {
  if ((incompat & INCOMPAT.journalDevice) !== 0) {
    throw metadata.unsupported('superblock', 'the bytes are the journal of another file system', SUPERBLOCK)
  }
  if ((incompat & INCOMPAT.compression) !== 0) {
    throw metadata.unsupported('superblock', 'the feature compression is not read', SUPERBLOCK)
  }
  const unknown = incompat & ~KNOWN_INCOMPAT
  if (unknown === 0) return
  const bits = `0x${(unknown >>> 0).toString(16)}`
  const message = `Cannot read the ext4 file system: its incompatible features ${bits} are not known`
  throw new ContainerError('container-unsupported', metadata.layer, message, SUPERBLOCK + 0x60)
}

/** As blkid tells them apart: what no ext2 driver takes is ext3 or ext4, what no ext3 driver takes ext4. */
function formatOf(compat: number, incompat: number, roCompat: number): Superblock['format'] {
  const ext3Incompat = INCOMPAT.filetype | INCOMPAT.recover | INCOMPAT.metaBg
  const ext3RoCompat = 0x7
  if ((incompat & ~ext3Incompat) !== 0 || (roCompat & ~ext3RoCompat) !== 0) return 'ext4'
  return (compat & COMPAT.hasJournal) !== 0 ? 'ext3' : 'ext2'
}

function copiesOf(raw: Structure, compat: number, roCompat: number): Superblock['copies'] {
  if ((compat & COMPAT.sparseSuper2) !== 0) return [raw.u32(0x24c), raw.u32(0x250)]
  return (roCompat & RO_COMPAT.sparseSuper) !== 0 ? 'sparse' : 'all'
}

/** The position of the inode table of `group`. */
export function inodeTable(metadata: Metadata, superblock: Superblock, group: number): number {
  const { blockSize, descriptorSize } = superblock
  const perBlock = blockSize / descriptorSize
  const index = Math.floor(group / perBlock)
  const offset =
    descriptorBlock(superblock, index, perBlock) * blockSize + (group % perBlock) * descriptorSize
  const descriptor = metadata.read('group descriptor', offset, descriptorSize)
  const high = descriptorSize >= 64 ? descriptor.u32(0x28) : 0
  return (high * 2 ** 32 + descriptor.u32(0x08)) * blockSize
}

/** Where the descriptor block of that index lies (lib/ext2fs/openfs.c, ext2fs_descriptor_block_loc2). */
function descriptorBlock(superblock: Superblock, index: number, perBlock: number): number {
  const { blockSize, blocksPerGroup, firstDataBlock, firstMetaGroup } = superblock
  const afterFirst = Math.floor(SUPERBLOCK / blockSize) + 1
  if (index < firstMetaGroup) return afterFirst + index
  const group = index * perBlock
  if (group === 0) return afterFirst
  // With bigalloc and blocks of 1 KiB the first group starts at block 0, and its superblock at block 1.
  const adjust = blockSize === 1024 && firstDataBlock === 0 ? 1 : 0
  return firstDataBlock + group * blocksPerGroup + (hasCopy(superblock, group) ? 1 : 0) + adjust
}

function hasCopy({ copies }: Superblock, group: number): boolean {
  if (group === 0 || copies === 'all') return true
  if (copies !== 'sparse') return copies.includes(group)
  return group === 1 || [3, 5, 7].some(base => isPower(group, base))
}

function isPower(value: number, base: number): boolean {
  let power = base
  while (power < value) power *= base
  return power === value
}
