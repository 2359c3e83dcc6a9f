/** The superblock of squashfs 4. Source: Linux fs/squashfs/squashfs_fs.h (`squashfs_super_block`). */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { BlockCodec } from '../../../unwrap/block.ts'
import type { Metadata } from '../../metadata.ts'

const LENGTH = 96
/** `hsqs`. */
const MAGIC = [0x68, 0x73, 0x71, 0x73]
/** By `compression`. Those of number 2 carry the header of .lzma (squashfs-tools lzma_wrapper.c). */
const CODECS: Record<number, BlockCodec> = { 1: 'zlib', 2: 'lzma', 3: 'lzo', 4: 'xz', 5: 'lz4', 6: 'zstd' }
const MIN_BLOCK = 4096
const MAX_BLOCK = 1 << 20

export interface Superblock {
  readonly codec: BlockCodec
  /** In bytes. */
  readonly blockSize: number
  readonly fragments: number
  /** A place in the inode table: where its block starts, and where in it the inode does. */
  readonly rootInode: bigint
  readonly inodeTable: number
  readonly directoryTable: number
  readonly fragmentTable: number
}

/** Whether `source` holds squashfs 4. */
export function detectSquashfs(source: Source): boolean {
  const bytes = readBytes(source, 0, MAGIC.length)
  return bytes.length === MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte)
}

/** Throws where the superblock names what cannot be, or a codec or version that is not read. */
export function readSuperblock(metadata: Metadata): Superblock {
  const raw = metadata.read('superblock', 0, LENGTH)
  const [compression, major] = [raw.u16(20), raw.u16(28)]
  if (major !== 4) throw metadata.unsupported('file system', `its version is ${major}, only 4 is read`, 28)
  const codec = CODECS[compression]
  if (codec === undefined)
    throw metadata.unsupported('file system', `its codec ${compression} is not known`, 20)
  const blockSize = raw.u32(12)
  if (blockSize < MIN_BLOCK || blockSize > MAX_BLOCK || (blockSize & (blockSize - 1)) !== 0) {
    throw raw.corrupt('superblock', `the block size is ${blockSize}`)
  }
  return {
    codec,
    blockSize,
    fragments: raw.u32(16),
    rootInode: raw.big64(32),
    inodeTable: raw.u64(64),
    directoryTable: raw.u64(72),
    fragmentTable: raw.u64(80),
  }
}
