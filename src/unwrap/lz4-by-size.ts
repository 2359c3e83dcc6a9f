/**
 * lz4's legacy frame, decoded as Xen's hypervisor does it (unlz4 of xen/common/unlz4.c, lz4_uncompress of
 * lz4/decompress.c): the size word says where each block ends, and the sizes of the blocks count for nothing. Only positions
 * are followed, no byte is unpacked.
 * @module
 */
import type { BySize } from '../facts/facts.ts'

const MAGIC = 0x184c2102
const WORD = 4
/** LZ4_DEFAULT_UNCOMPRESSED_CHUNK_SIZE. */
const CHUNK = 8 << 20
/** STEPSIZE and COPYLENGTH of a 64-bit build: literals and matches are copied in steps of 8 bytes. */
const STEP = 8
const MIN_MATCH = 4
/** dec32table and dec64table: how a match of a short distance goes on after its first 4, and 8, bytes. */
const AFTER_4 = [0, 3, 2, 3, 0, 0, 0, 0]
const AFTER_8 = [0, 0, 0, -1, 0, 1, 2, 3]
const BUFFER = 64 * 1024

/** Bytes by position. */
export interface ByteReader {
  /** Fills `into` from `position` on, and returns how many bytes there were. */
  read(into: Uint8Array, position: number): number
}

/** Raised where a byte is asked for that is not there. */
class RunsOut extends Error {}

/**
 * What comes of a stream of `length` bytes, the size word included. `input` may go on after them: what is read there is
 * the rest of the file.
 */
export function lz4BySize(input: ByteReader, length: number, sizeWord: number): BySize {
  const decoder = new Decoder(input)
  let end: BySize['end']
  try {
    end = decoder.run(length - WORD, sizeWord)
  } catch (error) {
    if (!(error instanceof RunsOut)) throw error
    end = 'runs-out'
  }
  return { end, lead: decoder.lead }
}

class Decoder {
  lead = -WORD
  readonly #input: ByteReader
  readonly #buffer = new Uint8Array(BUFFER)
  #bufferStart = 0
  #bufferLength = 0
  /** Places in the input and, over all blocks, in the output. */
  #at = 0
  #out = 0

  constructor(input: ByteReader) {
    this.#input = input
  }

  /** unlz4: the blocks have to end after `size` bytes of input. */
  run(size: number, sizeWord: number): BySize['end'] {
    let left = size - WORD
    let room = sizeWord
    if (this.#word() !== MAGIC) return 'breaks'
    for (;;) {
      left -= WORD
      if (this.#word() === MAGIC) continue
      const start = this.#at
      const isFull = room >= CHUNK
      if (!this.#block(isFull ? CHUNK : room)) return 'breaks'
      if (isFull) room -= CHUNK
      left -= this.#at - start
      if (left <= 0) return left === 0 ? 'agrees' : 'passes-end'
    }
  }

  /** lz4_uncompress: a block that unpacks to `size` bytes. */
  #block(size: number): boolean {
    const first = this.#out
    const end = first + size
    for (;;) {
      const token = this.#byte()
      const literals = this.#length(token >> 4)
      let out = this.#out + literals
      if (out > end - STEP) {
        if (out !== end) return false
        this.#touch(literals)
        this.#at += literals
        this.#moveTo(out)
        return true
      }
      // LZ4_WILDCOPY copies whole steps, and one at least.
      this.#touch(Math.max(1, Math.ceil(literals / STEP)) * STEP)
      this.#at += literals
      this.#moveTo(out)
      const distance = this.#byte() | (this.#byte() << 8)
      if (out - distance < first) return false
      const match = this.#length(token & 15)
      const copied = out + STEP
      const near = distance < STEP
      const from = near
        ? out - distance + MIN_MATCH - AFTER_4[distance]! - AFTER_8[distance]!
        : copied - distance
      out += match + MIN_MATCH
      if (out > end - STEP && (out > end || from + STEP > end || out === end)) return false
      this.#moveTo(out)
    }
  }

  /** A length that goes on while bytes are 255. */
  #length(start: number): number {
    let length = start
    if (start !== 15) return length
    for (let byte = 255; byte === 255; length += byte) byte = this.#byte()
    return length
  }

  #moveTo(out: number): void {
    this.#out = out
    this.lead = Math.max(this.lead, out - this.#at)
  }

  #word(): number {
    const low = this.#byte() | (this.#byte() << 8) | (this.#byte() << 16)
    return (low | (this.#byte() << 24)) >>> 0
  }

  /** Throws where the next `count` bytes are not all there. */
  #touch(count: number): void {
    if (count === 0) return
    const at = this.#at
    this.#at += count - 1
    this.#byte()
    this.#at = at
  }

  #byte(): number {
    let index = this.#at - this.#bufferStart
    if (index < 0 || index >= this.#bufferLength) {
      this.#bufferStart = this.#at
      this.#bufferLength = this.#input.read(this.#buffer, this.#at)
      if (this.#bufferLength === 0) throw new RunsOut()
      index = 0
    }
    this.#at++
    return this.#buffer[index]!
  }
}
