/**
 * What the threads share that decode the blocks of one stream: the stream as far as it was read, which blocks are being
 * decoded, and those that are. Positions are bits of the stream.
 */
import { MOST_OUTPUT, WORD } from '../../unwrap/bzip2-ahead.ts'
import type { BlockAhead } from '../../unwrap/blocks-ahead.ts'

/** A stream, as it is handed to a thread. */
export interface SharedStream {
  shared: SharedArrayBuffer
  length: number
  blockSize: number
  /** Where in a word it starts. */
  place: number
  /** How many threads decode ahead, and which of them this one is. */
  threads: number
  index: number
}

// Int32 each: counts whatever changes, is waited for; whether the reader is done; the bytes that were read; the block that
// the reader is at.
const CHANGES = 0
const CLOSED = 1
const LOADED = 2
const READER = 3
const HEADER = 4

/** Of the blocks that start within so many bits one is decoded ahead. Most blocks take five times as many. */
const STRETCH_LOG = 18
// Int32 each for every stretch.
const STATE = 0
const BIT = 1
const SLOT = 2
const LENGTH = 3
const SUM = 4
const NEXT = 5
const FIELDS = 6

const FREE = 0
/** The reader decodes it, or it will be at no block there any more. */
const READERS = 1
const TAKEN = 2
const DONE = 3
/** The reader has to find out what is wrong with it. */
const FAILED = 4

/** Decoded blocks that wait for the reader, for each thread. */
const SLOTS = 2
/** The reader waits for no block longer, in milliseconds: it takes some ten. */
const PATIENCE = 5000
/** How long a thread waits for changes before it looks again. */
const NAP = 500

/** A longer stream is no kernel's: the memory takes another copy of it. An Int32 counts the bits of four times as much. */
export const MOST_STREAM = 2 ** 26

const stretches = (length: number) => (length >>> (STRETCH_LOG - 3)) + 1
const slotsAt = (length: number) => Math.ceil((4 * (HEADER + FIELDS * stretches(length))) / WORD) * WORD
const streamAt = (length: number, threads: number) => slotsAt(length) + threads * SLOTS * MOST_OUTPUT

export class StreamMemory {
  readonly #words: Int32Array
  readonly #slots: Uint8Array[]
  readonly #stream: Uint8Array

  constructor({ shared, length, threads, place }: SharedStream) {
    const from = slotsAt(length)
    this.#words = new Int32Array(shared, 0, from / 4)
    this.#slots = Array.from(
      { length: threads * SLOTS },
      (_, index) => new Uint8Array(shared, from + index * MOST_OUTPUT, MOST_OUTPUT),
    )
    this.#stream = new Uint8Array(shared, streamAt(length, threads) + place, length)
  }

  /** Memory for a stream, whose bytes come from addresses that are `place` after the start of a word. */
  static share(length: number, blockSize: number, place: number, threads: number): SharedStream {
    const shared = new SharedArrayBuffer(streamAt(length, threads) + WORD + length)
    return { shared, length, blockSize, place, threads, index: 0 }
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

  /** The bytes of the stream that were read. */
  get bytes(): Uint8Array {
    return this.#stream.subarray(0, this.loaded)
  }

  get isWhole(): boolean {
    return this.loaded === this.#stream.length
  }

  #change(word: number, value: number): void {
    Atomics.store(this.#words, word, value)
    Atomics.add(this.#words, CHANGES, 1)
    Atomics.notify(this.#words, CHANGES)
  }

  close(): void {
    this.#change(CLOSED, 1)
  }

  load(bytes: Uint8Array): void {
    const { loaded } = this
    this.#stream.set(bytes, loaded)
    this.#change(LOADED, loaded + bytes.length)
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
    for (let slot = index * SLOTS; slot < (index + 1) * SLOTS; slot++) {
      if ((used[slot] ?? -1) < reader) return slot
    }
    return undefined
  }

  /** Takes the block at a bit, for a thread; false where another one has it, or one near it. */
  claim(bit: number): boolean {
    const state = this.#at(bit, STATE)
    // All that look for blocks find the same one first.
    if (Atomics.load(this.#words, state) === FREE) Atomics.store(this.#words, this.#at(bit, BIT), bit)
    return Atomics.compareExchange(this.#words, state, FREE, TAKEN) === FREE
  }

  /** Leaves the block that was claimed in a slot, or that there is none. */
  finish(bit: number, slot: number, block: BlockAhead | undefined): void {
    if (block !== undefined) {
      this.#slots[slot]!.set(block.bytes)
      this.#words[this.#at(bit, SLOT)] = slot
      this.#words[this.#at(bit, LENGTH)] = block.bytes.length
      this.#words[this.#at(bit, SUM)] = block.sum
      this.#words[this.#at(bit, NEXT)] = block.next
    }
    const state = this.#at(bit, STATE)
    Atomics.store(this.#words, state, block === undefined ? FAILED : DONE)
    Atomics.notify(this.#words, state)
  }

  /** Takes the block at a bit, for the reader. 'late' when a thread does not finish it. */
  take(bit: number): BlockAhead | 'late' | undefined {
    this.#change(READER, bit)
    const words = this.#words
    const state = this.#at(bit, STATE)
    if (Atomics.compareExchange(words, state, FREE, READERS) === FREE) return undefined
    if (Atomics.load(words, this.#at(bit, BIT)) !== bit) return undefined
    if (Atomics.wait(words, state, TAKEN, PATIENCE) === 'timed-out') return 'late'
    if (Atomics.load(words, state) !== DONE) return undefined
    const bytes = this.#slots[words[this.#at(bit, SLOT)]!]!.subarray(0, words[this.#at(bit, LENGTH)]!)
    return { bytes, sum: words[this.#at(bit, SUM)]! >>> 0, next: words[this.#at(bit, NEXT)]! }
  }
}
