/** The compressed bytes of a stream, a part of them at a time in the engine's memory. */
import type { Engine } from '../../engine/engine.ts'
import type { Source } from '../../source/source.ts'

/** What a decoder may ask for at once: the longest block of bzip2, which is noise of the highest level. */
export const MAX_ASKED = 1 << 20
const CAPACITY = 2 * MAX_ASKED
/** So much is read at once: little at first, because many a stream is only looked into. */
const FIRST_STEP = 16 * 1024
const MAX_STEP = 256 * 1024
/** Decoders read a little after the end. */
const MARGIN = 4096

/** What is in memory of the stream from the next byte on. */
export interface Loaded {
  /** Of the next byte. */
  address: number
  /** After the last byte. */
  end: number
  /** Whether the stream's last byte is among them. */
  isAll: boolean
}

export class CompressedInput {
  readonly #engine: Engine
  readonly #source: Source
  readonly #buffer: number
  /** The bytes [#start, #end) of the stream are at #buffer. */
  #start = 0
  #end = 0
  #isAll = false
  #step = FIRST_STEP
  /** The next byte. */
  position = 0

  /** Takes memory from `buffer` to `after`. */
  constructor(engine: Engine, source: Source, buffer: number) {
    this.#engine = engine
    this.#source = source
    this.#buffer = buffer
    engine.reserve(this.after)
  }

  /** The address after what the buffer takes. */
  get after(): number {
    return this.#buffer + CAPACITY + MARGIN
  }

  /** Has `count` bytes from the next one on in memory, fewer only where the stream ends. */
  load(count: number): Loaded {
    const wanted = Math.min(count, MAX_ASKED)
    if (this.position > this.#end) this.#restart()
    while (this.#end - this.position < wanted && !this.#isAll) this.#readMore()
    const address = this.#buffer + this.position - this.#start
    return { address, end: this.#buffer + this.#end - this.#start, isAll: this.#isAll }
  }

  /** Copies of the next bytes: fewer than `count` where the stream ends. */
  peek(count: number): Uint8Array {
    const { address, end } = this.load(count)
    return this.#engine.memory.slice(address, Math.min(address + count, end))
  }

  /** Reads like a source, from the next byte on: what the headers' parsers take. */
  read(into: Uint8Array, from: number): number {
    const bytes = this.peek(from + into.length).subarray(from)
    into.set(bytes)
    return bytes.length
  }

  #restart(): void {
    this.#start = this.position
    this.#end = this.position
  }

  #readMore(): void {
    const used = this.position - this.#start
    if (this.#end - this.#start + this.#step > CAPACITY) {
      const { memory } = this.#engine
      memory.copyWithin(this.#buffer, this.#buffer + used, this.#buffer + this.#end - this.#start)
      this.#start = this.position
    }
    const at = this.#buffer + this.#end - this.#start
    const count = this.#source.read(this.#engine.memory.subarray(at, at + this.#step), this.#end)
    this.#end += count
    this.#isAll = count < this.#step
    this.#step = Math.min(2 * this.#step, MAX_STEP)
  }
}
