/** The superblock of EROFS. Source: Linux fs/erofs/erofs_fs.h (`erofs_super_block`). */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'

const SUPERBLOCK = 1024
const LENGTH = 128
/** 0xE0F5E1E2. */
const MAGIC = [0xe2, 0xe1, 0xf5, 0xe0]
/** `feature_incompat`: zero padding, big pclusters, chunks, devices and a second codec, tail packing, fragments, prefixes. */
const KNOWN_INCOMPAT = 0x7f
const INCOMPAT = { zeroPadding: 0x1, bigCluster: 0x2, tailPacking: 0x10, fragments: 0x20 }

export interface Superblock {
  /** In bytes, as a power of two. */
  readonly blockBits: number
  readonly rootInode: number
  /** Where inodes are numbered from, in bytes. */
  readonly inodes: number
  /** Compressed bytes lie at the end of their blocks. */
  readonly zeroPadding: boolean
  /** Indexes of the older form have a header as well. */
  readonly headers: boolean
}

/** Whether `source` holds EROFS. */
export function detectErofs(source: Source): boolean {
  const bytes = readBytes(source, SUPERBLOCK, MAGIC.length)
  return bytes.length === MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte)
}

/** Throws where the superblock names what cannot be, or a feature that is not read. */
export function readSuperblock(metadata: Metadata): Superblock {
  const raw = metadata.read('superblock', SUPERBLOCK, LENGTH)
  const [incompat, blockBits] = [raw.u32(80), raw.u8(12)]
  const unknown = incompat & ~KNOWN_INCOMPAT
  if (unknown !== 0) {
    const bits = `0x${(unknown >>> 0).toString(16)}`
    throw metadata.unsupported(
      'file system',
      `its incompatible features ${bits} are not known`,
      SUPERBLOCK + 80,
    )
  }
  if (blockBits < 9 || blockBits > 16) throw raw.corrupt('superblock', `the block size is 2^${blockBits}`)
  if (raw.u8(90) !== 0)
    throw metadata.unsupported('file system', 'its directory blocks have another size than others')
  return {
    blockBits,
    rootInode: raw.u16(14),
    inodes: raw.u32(40) * 2 ** blockBits,
    zeroPadding: (incompat & INCOMPAT.zeroPadding) !== 0,
    headers: (incompat & (INCOMPAT.bigCluster | INCOMPAT.tailPacking | INCOMPAT.fragments)) !== 0,
  }
}
