/** The engine's LZMA decoder at work on one stream: where it reads and writes, and the room for that. */
import * as lzma from '../engine/lzma-state.ts'
import { FORGET_ALIGNMENT, forgetOutput } from './forget-output.ts'
import type { UnpackContext } from './unpacker.ts'

/** What `decode` returns beside the values of lzma-state.ts: the input ended within a symbol, which was taken back. */
export const INPUT_ENDED = -1

/** The range decoder starts with five bytes, the first of which is always 0. */
export const RANGE_BYTES = 5
const NARROW = 2 ** 24

/** So much input is loaded ahead of the decoder, and memory grows by so much at once, in bytes. */
const INPUT_STEP = 256 * 1024
const OUTPUT_STEP = 4 * 2 ** 20

/** All positions are counted from the first byte of the stream, compressed or unpacked; none is an address. */
export class LzmaStream {
  /** The next compressed byte. */
  position = 0
  /** The unpacked bytes so far. */
  produced = 0
  /** After INPUT_ENDED: what the decoder made of the cut symbol and the bytes of `fillAfter`. */
  cutStatus: number = lzma.LZMA_AT_STOP
  readonly #context: UnpackContext
  /** Where the dictionary starts in the output, and how many bytes of it can be reached. */
  #dictionary = { start: 0, size: 0 }
  #room = 0

  constructor(context: UnpackContext) {
    this.#context = context
  }

  /** The address after what was unpacked: free until more is. */
  get free(): number {
    return this.#context.output + this.produced
  }

  /** `length` compressed bytes from `position` on, fewer at the end of the input. Gone with the next growth. */
  bytes(position: number, length: number): Uint8Array {
    const { engine, input } = this.#context
    const end = Math.min(position + length, input.length)
    if (end <= position) return new Uint8Array(0)
    const address = input.load(position, end)
    return engine.memory.subarray(address, address + end - position)
  }

  /** The bytes from here on are the dictionary, of which `size` bytes can be reached. */
  startDictionary(size: number): void {
    this.#dictionary = { start: this.produced, size }
  }

  /** Gives up what lies before `position` in the output and is no part of the dictionary. */
  forget(position: number): void {
    const reached = this.produced - this.#dictionary.size - FORGET_ALIGNMENT
    forgetOutput(this.#context, Math.min(position, reached), this.produced)
  }

  /** Takes the range decoder's first bytes; false where they are none. They have to be there. */
  startRange(): boolean {
    const [zero, ...code] = this.bytes(this.position, RANGE_BYTES)
    const fields = this.#fields()
    fields[lzma.LZMA_RANGE / 4] = 0xffffffff
    fields[lzma.LZMA_CODE / 4] = code.reduce((value, byte) => (value << 8) | byte, 0)
    this.position += RANGE_BYTES
    return zero === 0
  }

  /**
   * Takes the last byte if the range decoder still wants one. False unless the code is used up then, as
   * it is where an encoder ended.
   */
  endRange(inputEnd: number): boolean {
    const range = this.#fields()[lzma.LZMA_RANGE / 4]!
    if (range < NARROW) {
      if (this.position >= inputEnd) return false
      const byte = this.bytes(this.position, 1)[0]!
      const fields = this.#fields()
      fields[lzma.LZMA_RANGE / 4] = range << 8
      fields[lzma.LZMA_CODE / 4] = (fields[lzma.LZMA_CODE / 4]! << 8) | byte
      this.position++
    }
    return this.#fields()[lzma.LZMA_CODE / 4] === 0
  }

  /**
   * Unpacks up to `target` or a few bytes more, none after `end`, and reads nothing after `inputEnd`. Stops
   * short of a target that is far away: memory is not to grow before there are bytes for it. Answers
   * INPUT_ENDED or one of lzma-state.ts, but LZMA_AT_STOP.
   */
  decode(far: number, end: number, inputEnd: number): number {
    const { engine, input, output, forgotten = 0 } = this.#context
    const { start, size } = this.#dictionary
    // What is left of the dictionary starts where it did, modulo what positions are counted by.
    const gone = Math.ceil(Math.max(0, forgotten - start) / FORGET_ALIGNMENT) * FORGET_ALIGNMENT
    const target = Math.min(far, this.produced + OUTPUT_STEP)
    this.grow(Math.min(target + lzma.LZMA_MATCH_MAX, end))
    for (;;) {
      const loaded = Math.min(this.position + INPUT_STEP, inputEnd)
      const first = input.load(this.position, loaded) - this.position
      engine.reserve(first + loaded + lzma.LZMA_LOOKAHEAD)
      const fields = this.#fields()
      fields[lzma.LZMA_INPUT / 4] = first + this.position
      fields[lzma.LZMA_OUTPUT / 4] = output + this.produced
      fields[lzma.LZMA_DICTIONARY / 4] = output + start + gone
      fields[lzma.LZMA_DICTIONARY_SIZE / 4] = size
      const stop = loaded === inputEnd ? inputEnd : loaded - lzma.LZMA_LOOKAHEAD
      const status = engine.lzmaDecode(output + target, output + end, first + stop)
      const stopped = this.#fields()
      this.position = stopped[lzma.LZMA_INPUT / 4]! - first
      this.produced = stopped[lzma.LZMA_OUTPUT / 4]! - output
      if (this.position > inputEnd) {
        this.position = inputEnd
        this.produced = stopped[lzma.LZMA_BEFORE / 4]! - output
        this.cutStatus = status
        return INPUT_ENDED
      }
      if (status !== lzma.LZMA_AT_STOP) return status
    }
  }

  /** What the decoder finds after the end of the input: `byte`, again and again. Not where the input is cut into chunks. */
  fillAfter(byte: number): void {
    const { engine, input } = this.#context
    engine.reserve(input.end + lzma.LZMA_LOOKAHEAD)
    engine.memory.fill(byte, input.end, input.end + lzma.LZMA_LOOKAHEAD)
  }

  /** Copies compressed bytes that are none to the output. They have to be there. */
  copy(length: number): void {
    const { engine, input, output } = this.#context
    this.grow(this.produced + length)
    const from = input.load(this.position, this.position + length)
    engine.memory.copyWithin(output + this.produced, from, from + length)
    this.position += length
    this.produced += length
  }

  /** Makes room for the output up to `end`, and for as much again at most. */
  grow(end: number): void {
    if (end <= this.#room) return
    const { engine, output, limits } = this.#context
    this.#room = Math.max(end, Math.min(end + Math.min(end, OUTPUT_STEP), limits.output))
    engine.reserve(output + this.#room)
  }

  #fields(): Uint32Array {
    const { buffer, byteOffset } = this.#context.engine.memory
    return new Uint32Array(buffer, byteOffset, lzma.LZMA_STATE_END / 4)
  }
}
