/**
 * Files to records, in the order of the files: bounded work, bounded memory.
 * @module
 */
import pLimit from 'p-limit'
import { createEngine } from '../engine/create.ts'
import type { Engine, EngineName } from '../engine/engine.ts'
import type { Found } from '../source/walk.ts'
import type { ReadOptions } from '../unwrap/read-image.ts'
import { type BatchOutcome, Pool } from './pool.ts'
import { type ReadResult, readPath, unreadable } from './read-path.ts'

export interface ScanOptions {
  engine: EngineName
  /** Worker threads at most; 0 reads everything on the thread that calls. */
  workers: number
  read: ReadOptions
}

export interface ScannedFile {
  found: Found
  result: ReadResult
}

/** Files that may wait for one another: the reports come in order, whatever worker is first. */
const LOOKAHEAD = 2048
/** The calling thread reads this long by itself before it starts workers, which cost about 30 ms each. */
const ALONE_MS = 60
/** A batch is made to last about as long, in milliseconds. */
const BATCH_MS = 20
const MAX_BATCH = 512

interface Slot {
  found: Found
  result?: ReadResult
}

/** Reads `files` and yields a record each, in their order. Throws a FleetError when the workers keep dying. */
export async function* scanFiles(files: Iterable<Found>, options: ScanOptions): AsyncGenerator<ScannedFile> {
  const scan = new Scan(files, options)
  try {
    yield* scan.run()
  } finally {
    await scan.close()
  }
}

class Scan {
  readonly #files: Iterator<Found>
  readonly #options: ScanOptions
  readonly #pool: Pool
  readonly #limit: ReturnType<typeof pLimit>
  /** Files not yet yielded, in order. */
  #slots: Slot[] = []
  /** Those of them that nobody reads yet. */
  #waiting: Slot[] = []
  #exhausted = false
  #engine: Engine | undefined
  /** Milliseconds an image, as measured so far. */
  #pace = BATCH_MS
  #failure: unknown
  #wake = () => {}

  constructor(files: Iterable<Found>, options: ScanOptions) {
    this.#files = files[Symbol.iterator]()
    this.#options = options
    this.#pool = new Pool(options.engine, options.read)
    this.#limit = pLimit(Math.max(1, options.workers))
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  async *run(): AsyncGenerator<ScannedFile> {
    yield* this.#readAlone()
    for (;;) {
      this.#fill()
      this.#dispatch()
      if (this.#failure !== undefined) throw this.#failure
      const done = this.#takeDone()
      yield* done
      if (done.length > 0) continue
      if (this.#slots.length === 0) return
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Reads on this thread for as long as workers would not be worth their start. */
  async *#readAlone(): AsyncGenerator<ScannedFile> {
    const started = performance.now()
    for (;;) {
      const elapsed = performance.now() - started
      if (this.#options.workers > 0 && elapsed > ALONE_MS) return
      const next = this.#files.next()
      if (next.done === true) {
        this.#exhausted = true
        return
      }
      yield { found: next.value, result: await this.#readHere(next.value) }
    }
  }

  #readHere(found: Found): Promise<ReadResult> | ReadResult {
    if (found.problem !== undefined) return unreadable(found.problem)
    this.#engine ??= createEngine(this.#options.engine)
    return readPath(this.#engine, found.path, this.#options.read)
  }

  #fill(): void {
    while (!this.#exhausted && this.#slots.length < LOOKAHEAD) {
      const next = this.#files.next()
      if (next.done === true) {
        this.#exhausted = true
        return
      }
      const slot: Slot = { found: next.value }
      this.#slots.push(slot)
      if (next.value.problem === undefined) this.#waiting.push(slot)
      else slot.result = unreadable(next.value.problem)
    }
  }

  #dispatch(): void {
    while (
      this.#waiting.length > 0 &&
      this.#limit.activeCount + this.#limit.pendingCount < this.#options.workers
    ) {
      const share = Math.ceil(this.#waiting.length / this.#options.workers)
      const size = Math.max(1, Math.min(MAX_BATCH, share, Math.floor(BATCH_MS / this.#pace)))
      const batch = this.#waiting.splice(0, size)
      this.#limit(() => this.#readBatch(batch)).catch((error: unknown) => {
        this.#failure = error
        this.#wake()
      })
    }
  }

  async #readBatch(batch: Slot[]): Promise<void> {
    const started = performance.now()
    const outcome = await this.#pool.read(batch.map(slot => slot.found.path))
    this.#settle(batch, outcome)
    const count = Math.max(1, outcome.results.length)
    this.#pace = (this.#pace + (performance.now() - started) / count) / 2
    this.#wake()
  }

  #settle(batch: Slot[], { results, died }: BatchOutcome): void {
    results.forEach((result, index) => {
      batch[index]!.result = result
    })
    if (died !== undefined) {
      const message = `Cannot read the image: the worker that read it died of ${died.reason}`
      batch[died.index]!.result = unreadable({ code: 'worker-died', message })
    }
    this.#waiting.unshift(...batch.filter(slot => slot.result === undefined))
  }

  /** Takes the finished slots from the front: what is behind an unfinished one waits for it. */
  #takeDone(): ScannedFile[] {
    let count = 0
    while (this.#slots[count]?.result !== undefined) count++
    return this.#slots.splice(0, count) as ScannedFile[]
  }
}
