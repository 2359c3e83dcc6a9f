/**
 * What the threads share that decode the blocks of one stream: the stream as far as it was read, which blocks are being
 * decoded, and those that are. Positions are bits of the stream.
 */
import { type AheadBlocks, type BlockAhead, WORD } from '../../unwrap/blocks-ahead.ts'

/** A stream, as it is handed to a thread. */
export interface SharedStream {
  shared: SharedArrayBuffer
  length: number
  blocks: AheadBlocks
  /** The most unpacked bytes of a block. */
  mostOutput: number
  /** Where in a word it starts. */
  place: number
  /** How many threads decode ahead, and which of them this one is. */
  threads: number
  index: number
}

// Int32 each: counts whatever changes, is waited for; whether the reader is done; the bytes that were read; the block that
// the reader is at; when it came to that, and how long the one before took it, in milliseconds; how many threads are done
// with the stream.
const CHANGES = 0
const CLOSED = 1
const LOADED = 2
const READER = 3
const CAME = 4
const TOOK = 5
const LEFT = 6
const HEADER = 7

/** Of the blocks that start within so many bits one is decoded ahead. Most blocks take five times as many. */
const STRETCH_LOG = 18
// Int32 each for every stretch.
const STATE = 0
const BIT = 1
const SLOT = 2
const LENGTH = 3
const COUNT = 4
const NEXT = 5
const FIELDS = 6

const FREE = 0
/** The reader decodes it, or it will be at no block there any more. */
const READERS = 1
const TAKEN = 2
const DONE = 3
/** The reader has to find out what is wrong with it. */
const FAILED = 4

/** Decoded blocks that wait for the reader, for each thread: one of those that take much memory. */
const SLOTS = 2
const LARGE_OUTPUT = 8 * 2 ** 20
/** The reader waits for no block longer, in milliseconds: most take 20, and large ones of xz a second. */
const PATIENCE = 5000
/** How long a thread waits for changes before it looks again. */
const NAP = 500

/** A thread that begins leaves so many blocks to the reader at most. */
const MOST_LEFT = 8

/** A longer stream is no kernel's: the memory takes another copy of it. An Int32 counts the bits of four times as much. */
export const MOST_STREAM = 2 ** 26

const stretches = (length: number) => (length >>> (STRETCH_LOG - 3)) + 1
const slotsOf = (mostOutput: number) => (mostOutput > LARGE_OUTPUT ? 1 : SLOTS)
const slotLength = (mostOutput: number) => Math.ceil(mostOutput / WORD) * WORD
const slotsAt = (length: number) => Math.ceil((4 * (HEADER + FIELDS * stretches(length))) / WORD) * WORD
const streamAt = (length: number, threads: number, mostOutput: number) =>
  slotsAt(length) + threads * slotsOf(mostOutput) * slotLength(mostOutput)

export class StreamMemory {
  readonly #threads: number
  readonly #words: Int32Array
  readonly #slots: Uint8Array[]
  readonly #stream: Uint8Array
  readonly #slotsOf: number

  constructor({ shared, length, mostOutput, threads, place }: SharedStream) {
    const from = slotsAt(length)
    const size = slotLength(mostOutput)
    this.#threads = threads
    this.#slotsOf = slotsOf(mostOutput)
    this.#words = new Int32Array(shared, 0, from / 4)
    this.#slots = Array.from(
      { length: threads * this.#slotsOf },
      (_, index) => new Uint8Array(shared, from + index * size, size),
    )
    this.#stream = new Uint8Array(shared, streamAt(length, threads, mostOutput) + place, length)
  }

  /**
   * Memory for a stream, whose bytes come from addresses that are `place` after the start of a word: `used`, which nobody
   * uses any more, where it is large enough. Throws a RangeError where there is not so much memory.
   */
  static share(
    length: number,
    blocks: AheadBlocks,
    mostOutput: number,
    place: number,
    threads: number,
    used?: SharedArrayBuffer,
  ): SharedStream {
    const size = streamAt(length, threads, mostOutput) + WORD + length
    // The threads may hold smaller memory that they had before: with powers of two the sum of it is less than this.
    const shared =
      used !== undefined && used.byteLength >= size
        ? used
        : new SharedArrayBuffer(2 ** Math.ceil(Math.log2(size)))
    new Uint8Array(shared, 0, slotsAt(length)).fill(0)
    return { shared, length, blocks, mostOutput, place, threads, index: 0 }
  }

  get changes(): number {
    return Atomics.load(this.#words, CHANGES)
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0
  }

  get loaded(): number {
    return Atomics.load(this.#words, LOADED)
  }

  get reader(): number {
    return Atomics.load(this.#words, READER)
  }

  /** How many blocks the reader decodes in so many milliseconds from when it came to its block; 0 before its second one. */
  blocksIn(milliseconds: number): number {
    const took = Atomics.load(this.#words, TOOK)
    const since = ((Date.now() | 0) - Atomics.load(this.#words, CAME)) | 0
    return took > 0 ? Math.min(MOST_LEFT, Math.max(0, Math.floor((since + milliseconds) / took))) : 0
  }

  /** The bytes of the stream that were read. */
  get bytes(): Uint8Array {
    return this.#stream.subarray(0, this.loaded)
  }

  /** Whether that is all of it. */
  isWhole(bytes: Uint8Array): boolean {
    return bytes.length === this.#stream.length
  }

  /** Says that a thread has left the stream. */
  leave(): void {
    Atomics.add(this.#words, LEFT, 1)
  }

  /** Whether all threads have left it, after it was closed: its memory can be used for another. */
  get isLeft(): boolean {
    return Atomics.load(this.#words, LEFT) === this.#threads
  }

  #change(word: number, value: number): void {
    Atomics.store(this.#words, word, value)
    Atomics.add(this.#words, CHANGES, 1)
    Atomics.notify(this.#words, CHANGES)
  }

  close(): void {
    this.#change(CLOSED, 1)
  }

  load(bytes: Uint8Array, position: number): void {
    this.#stream.set(bytes, position)
    this.#change(LOADED, position + bytes.length)
  }

  /** Waits until something changes after `changes` was asked. */
  wait(changes: number): void {
    Atomics.wait(this.#words, CHANGES, changes, NAP)
  }

  #at(bit: number, field: number): number {
    return HEADER + (bit >>> STRETCH_LOG) * FIELDS + field
  }

  /** A slot of a thread that holds nothing the reader may still ask for. */
  freeSlot(index: number, used: readonly number[]): number | undefined {
    const { reader } = this
    for (let slot = index * this.#slotsOf; slot < (index + 1) * this.#slotsOf; slot++) {
      if ((used[slot] ?? -1) < reader) return slot
    }
    return undefined
  }

  /** Takes the block at a bit, for a thread; false where another one has it, or one near it. */
  claim(bit: number): boolean {
    if (Atomics.compareExchange(this.#words, this.#at(bit, STATE), FREE, TAKEN) !== FREE) return false
    // Nobody but the owner says which block it is. A reader that asks before that decodes the block itself.
    Atomics.store(this.#words, this.#at(bit, BIT), bit)
    return true
  }

  /** Leaves the block that was claimed in a slot, or that there is none. */
  finish(bit: number, slot: number, block: BlockAhead | undefined): void {
    if (block !== undefined) {
      this.#slots[slot]!.set(block.bytes)
      this.#words[this.#at(bit, SLOT)] = slot
      this.#words[this.#at(bit, LENGTH)] = block.bytes.length
      this.#words[this.#at(bit, COUNT)] = block.count
      this.#words[this.#at(bit, NEXT)] = block.next
    }
    const state = this.#at(bit, STATE)
    Atomics.store(this.#words, state, block === undefined ? FAILED : DONE)
    Atomics.notify(this.#words, state)
  }

  /** Takes the block at a bit, for the reader. 'late' when a thread does not finish it. */
  take(bit: number): BlockAhead | 'late' | undefined {
    const now = Date.now() | 0
    const came = Atomics.exchange(this.#words, CAME, now)
    if (came !== 0) Atomics.store(this.#words, TOOK, now - came)
    this.#change(READER, bit)
    const words = this.#words
    const state = this.#at(bit, STATE)
    if (Atomics.compareExchange(words, state, FREE, READERS) === FREE) return undefined
    if (Atomics.load(words, this.#at(bit, BIT)) !== bit) return undefined
    if (Atomics.wait(words, state, TAKEN, PATIENCE) === 'timed-out') return 'late'
    if (Atomics.load(words, state) !== DONE) return undefined
    const bytes = this.#slots[words[this.#at(bit, SLOT)]!]!.subarray(0, words[this.#at(bit, LENGTH)]!)
    return { bytes, count: words[this.#at(bit, COUNT)]! >>> 0, next: words[this.#at(bit, NEXT)]! }
  }
}
