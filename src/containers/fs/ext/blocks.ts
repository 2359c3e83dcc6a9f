/**
 * Where the blocks of an ext file lie: extent trees and the older tables of block numbers.
 * Source: Linux Documentation/filesystems/ext4 (`ext4_extent_header`, indirect blocks).
 */
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { type ExtNode, FLAG } from './inode.ts'
import type { Superblock } from './superblock.ts'

/** `count` blocks of a file from one of its blocks on; without a place they are zeros. */
export interface BlockRun {
  readonly count: number
  readonly block?: number
}

/** Says where block number `block` of `node` lies, and how many follow it there. */
export function locateBlock(
  metadata: Metadata,
  superblock: Superblock,
  node: ExtNode,
  block: number,
): BlockRun {
  if (block >= MAX_BLOCKS) {
    throw node.raw.corrupt(`inode ${node.number}`, `its block ${block} is asked for, limit is 2^32`)
  }
  if (node.has(FLAG.extents)) return locateExtent(metadata, superblock, node, block)
  return locateIndirect(metadata, superblock, node, block)
}

/** Numbers of a file's blocks have 32 bits. */
const MAX_BLOCKS = 2 ** 32

const EXTENT_MAGIC = 0xf30a
const ENTRY = 12
/** Deep enough for 2^32 blocks (fs/ext4/ext4_extents.h, EXT4_MAX_EXTENT_DEPTH). */
const MAX_DEPTH = 5
/** Longer extents are allocated and not written: `ee_len` less this. */
const MAX_WRITTEN = 32768

/** The part of an extent node that leads to a block. */
interface Step {
  /** The last entry that starts at or before the block: -1 where none does. */
  readonly index: number
  /** Where the entry after it starts. */
  readonly next: number
}

function locateExtent(metadata: Metadata, { blockSize }: Superblock, node: ExtNode, block: number): BlockRun {
  let raw = node.block
  let depth = raw.u16(6)
  if (depth > MAX_DEPTH) throw raw.corrupt('extent node', `its depth is ${depth}, limit is ${MAX_DEPTH}`)
  let end = MAX_BLOCKS
  for (;;) {
    checkExtentNode(raw, depth)
    const { index, next } = findEntry(raw, block, end)
    if (index < 0) return { count: next - block }
    const at = ENTRY * (index + 1)
    if (depth === 0) return extentRun(raw, at, block, next)
    const child = raw.u16(at + 8) * 2 ** 32 + raw.u32(at + 4)
    raw = metadata.read(`extent node of inode ${node.number}`, child * blockSize, blockSize)
    end = next
    depth--
  }
}

function checkExtentNode(raw: Structure, depth: number): void {
  if (raw.u16(0) !== EXTENT_MAGIC)
    throw raw.corrupt('extent node', `its magic is 0x${raw.u16(0).toString(16)}`)
  const room = Math.floor(raw.length / ENTRY) - 1
  if (raw.u16(2) > room) throw raw.corrupt('extent node', `it has ${raw.u16(2)} entries, limit is ${room}`)
  if (raw.u16(6) !== depth) throw raw.corrupt('extent node', `its depth is ${raw.u16(6)} instead of ${depth}`)
}

function findEntry(raw: Structure, block: number, end: number): Step {
  let [low, high] = [0, raw.u16(2)]
  while (low < high) {
    const middle = (low + high) >> 1
    if (raw.u32(ENTRY * (middle + 1)) <= block) low = middle + 1
    else high = middle
  }
  const next = low < raw.u16(2) ? raw.u32(ENTRY * (low + 1)) : end
  return { index: low - 1, next }
}

function extentRun(raw: Structure, at: number, block: number, next: number): BlockRun {
  const start = raw.u32(at)
  const stored = raw.u16(at + 4)
  const length = stored > MAX_WRITTEN ? stored - MAX_WRITTEN : stored
  const into = block - start
  if (into >= length) return { count: next - block }
  if (stored > MAX_WRITTEN) return { count: length - into }
  return { count: length - into, block: raw.u16(at + 6) * 2 ** 32 + raw.u32(at + 8) + into }
}

const DIRECT = 12

function locateIndirect(metadata: Metadata, superblock: Superblock, node: ExtNode, block: number): BlockRun {
  const table = node.block
  const perBlock = superblock.blockSize / 4
  if (block < DIRECT) return entryRun(table, block, DIRECT)
  let left = block - DIRECT
  let span = perBlock
  for (let level = 1; level <= 3; level++, span *= perBlock) {
    if (left < span) {
      const root = table.u32(4 * (DIRECT + level - 1))
      return descend(metadata, superblock, { node, root, span, left })
    }
    left -= span
  }
  throw table.corrupt(
    `inode ${node.number}`,
    `its block ${block} lies after the last one that a table can name`,
  )
}

interface Descent {
  readonly node: ExtNode
  readonly root: number
  /** How many blocks are below the root. */
  readonly span: number
  readonly left: number
}

function descend(
  metadata: Metadata,
  { blockSize }: Superblock,
  { node, root, span, left }: Descent,
): BlockRun {
  const perBlock = blockSize / 4
  let table = root
  let [below, index] = [span, left]
  for (;;) {
    if (table === 0) return { count: below - index }
    const raw = metadata.read(`block table of inode ${node.number}`, table * blockSize, blockSize)
    below /= perBlock
    if (below === 1) return entryRun(raw, index, perBlock)
    table = raw.u32(4 * Math.floor(index / below))
    index %= below
  }
}

/** The run that starts at entry `index`: blocks that follow each other, or holes. */
function entryRun(raw: Structure, index: number, end: number): BlockRun {
  const block = raw.u32(4 * index)
  let count = 1
  while (index + count < end && raw.u32(4 * (index + count)) === (block === 0 ? 0 : block + count)) count++
  return block === 0 ? { count } : { count, block }
}
