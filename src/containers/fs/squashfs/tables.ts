/**
 * The tables of squashfs: inodes, directories and fragments, cut into blocks that are compressed one by one.
 * Source: Linux fs/squashfs/block.c (squashfs_read_data) and cache.c (squashfs_read_metadata).
 */
import type { ContainerContext } from '../../context.ts'
import { unpackBlock } from '../../context.ts'
import type { Metadata } from '../../metadata.ts'
import { Structure } from '../../structure.ts'
import type { Superblock } from './superblock.ts'

/** What a block unpacks to at most. */
const BLOCK = 8192
const STORED = 0x8000
/** 128 KiB of unpacked blocks. */
const MAX_CACHED = 16

interface Block {
  readonly bytes: Uint8Array
  /** Where the block after it starts. */
  readonly next: number
}

/** Unpacks blocks of tables, the last few of them kept. */
export class Tables {
  readonly #metadata: Metadata
  readonly #context: Pick<ContainerContext, 'budget' | 'engine'>
  readonly #codec: Superblock['codec']
  readonly #blocks = new Map<number, Block>()

  constructor(
    metadata: Metadata,
    context: Pick<ContainerContext, 'budget' | 'engine'>,
    { codec }: Superblock,
  ) {
    this.#metadata = metadata
    this.#context = context
    this.#codec = codec
  }

  /** A cursor at byte `offset` of the block that starts at `position`. */
  at(position: number, offset: number): TableCursor {
    return new TableCursor(this, position, offset)
  }

  block(position: number): Block {
    const cached = this.#blocks.get(position)
    if (cached !== undefined) return cached
    const block = this.#load(position)
    if (this.#blocks.size >= MAX_CACHED) this.#blocks.delete(this.#blocks.keys().next().value!)
    this.#blocks.set(position, block)
    return block
  }

  structure(bytes: Uint8Array, position: number): Structure {
    return new Structure(bytes, { layer: this.#metadata.layer, offset: position })
  }

  #load(position: number): Block {
    const header = this.#metadata.read('table block', position, 2).u16(0)
    const size = header & (STORED - 1)
    if (size === 0 || size > BLOCK) {
      throw this.#metadata.corrupt('table block', `its size is ${size}, limit is ${BLOCK}`, position)
    }
    const packed = this.#metadata.read('table block', position + 2, size).bytes
    const isStored = (header & STORED) !== 0
    const bytes = isStored
      ? packed.slice()
      : unpackBlock(this.#context, this.#metadata.layer, this.#codec, packed, BLOCK, position)
    this.#context.budget.metadata(this.#metadata.layer, bytes.length, position)
    return { bytes, next: position + 2 + size }
  }
}

/** Reads a table on from one place, across its blocks. */
export class TableCursor {
  readonly #tables: Tables
  #position: number
  #offset: number

  constructor(tables: Tables, position: number, offset: number) {
    this.#tables = tables
    this.#position = position
    this.#offset = offset
  }

  /** The next `length` bytes. Throws where the table has no more. */
  take(length: number): Structure {
    const start = this.#position
    const taken = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const { bytes, next } = this.#tables.block(this.#position)
      const part = bytes.subarray(this.#offset, this.#offset + length - done)
      taken.set(part, done)
      done += part.length
      this.#offset += part.length
      if (done < length) {
        this.#position = next
        this.#offset = Math.max(0, this.#offset - bytes.length)
      }
    }
    return this.#tables.structure(taken, start)
  }
}
