/**
 * Worker threads, started when there is work for them and replaced when they die.
 * @module
 */
import { Worker } from 'node:worker_threads'
import type { EngineName } from '../engine/engine.ts'
import type { FileOptions } from '../read/read-file.ts'
import { KernelExchange } from './kernel-exchange.ts'
import { LargeMemory, newTurn } from './large-memory.ts'
import type { Batch, BatchAnswer, BatchResults, Job, WorkerOptions } from './worker.ts'

/** Raised where one worker after the other dies: something is wrong with the machine, not with an image. */
export class FleetError extends Error {
  override name = 'FleetError'
}

export interface PoolOptions {
  engine: EngineName
  read: FileOptions
  /**
   * MiB that the JavaScript of a worker may take, its engine's memory not counted; a worker that takes more dies.
   * Deno does not say when one has died of that, and would wait for it for ever: there it is not set.
   */
  heap?: number
}

/** What became of a batch. */
export interface BatchOutcome {
  /** The results of the first jobs of the batch, in order. */
  results: BatchResults
  /** Set when the worker died: the index of the job that it was at, and why. */
  died?: { index: number; reason: string }
}

/** So many deaths without a finished batch between them stop the scan. */
const MAX_DEATHS = 3

const isDeno = 'Deno' in globalThis

/** MiB for what lives shortly: most of what a worker makes is a record. With V8's own 48 the peak is 40 MiB higher. */
const YOUNG_HEAP = 4

interface Thread {
  worker: Worker
  /** Its part in the memory that all share. */
  large: LargeMemory
  position: Int32Array
}

export class Pool {
  readonly #options: PoolOptions
  readonly #idle: Thread[] = []
  readonly #all = new Set<Thread>()
  readonly #turn = newTurn()
  readonly #kernels = new KernelExchange<Worker>()
  #started = 0
  #deaths = 0
  #failure: FleetError | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** Set once three workers died in a row: nothing more should be read. */
  get failure(): FleetError | undefined {
    return this.#failure
  }

  #start(): Thread {
    const { engine, read, heap } = this.#options
    const position = new SharedArrayBuffer(4)
    this.#started++
    const workerData: WorkerOptions = { engine, read, position, turn: this.#turn, worker: this.#started }
    // tsc rewrites imports but not URLs: this module's own ending is the worker's.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
    const worker = new Worker(new URL(`./worker${ending}`, import.meta.url), {
      workerData,
      ...(!isDeno && {
        resourceLimits: {
          maxYoungGenerationSizeMb: YOUNG_HEAP,
          ...(heap !== undefined && { maxOldGenerationSizeMb: heap }),
        },
      }),
    })
    const large = new LargeMemory(this.#turn, this.#started)
    const thread = { worker, position: new Int32Array(position), large }
    this.#all.add(thread)
    return thread
  }

  /**
   * Has a batch read by an idle worker, or a new one; the caller bounds how many run at once. `idle` others have nothing
   * to do meanwhile.
   */
  async read(jobs: Job[], idle = 0): Promise<BatchOutcome> {
    const thread = this.#idle.pop() ?? this.#start()
    Atomics.store(thread.position, 0, 0)
    const outcome = await new Promise<BatchOutcome>(resolve => {
      const { worker } = thread
      const settle = (outcome: BatchOutcome) => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        resolve(outcome)
      }
      const die = (reason: string) =>
        settle({ results: [], died: { index: Atomics.load(thread.position, 0), reason } })
      const onMessage = ({ results, kernels }: BatchAnswer) => {
        this.#kernels.add(worker, kernels)
        settle({ results })
      }
      const onError = (error: Error) => die(error.message)
      const onExit = (code: number) => die(`exit code ${code}`)
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      const batch: Batch = { jobs, kernels: this.#kernels.takeFor(worker), idle }
      worker.postMessage(batch)
    })
    if (outcome.died === undefined) {
      this.#deaths = 0
      this.#idle.push(thread)
    } else {
      await this.#bury(thread, outcome.died.reason)
    }
    return outcome
  }

  async #bury(thread: Thread, reason: string): Promise<void> {
    this.#all.delete(thread)
    // An error event may come before the exit event; the next one must find nobody it could harm.
    thread.worker.on('error', () => {})
    await thread.worker.terminate()
    thread.large.release()
    this.#deaths++
    if (this.#deaths < MAX_DEATHS) return
    const message = `Cannot go on: ${MAX_DEATHS} workers died in a row, the last of this: ${reason}`
    this.#failure ??= new FleetError(message)
  }

  /** Ends all workers, also those that are in the middle of an image. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#all, ({ worker }) => worker.terminate()))
    this.#all.clear()
  }
}
