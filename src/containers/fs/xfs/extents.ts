/**
 * Where the blocks of an XFS file lie.
 * Source: XFS Algorithms & Data Structures, 3rd edition, "Data Extents" (`xfs_bmbt_rec`, `xfs_bmdr_block`).
 */
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { FORMAT, type XfsNode } from './inode.ts'
import { blockOffset, type Superblock } from './superblock.ts'

/** `count` blocks of a file from one of its blocks on; without a position they are zeros. */
export interface BlockRun {
  readonly count: number
  /** In bytes. */
  readonly offset?: number
}

const RECORD = 16
const KEY = 8
/** The root in an inode has a level and a number of records only. */
const ROOT_HEADER = 4
/** `BMAP`, and `BMA3` with checksums; the lengths of their headers. */
const NODE = { old: { magic: 0x424d_4150, header: 24 }, v5: { magic: 0x424d_4133, header: 72 } }
/** More than 2^54 blocks need (xfs_format.h, XFS_BTREE_MAXLEVELS). */
const MAX_LEVEL = 9
/** A file's blocks have numbers of 54 bits. */
const MAX_BLOCKS = 2 ** 54

/** Says where block number `block` of `node` lies, and how many follow it there. */
export function locateBlock(
  metadata: Metadata,
  superblock: Superblock,
  node: XfsNode,
  block: number,
): BlockRun {
  if (block >= MAX_BLOCKS) throw node.fork.corrupt('extents', `block ${block} is asked for, limit is 2^54`)
  if (node.format === FORMAT.tree) return locateInTree(metadata, superblock, node, block)
  if (node.format !== FORMAT.extents)
    throw node.fork.corrupt('inode', `the format of its data is ${node.format}`)
  const room = Math.floor(node.fork.length / RECORD)
  if (node.extents > room)
    throw node.fork.corrupt('inode', `it has ${node.extents} extents, limit is ${room}`)
  return locateInRecords(
    { metadata, superblock },
    { raw: node.fork, start: 0, count: node.extents },
    block,
    MAX_BLOCKS,
  )
}

interface Volume {
  readonly metadata: Metadata
  readonly superblock: Superblock
}

interface Records {
  readonly raw: Structure
  readonly start: number
  readonly count: number
}

function locateInRecords(
  { metadata, superblock }: Volume,
  records: Records,
  block: number,
  end: number,
): BlockRun {
  const { raw, start, count } = records
  const first = (index: number): number => firstBlock(raw, start + RECORD * index)
  const index = lastNotAfter(count, first, block)
  const next = index + 1 < count ? first(index + 1) : end
  if (index < 0) return { count: next - block }
  const at = start + RECORD * index
  const into = block - first(index)
  const length = raw.u32(at + 12) & 0x1f_ffff
  if (into >= length) return { count: next - block }
  const isWritten = raw.u8(at) < 0x80
  if (!isWritten) return { count: length - into }
  const place = (raw.u32(at + 4) & 0x1ff) * 2 ** 43 + raw.u32(at + 8) * 2 ** 11 + (raw.u32(at + 12) >>> 21)
  const offset = blockOffset(metadata, superblock, place)
  return { count: length - into, offset: offset + into * superblock.blockSize }
}

/** The file's block that a record starts at: 54 bits after the first one. */
const firstBlock = (raw: Structure, at: number): number =>
  (raw.u32(at) & 0x7fff_ffff) * 2 ** 23 + (raw.u32(at + 4) >>> 9)

/** The last of `count` numbers in order that is not above `wanted`: -1 where all are. */
function lastNotAfter(count: number, value: (index: number) => number, wanted: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (value(middle) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}

function locateInTree(metadata: Metadata, superblock: Superblock, node: XfsNode, block: number): BlockRun {
  const { blockSize, version } = superblock
  const { magic, header } = version === 5 ? NODE.v5 : NODE.old
  let raw = node.fork
  let level = raw.u16(0)
  if (level < 1 || level > MAX_LEVEL)
    throw raw.corrupt('extent tree', `its level is ${level}, limit is ${MAX_LEVEL}`)
  let [start, count] = [ROOT_HEADER, raw.u16(2)]
  let end = MAX_BLOCKS
  for (;;) {
    const room = Math.floor((raw.length - start) / RECORD)
    if (count > room) throw raw.corrupt('extent tree', `a node has ${count} entries, limit is ${room}`)
    if (level === 0) return locateInRecords({ metadata, superblock }, { raw, start, count }, block, end)
    const keys = raw
    const index = lastNotAfter(count, at => keys.u64(start + KEY * at), block)
    if (index + 1 < count) end = Math.min(end, keys.u64(start + KEY * (index + 1)))
    if (index < 0) return { count: end - block }
    const child = blockOffset(metadata, superblock, keys.u64(start + KEY * (room + index)))
    raw = metadata.read('extent tree', child, blockSize)
    if (raw.u32(0) !== magic || raw.u16(4) !== level - 1) {
      throw raw.corrupt(
        'extent tree',
        `a node of level ${level - 1} has magic 0x${raw.u32(0).toString(16)} and level ${raw.u16(4)}`,
      )
    }
    level--
    start = header
    count = raw.u16(6)
  }
}
