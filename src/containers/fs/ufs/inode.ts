/** Inodes of UFS1 and UFS2, and where their blocks lie. Source: FreeBSD sys/ufs/ufs/dinode.h, sys/ufs/ffs/fs.h. */
import type { FileKind, FileNode } from '../../file-tree.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { kindOfMode } from '../mode.ts'
import type { Superblock } from './superblock.ts'

interface InodeLayout {
  readonly length: number
  readonly size: number
  /** Of the number of blocks, which is 0 for a link that is in the inode. */
  readonly blocks: number
  /** Of the numbers of blocks: 12, and 3 of tables of such numbers. */
  readonly pointers: number
  readonly pointerSize: number
}

const LAYOUT: Record<1 | 2, InodeLayout> = {
  1: { length: 128, size: 8, blocks: 104, pointers: 40, pointerSize: 4 },
  2: { length: 256, size: 16, blocks: 24, pointers: 112, pointerSize: 8 },
}
const DIRECT = 12
const INDIRECT = 3

export class UfsNode implements FileNode {
  readonly kind: FileKind
  readonly size: number
  readonly key: string
  readonly raw: Structure
  /** Where it says where its blocks lie, or has a link's target. */
  readonly pointers: Structure
  /** A link's target is in the inode. */
  readonly inline: boolean

  constructor(number: number, raw: Structure, layout: InodeLayout) {
    this.key = `${number}`
    this.raw = raw
    this.kind = kindOfMode(raw.u16(0))
    this.size = raw.u64(layout.size)
    this.pointers = raw.part(layout.pointers, layout.pointerSize * (DIRECT + INDIRECT))
    this.inline = this.kind === 'link' && raw.u32(layout.blocks) === 0 && this.size < this.pointers.length
  }
}

/** Throws where there is no inode of that number. */
export function readInode(metadata: Metadata, superblock: Superblock, number: number): UfsNode {
  const { groups, inodesPerGroup, fragmentSize, version } = superblock
  const group = Math.floor(number / inodesPerGroup)
  if (group >= groups) throw metadata.corrupt('inode', `its number is ${number}, there are ${groups} groups`)
  const layout = LAYOUT[version]
  const rotated = superblock.groupOffset * (group & ~superblock.groupMask)
  const start = group * superblock.fragmentsPerGroup + rotated + superblock.inodeTable
  const offset = start * fragmentSize + (number % inodesPerGroup) * layout.length
  return new UfsNode(number, metadata.read(`inode ${number}`, offset, layout.length), layout)
}

/** `count` blocks from one of a file's on; without a position, in bytes, they are zeros. */
export interface BlockRun {
  readonly count: number
  readonly offset?: number
}

/** Says where block number `block` of `node` lies, and how many follow it there. */
export function locateBlock(
  metadata: Metadata,
  superblock: Superblock,
  node: UfsNode,
  block: number,
): BlockRun {
  const { pointerSize } = LAYOUT[superblock.version]
  if (block < DIRECT) return runAt(superblock, node.pointers, block, DIRECT)
  const perTable = superblock.blockSize / pointerSize
  let left = block - DIRECT
  let span = perTable
  for (let level = 0; level < INDIRECT; level++, span *= perTable) {
    if (left < span) return descend(metadata, superblock, { node, root: DIRECT + level, span, left })
    left -= span
  }
  throw node.raw.corrupt(
    `inode ${node.key}`,
    `its block ${block} lies after the last one that a table can name`,
  )
}

interface Descent {
  readonly node: UfsNode
  /** The number of the pointer that leads to the first table. */
  readonly root: number
  /** How many blocks are below the root. */
  readonly span: number
  readonly left: number
}

function descend(metadata: Metadata, superblock: Superblock, { node, root, span, left }: Descent): BlockRun {
  const { blockSize, fragmentSize, version } = superblock
  const perTable = blockSize / LAYOUT[version].pointerSize
  let fragment = pointerAt(superblock, node.pointers, root)
  let [below, index] = [span, left]
  for (;;) {
    if (fragment === 0) return { count: below - index }
    const raw = metadata.read(`block table of inode ${node.key}`, fragment * fragmentSize, blockSize)
    below /= perTable
    if (below === 1) return runAt(superblock, raw, index, perTable)
    fragment = pointerAt(superblock, raw, Math.floor(index / below))
    index %= below
  }
}

const pointerAt = ({ version }: Superblock, raw: Structure, index: number): number =>
  version === 1 ? raw.u32(4 * index) : raw.u64(8 * index)

/** The run that starts at pointer `index`: blocks that follow each other, or holes. */
function runAt(superblock: Superblock, raw: Structure, index: number, end: number): BlockRun {
  const { blockSize, fragmentSize } = superblock
  const first = pointerAt(superblock, raw, index)
  const step = first === 0 ? 0 : blockSize / fragmentSize
  let count = 1
  while (index + count < end && pointerAt(superblock, raw, index + count) === first + step * count) count++
  return first === 0 ? { count } : { count, offset: first * fragmentSize }
}
