/**
 * Streams that a library unpacks (gzip, zstd): it hands out the unpacked bytes chunk by chunk, as they are
 * pulled, and what it has not been asked for it does not unpack.
 * @module
 */
import type { StreamErrorCode, StreamLayer } from '../facts/facts.ts'
import { failStream } from './stream-layer.ts'
import type { UnpackContext, Window } from './unpacker.ts'

/** What a decoder throws when the stream is bad: it becomes the layer's error. */
export class StreamFault extends Error {
  readonly code: StreamErrorCode
  /** Where in the compressed bytes. */
  readonly offset: number

  constructor(code: StreamErrorCode, offset: number, message: string) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

export interface ChunkDecoder {
  /** The next unpacked bytes, valid until the next call; nothing at the stream's end. Throws a StreamFault. */
  next(): Promise<Uint8Array | undefined>
  /** The compressed bytes that were used up; exact at the stream's end. */
  readonly consumed: number
  close(): void
}

/** The output is given room in steps of this. */
const STEP = 8 << 20

export class ChunkStream {
  readonly #context: UnpackContext
  readonly #layer: StreamLayer
  readonly #open: () => ChunkDecoder
  #decoder: ChunkDecoder | undefined
  produced = 0
  ended = false

  /** `open` is called when the first bytes are asked for. */
  constructor(context: UnpackContext, layer: StreamLayer, open: () => ChunkDecoder) {
    this.#context = context
    this.#layer = layer
    this.#open = open
  }

  get consumed(): number {
    return this.#decoder?.consumed ?? 0
  }

  /** Unpacks until there are `end` bytes, or the stream ends or breaks. Throws only what reading the input throws. */
  async unpack(end: number): Promise<void> {
    while (this.produced < end && !this.ended && this.#layer.error === undefined) {
      this.#decoder ??= this.#open()
      try {
        const chunk = await this.#decoder.next()
        if (chunk === undefined) this.ended = true
        else this.#append(chunk)
      } catch (error) {
        if (!(error instanceof StreamFault)) throw error
        failStream(this.#layer, error.code, error.offset, error.message)
      }
    }
    if (this.ended || this.#layer.error !== undefined) this.close()
  }

  window(start: number, end: number): Window {
    const length = Math.max(0, Math.min(end, this.produced) - start)
    return { start, address: this.#context.output + start, length }
  }

  close(): void {
    this.#decoder?.close()
  }

  #append(chunk: Uint8Array): void {
    const { engine, output, limits } = this.#context
    const room = limits.output - this.produced
    const bytes = chunk.length > room ? chunk.subarray(0, room) : chunk
    const end = this.produced + bytes.length
    engine.reserve(output + Math.min(Math.ceil(end / STEP) * STEP, limits.output))
    engine.memory.set(bytes, output + this.produced)
    this.produced = end
    if (chunk.length > room) {
      const message = `it unpacks to more than the limit of ${limits.output} bytes`
      throw new StreamFault('output-limit', this.consumed, message)
    }
  }
}
