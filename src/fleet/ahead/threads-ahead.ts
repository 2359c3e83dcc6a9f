/**
 * Decodes the blocks of one image on several threads, for when there is nothing else for them to do.
 * @module
 */
import { Worker } from 'node:worker_threads'
import type { EngineName } from '../../engine/engine.ts'
import {
  type AheadBlocks,
  type BlockAhead,
  type BlocksAhead,
  type StreamAhead,
  WORD,
} from '../../unwrap/blocks-ahead.ts'
import { engineModule } from '../engines.ts'
import type { AheadThreadData } from './ahead-thread.ts'
import { decoderOf } from './decode-ahead.ts'
import { MOST_STREAM, type SharedStream, StreamMemory } from './stream-memory.ts'

/** A shorter stream is decoded before a thread has started. */
const LEAST_STREAM = 2 * 2 ** 20
/** More threads than this would wait for the reader, which looks at every block. */
const MOST_THREADS = 3

export class ThreadsAhead implements BlocksAhead {
  readonly #engine: EngineName
  readonly #threads: number
  readonly #workers: Worker[] = []
  /** The last stream, whose memory is used again. */
  #last: { memory: StreamMemory; shared: SharedArrayBuffer } | undefined

  /** With `threads` threads at most, which are started when there is a stream for them. */
  constructor(engine: EngineName, threads: number) {
    this.#engine = engine
    this.#threads = Math.min(threads, MOST_THREADS)
  }

  helps(length: number): boolean {
    // Threads that are still at another stream would come late, and its memory cannot be used again.
    const isFree = this.#last === undefined || this.#last.memory.isLeft
    return this.#threads > 0 && isFree && length >= LEAST_STREAM && length < MOST_STREAM
  }

  open(length: number, address: number, blocks: AheadBlocks): StreamAhead | undefined {
    const threads = this.#threads
    const { mostOutput } = decoderOf(blocks)
    let stream: SharedStream
    try {
      stream = StreamMemory.share(length, blocks, mostOutput, address % WORD, threads, this.#last?.shared)
    } catch (error) {
      // The reader may still have enough memory for what it does alone.
      if (error instanceof RangeError) return undefined
      throw error
    }
    while (this.#workers.length < threads) this.#start()
    for (const [index, worker] of this.#workers.entries()) worker.postMessage({ ...stream, index })
    const memory = new StreamMemory(stream)
    this.#last = { memory, shared: stream.shared }
    return new Reader(memory)
  }

  #start(): void {
    const module = this.#engine === 'wasm' ? engineModule() : undefined
    const workerData: AheadThreadData = { module }
    // In dist/ it lies beside the bundle that this module is in.
    const file = import.meta.url.endsWith('.ts') ? 'ahead-thread.ts' : 'ahead-thread.cjs'
    const worker = new Worker(new URL(`./${file}`, import.meta.url), { workerData })
    worker.unref()
    // Of a thread that dies the reader hears by waiting in vain, and decodes what it would have.
    worker.on('error', () => {})
    this.#workers.push(worker)
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map(worker => worker.terminate()))
  }
}

class Reader implements StreamAhead {
  readonly #memory: StreamMemory
  #gaveUp = false

  constructor(memory: StreamMemory) {
    this.#memory = memory
  }

  get loaded(): number {
    return this.#memory.loaded
  }

  load(bytes: Uint8Array, position: number): void {
    this.#memory.load(bytes, position)
  }

  take(bit: number): BlockAhead | undefined {
    if (this.#gaveUp) return undefined
    const block = this.#memory.take(bit)
    if (block !== 'late') return block
    this.#gaveUp = true
    return undefined
  }

  close(): void {
    this.#memory.close()
  }
}
