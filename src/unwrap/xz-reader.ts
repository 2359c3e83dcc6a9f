/** What all parts of an .xz stream are read with: headers, checks and index. */

import type { StreamError } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import type { LzmaStream } from './lzma-stream.ts'
import { hex } from './stream-layer.ts'
import type { UnpackContext } from './unpacker.ts'
import { readInteger } from './xz-header.ts'

export const streamError = (code: StreamErrorCode, offset: number, message: string): StreamError => ({
  code,
  offset,
  message,
})

export class XzReader {
  readonly #context: UnpackContext
  readonly #lzma: LzmaStream

  /** Reads at the position of `lzma`, and moves it on. */
  constructor(context: UnpackContext, lzma: LzmaStream) {
    this.#context = context
    this.#lzma = lzma
  }

  get position(): number {
    return this.#lzma.position
  }

  set position(position: number) {
    this.#lzma.position = position
  }

  truncated(within: string): StreamError {
    const { length } = this.#context.input
    return streamError('stream-truncated', length, `it ends at ${hex(length)}, within ${within}`)
  }

  /** A copy of the next `length` bytes, or undefined when there are fewer. */
  take(length: number): Uint8Array | undefined {
    const bytes = this.#lzma.bytes(this.position, length)
    return bytes.length < length ? undefined : bytes.slice()
  }

  /** A number and on after it; undefined where there is none. */
  integer(): number | undefined {
    const integer = readInteger(this.#lzma.bytes(this.position, 9), 0)
    if (integer !== undefined) this.position += integer.size
    return integer?.value
  }

  /** Whether the CRC-32 of bytes that are there is `stored`, which are its four bytes. */
  checksumAgrees(position: number, length: number, stored: Uint8Array): boolean {
    const { engine, input } = this.#context
    const crc = engine.crc32(input.load(position, position + length), length, 0)
    return [0, 8, 16, 24].every((shift, at) => stored[at] === ((crc >>> shift) & 0xff))
  }

  /** On after the zeros that fill `length` up to a multiple of four bytes. */
  skipPadding(length: number, where: string): StreamError | undefined {
    const size = (4 - (length % 4)) % 4
    const padding = this.take(size)
    if (padding === undefined) return this.truncated(`the padding of ${where}`)
    if (padding.some(byte => byte !== 0)) {
      return streamError('stream-corrupt', this.position, `the padding of ${where} is not zero`)
    }
    this.position += size
    return undefined
  }
}
