/** The superblock of btrfs. Source: btrfs documentation, "On-disk format" (`btrfs_super_block`); Linux include/uapi/linux/btrfs_tree.h. */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'

const SUPERBLOCK = 65536
const LENGTH = 4096
const MAGIC_AT = 64
/** `_BHRfS_M`. */
const MAGIC = [0x5f, 0x42, 0x48, 0x52, 0x66, 0x53, 0x5f, 0x4d]
const CHUNKS_AT = 811
const MAX_CHUNKS = 2048
/** Every feature up to simple_quota but extent_tree_v2 and raid_stripe_tree, which lay trees and data out otherwise. */
const KNOWN_INCOMPAT = 0x1_1fffn

/** Where a tree starts. */
export interface TreeRoot {
  /** A logical address. */
  readonly address: number
  readonly level: number
}

export interface Superblock {
  readonly fsid: string
  /** The number of the device that this superblock lies on. */
  readonly device: number
  readonly devices: number
  /** In bytes. */
  readonly nodeSize: number
  readonly sectorSize: number
  readonly root: TreeRoot
  readonly chunkRoot: TreeRoot
  readonly rootDirectory: number
  readonly hasLog: boolean
  /** Chunks that lead to the chunk tree: a key and an item each. */
  readonly systemChunks: Structure
}

/** Whether `source` holds btrfs. */
export function detectBtrfs(source: Source): boolean {
  const bytes = readBytes(source, SUPERBLOCK + MAGIC_AT, MAGIC.length)
  return bytes.length === MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte)
}

/** Which file system a device is of, and how many devices that has; nothing where it is of none. */
export function btrfsDevice(source: Source): { fsid: string; devices: number } | undefined {
  if (!detectBtrfs(source)) return undefined
  const bytes = readBytes(source, SUPERBLOCK, 144)
  const devices = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(136, true)
  return { fsid: fsidOf(bytes.subarray(32, 48)), devices: Number(devices) }
}

const fsidOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** Throws where the superblock names what cannot be, or a feature that is not read. */
export function readSuperblock(metadata: Metadata): Superblock {
  const raw = metadata.read('superblock', SUPERBLOCK, LENGTH)
  if (!MAGIC.every((byte, index) => raw.u8(MAGIC_AT + index) === byte))
    throw raw.corrupt('superblock', 'it has no magic')
  const unknown = raw.big64(188) & ~KNOWN_INCOMPAT
  if (unknown !== 0n) {
    throw metadata.unsupported(
      'file system',
      `its incompatible features 0x${unknown.toString(16)} are not known`,
      SUPERBLOCK + 188,
    )
  }
  const [sectorSize, nodeSize] = [raw.u32(144), raw.u32(148)]
  for (const [what, size] of [
    ['sector', sectorSize],
    ['node', nodeSize],
  ] as const) {
    if (size < 4096 || size > 65536 || (size & (size - 1)) !== 0) {
      throw raw.corrupt('superblock', `the ${what} size is ${size}, limits are 4096 and 65536`)
    }
  }
  const chunksLength = raw.u32(160)
  if (chunksLength > MAX_CHUNKS) throw raw.corrupt('superblock', `its chunks have ${chunksLength} bytes`)
  return {
    fsid: fsidOf(raw.slice(32, 16)),
    device: raw.u64(201),
    devices: raw.u64(136),
    nodeSize,
    sectorSize,
    root: { address: raw.u64(80), level: raw.u8(198) },
    chunkRoot: { address: raw.u64(88), level: raw.u8(199) },
    rootDirectory: raw.u64(128),
    hasLog: raw.big64(96) !== 0n,
    systemChunks: raw.part(CHUNKS_AT, chunksLength),
  }
}
