/**
 * A decompressor of node:zlib as something to pull from: it reads and unpacks a chunk ahead and then waits.
 * @module
 */
import type { Transform } from 'node:stream'
import type { ChunkDecoder, StreamFault } from './chunk-stream.ts'

/** What node:zlib's streams have beyond others: how much of their input they used up. */
export interface ZlibTransform extends Transform {
  readonly bytesWritten: number
}

/** Unpacked bytes are handed out in chunks of this: smaller ones cost more, larger ones unpack too much. */
export const OUTPUT_CHUNK = 512 * 1024

/** node:zlib where there is one: a static import would keep browsers from loading the package. */
export const nodeZlib = (): typeof import('node:zlib') | undefined =>
  typeof process === 'undefined' ? undefined : process.getBuiltinModule('node:zlib')

/** Makes the fault out of the error that a transform failed with. */
export type Explain = (error: Error & { code?: string }, consumed: number) => StreamFault

export class TransformDecoder implements ChunkDecoder {
  readonly #transform: ZlibTransform
  readonly #explain: Explain
  #inputError: unknown
  #error: Error | undefined
  #ended = false
  #wake = () => {}

  /** Feeds `transform` with `input`, which is advanced only as far as the unpacked bytes are pulled. */
  constructor(transform: ZlibTransform, input: Iterable<Uint8Array>, explain: Explain) {
    this.#transform = transform
    this.#explain = explain
    const { Readable, pipeline } = process.getBuiltinModule('node:stream')
    transform.on('readable', () => this.#wake())
    transform.on('end', () => {
      this.#ended = true
      this.#wake()
    })
    pipeline(Readable.from(this.#watch(input), { objectMode: true, highWaterMark: 1 }), transform, error => {
      this.#error = error ?? undefined
      this.#ended = true
      this.#wake()
    })
  }

  get consumed(): number {
    return this.#transform.bytesWritten
  }

  /** What was unpacked before an error is handed out before the error is thrown. */
  async next(): Promise<Uint8Array | undefined> {
    while (true) {
      const chunk: Uint8Array | null = this.#transform.read()
      if (chunk !== null) return chunk
      // What the input throws is either a StreamFault already, or a failure to read.
      if (this.#inputError !== undefined) throw this.#inputError
      if (this.#error !== undefined) throw this.#explain(this.#error, this.consumed)
      if (this.#ended) return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.#transform.destroy()
  }

  *#watch(input: Iterable<Uint8Array>): Generator<Uint8Array> {
    try {
      yield* input
    } catch (error) {
      this.#inputError = error
      throw error
    }
  }
}
