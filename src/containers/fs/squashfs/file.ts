/** The bytes of a squashfs file: blocks that are compressed one by one, and a fragment for the end. */
import { MemorySource, readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import { type ContainerContext, unpackBlock } from '../../context.ts'
import { MappedSource, type Run } from '../../mapped-source.ts'
import type { Metadata } from '../../metadata.ts'
import type { FilePlace } from './inode.ts'
import type { Superblock } from './superblock.ts'
import type { TableCursor, Tables } from './tables.ts'

/** Set in a stored size where the block is not compressed. */
const STORED = 1 << 24
const FRAGMENT_ENTRY = 16
const FRAGMENTS_PER_BLOCK = 8192 / FRAGMENT_ENTRY

export interface SquashParts {
  readonly metadata: Metadata
  readonly tables: Tables
  readonly superblock: Superblock
  readonly context: Pick<ContainerContext, 'budget' | 'engine'>
}

/** The `size` bytes of the file at `place`. */
export function squashSource(parts: SquashParts, place: FilePlace, size: number): Source {
  const blocks = new FileBlocks(parts, place, size)
  const { metadata, context } = parts
  return new MappedSource({
    layer: metadata.layer,
    budget: context.budget,
    size,
    locate: position => blocks.locate(position),
  })
}

/** Unpacks the blocks of one file; the last one is kept. */
class FileBlocks {
  readonly #parts: SquashParts
  readonly #place: FilePlace
  readonly #size: number
  /** Sizes are read in order: the next one is that of block `#next`, which starts at `#start`. */
  #sizes: TableCursor
  #next = 0
  #start: number
  #unpacked: { readonly index: number; readonly bytes: Uint8Array | undefined } | undefined

  constructor(parts: SquashParts, place: FilePlace, size: number) {
    this.#parts = parts
    this.#place = place
    this.#size = size
    this.#sizes = place.sizes()
    this.#start = place.start
  }

  locate(position: number): Run {
    const { blockSize } = this.#parts.superblock
    const index = Math.floor(position / blockSize)
    const skip = position - index * blockSize
    const length = Math.min(blockSize, this.#size - index * blockSize)
    const bytes = this.#block(index, length)
    if (bytes === undefined) return { length: length - skip }
    return { length: length - skip, source: new MemorySource(bytes), offset: skip }
  }

  /** The `length` bytes of block `index`; nothing where they are zeros. */
  #block(index: number, length: number): Uint8Array | undefined {
    if (this.#unpacked?.index === index) return this.#unpacked.bytes
    const { fragment } = this.#place
    const isEnd = fragment !== undefined && length < this.#parts.superblock.blockSize
    const bytes = isEnd ? this.#fragment(fragment, length) : this.#dataBlock(index, length)
    this.#unpacked = { index, bytes }
    return bytes
  }

  #dataBlock(index: number, length: number): Uint8Array | undefined {
    if (index < this.#next) {
      this.#sizes = this.#place.sizes()
      this.#next = 0
      this.#start = this.#place.start
    }
    for (;;) {
      this.#parts.context.budget.step('squashfs', this.#start)
      const stored = this.#sizes.take(4).u32(0)
      const start = this.#start
      this.#start += stored & (STORED - 1)
      this.#next++
      if (this.#next > index) return stored === 0 ? undefined : readBlock(this.#parts, start, stored, length)
    }
  }

  #fragment(number: number, length: number): Uint8Array {
    const { metadata, tables, superblock } = this.#parts
    if (number >= superblock.fragments) {
      throw metadata.corrupt('fragment', `its number is ${number}, there are ${superblock.fragments}`)
    }
    const pointer = superblock.fragmentTable + 8 * Math.floor(number / FRAGMENTS_PER_BLOCK)
    const block = metadata.read('fragment table', pointer, 8).u64(0)
    const raw = tables.at(block, (number % FRAGMENTS_PER_BLOCK) * FRAGMENT_ENTRY).take(FRAGMENT_ENTRY)
    const { offset } = this.#place
    return readBlock(this.#parts, raw.u64(0), raw.u32(8), offset + length).subarray(offset)
  }
}

/** The first `length` bytes of the block of data at `start`, whose size is stored as `stored`. */
function readBlock(
  { metadata, superblock, context }: SquashParts,
  start: number,
  stored: number,
  length: number,
) {
  const size = stored & (STORED - 1)
  if (size > superblock.blockSize || length > superblock.blockSize) {
    throw metadata.corrupt(
      'block',
      `its size is ${Math.max(size, length)}, limit is ${superblock.blockSize}`,
      start,
    )
  }
  const packed = readBytes(metadata.source, start, size)
  if (packed.length < size)
    throw metadata.corrupt('block', `it ends after ${packed.length} of ${size} bytes`, start)
  const isStored = (stored & STORED) !== 0
  const bytes = isStored
    ? packed
    : unpackBlock(context, metadata.layer, superblock.codec, packed, superblock.blockSize, start)
  if (bytes.length < length)
    throw metadata.corrupt('block', `it has ${bytes.length} bytes instead of ${length}`, start)
  return bytes.subarray(0, length)
}
