/**
 * Files to records, in the order of the files: bounded work, bounded memory.
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'
import { type CopyResult, type ReadResult, unreadable } from '../read/read-file.ts'
import type { Found } from '../source/source.ts'
import { ThreadsAhead } from './ahead/threads-ahead.ts'
import { FileQueue, type Files } from './file-queue.ts'
import { InlineReader } from './inline-reader.ts'
import { type KnownKernel, KnownKernels } from './known-kernels.ts'
import { type BatchOutcome, Pool, type PoolOptions } from './pool.ts'
import { type ScannedFile, type Slot, Slots } from './slots.ts'

export type { ScannedFile }

export interface ScanOptions extends PoolOptions {
  /** Worker threads at most; 0 reads everything on the thread that calls. */
  workers: number
  /** Ends the scan when it is aborted: what is done is still yielded, what is being read is given up. */
  signal?: AbortSignal
  /** Results of an earlier run, and where to keep those of this one. */
  journal?: ScanJournal
  /** Which files are to be read at all. */
  takes?: (found: Found) => boolean
}

/** What a scan keeps of its results. */
export interface ScanJournal {
  find(found: Found): ReadResult | undefined
  add(found: Found, result: ReadResult): void
  /** Called after every batch. Throws where what was added cannot be written. */
  flush(): void
}

/** The calling thread reads this long by itself before it starts workers, which cost about 30 ms each. */
const ALONE_MS = 60
/**
 * Images of which no more is read and unpacked, in bytes, are bare kernels. It reads them alone for so long: in that
 * time workers would still be compiling what they run, each for itself, and come later to the end.
 */
const LIGHT = 64 * 1024
const LIGHT_ALONE_MS = 2000
/** So many records at most are made on the calling thread before they are passed on: more would outlive a young heap. */
const MAX_HERE = 32
/** A batch is made to last about as long, in milliseconds. */
const BATCH_MS = 20
/** Larger batches of the fastest save nothing, and V8 takes their records for what lives long. */
const MAX_BATCH = 32
/** Of files that take less, in milliseconds, only so many a worker wait: among others copies are looked for. */
const QUICK_MS = 1
const QUICK_STOCK = 4 * MAX_BATCH
/** Most of a group are copies, and compared in a millisecond or two; a worker that takes longer hands the rest back. */
const MAX_GROUP = 32
/** Among so many files further copies of a kernel are looked for on the calling thread. */
const COPIES_STOCK = 512
/** So many files a worker before the end, the largest come first: else the last worker may run alone for long. */
const TAIL = 8
/** Nobody waits longer than this for signals and messages to be heard, in milliseconds. */
const TURN_MS = 20

/**
 * Reads `files` and yields a record each, in their order, as many at once as are there. Throws a FleetError when the
 * workers keep dying, and what the journal throws, but not before everything that is done was yielded.
 */
export async function* scanFiles(files: Files, options: ScanOptions): AsyncGenerator<ScannedFile[]> {
  const scan = new Scan(files, options)
  try {
    yield* scan.run()
  } finally {
    await scan.close()
  }
}

class Scan {
  readonly #files: FileQueue
  readonly #options: ScanOptions
  readonly #pool: Pool
  /** For the last file, where this thread reads it. */
  readonly #ahead: ThreadsAhead
  readonly #slots = new Slots()
  readonly #known = new KnownKernels()
  /** The slots that nobody reads yet. */
  #waiting: Slot[] = []
  /** The slots without a result, by their files' identity. */
  readonly #unread = new Map<string, Slot>()
  /** Bounds the batches that are being read: one a worker. */
  readonly #limit: ReturnType<typeof pLimit>
  /** The size of the file that was read last on this thread, where it was a copy. */
  #copied: number | undefined
  /** Milliseconds an image, as measured so far. */
  #pace = BATCH_MS
  #failure: unknown
  #wake = () => {}
  #turned = performance.now()

  constructor(files: Files, options: ScanOptions) {
    this.#files = new FileQueue(files, () => this.#wake())
    this.#options = options
    this.#pool = new Pool(options)
    this.#ahead = new ThreadsAhead(options.engine, options.workers - 1)
    this.#limit = pLimit(Math.max(1, options.workers))
    options.signal?.addEventListener('abort', () => this.#wake(), { once: true })
  }

  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#ahead.close()])
  }

  async *run(): AsyncGenerator<ScannedFile[]> {
    yield* this.#readHere()
    while (!this.#isOver()) {
      const stock = this.#stock
      this.#fill(stock)
      this.#flush()
      this.#dispatch()
      const done = this.#slots.takeDone()
      if (done.length > 0) yield done
      if (this.#exhausted && this.#slots.length === 0) break
      const isFilled =
        this.#exhausted || this.#files.isDry || this.#slots.isFull || this.#waiting.length >= stock
      if (done.length > 0 || !isFilled) await this.#turn()
      else await this.#news()
    }
    yield this.#slots.takeLast()
    if (this.#failure !== undefined) throw this.#failure
  }

  get #exhausted(): boolean {
    return this.#files.isExhausted
  }

  #isOver(): boolean {
    return this.#failure !== undefined || this.#options.signal?.aborted === true
  }

  /** How many files should wait to be read. */
  get #stock(): number {
    return this.#pace < QUICK_MS ? QUICK_STOCK * this.#options.workers : Number.POSITIVE_INFINITY
  }

  /** Lets signals, messages and timers be heard, now and then. */
  async #turn(): Promise<void> {
    if (performance.now() - this.#turned < TURN_MS) return
    await setImmediate()
    this.#turned = performance.now()
  }

  #news(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve
    })
  }

  /** Reads on this thread for as long as workers would not be worth their start. */
  async *#readHere(): AsyncGenerator<ScannedFile[]> {
    const { engine, read, workers } = this.#options
    const here = new InlineReader(engine, read, workers > 0, this.#ahead)
    const started = performance.now()
    let alone = ALONE_MS
    while (!this.#isOver() && (workers === 0 || performance.now() - started < alone)) {
      const isSlow = !(await this.#readSome(here))
      this.#flush()
      const done = this.#slots.takeDone()
      alone = done.every(({ result }) => result.read + result.unpacked <= LIGHT) ? LIGHT_ALONE_MS : ALONE_MS
      if (done.length > 0) yield done
      if (isSlow || (this.#exhausted && this.#slots.length === 0)) return
      if (this.#files.isDry) await this.#news()
      else await this.#turn()
    }
  }

  /** Reads a few files on this thread, for no longer than others can wait. Returns false at one that would take long. */
  async #readSome(here: InlineReader): Promise<boolean> {
    const started = performance.now()
    for (let made = 0; made < MAX_HERE && performance.now() - started < TURN_MS; made++) {
      if (this.#isOver()) break
      const slot = this.#nextHere()
      if (slot === undefined) break
      slot.originals = this.#known.begin(slot.found)
      const originals = slot.originals.map(({ original }) => original)
      const reading = here.read(slot.found, originals, this.#waiting.length === 0)
      const answer = reading instanceof Promise ? await reading : reading
      if (answer === undefined) {
        this.#requeue([slot])
        return false
      }
      this.#copied = 'copyOf' in answer ? slot.found.size : undefined
      this.#settle(slot, answer)
    }
    return true
  }

  /**
   * The next file to read on this thread: another copy of a kernel as long as there are some, its bytes are at hand.
   * If it is not the last, another one waits after it.
   */
  #nextHere(): Slot | undefined {
    this.#fill(this.#copied === undefined ? 2 : COPIES_STOCK)
    const copy = this.#waiting.findIndex(({ found }) => found.size === this.#copied)
    return this.#waiting.splice(Math.max(0, copy), 1)[0]
  }

  /** Takes up new files until so many wait to be read, or the window is full, or it takes long. */
  #fill(unread: number): void {
    const started = performance.now()
    while (!this.#exhausted && !this.#slots.isFull && this.#waiting.length < unread) {
      const next = this.#files.next()
      if (next === undefined) break
      this.#take(next)
      if (performance.now() - started > TURN_MS) break
    }
  }

  #take(found: Found): void {
    const { takes, journal } = this.#options
    if (takes?.(found) === false) return
    const slot = this.#slots.add(found)
    if (found.problem !== undefined) {
      this.#slots.finish(slot, unreadable(found.problem))
      return
    }
    const written = journal?.find(found)
    if (written !== undefined) {
      this.#slots.finish(slot, written)
      return
    }
    const twin = this.#unread.get(found.identity)
    if (twin !== undefined) {
      twin.links.push(slot)
      return
    }
    const linked = this.#known.linked(found)
    if (linked !== undefined) {
      this.#finish(slot, linked)
      return
    }
    this.#unread.set(found.identity, slot)
    this.#waiting.push(slot)
  }

  /** How many workers have nothing to do. */
  get #idle(): number {
    return this.#options.workers - this.#limit.activeCount - this.#limit.pendingCount
  }

  #dispatch(): void {
    while (this.#idle > 0) {
      const batch = this.#nextBatch()
      if (batch.length === 0) return
      // The workers for which nothing is left: they can help with one image, not with a batch.
      const idle = this.#exhausted && this.#waiting.length === 0 && batch.length === 1 ? this.#idle - 1 : 0
      this.#limit(() => this.#readBatch(batch, idle))
        .catch((error: unknown) => this.#fail(error))
        .finally(() => this.#wake())
    }
  }

  #nextBatch(): Slot[] {
    const { workers } = this.#options
    if (this.#slots.isHeavy) return this.#pick(1, slot => slot === this.#slots.first)
    if (this.#exhausted && this.#waiting.length <= TAIL * workers) {
      this.#waiting.sort((a, b) => b.found.size - a.found.size)
    }
    return this.#pick(Math.min(MAX_BATCH, Math.ceil(this.#waiting.length / workers)), () => true)
  }

  /**
   * Takes up to `most` slots that are worth reading now. Those that are to be compared with a kernel come together
   * with others of their size: the kernel's bytes are in the processor's cache then, and it takes a third of the time.
   */
  #pick(most: number, suits: (slot: Slot) => boolean): Slot[] {
    const batch: Slot[] = []
    const left: Slot[] = []
    let count = Math.min(most, Math.max(1, Math.floor(BATCH_MS / this.#pace)))
    let group: number | undefined
    for (const slot of this.#waiting) {
      const belongs = group === undefined || group === slot.found.size
      if (batch.length < count && belongs && suits(slot) && !this.#known.shouldWait(slot.found)) {
        slot.originals = this.#known.begin(slot.found)
        batch.push(slot)
        if (batch.length === 1 && slot.originals.length > 0) {
          group = slot.found.size
          count = Math.min(most, MAX_GROUP)
        }
      } else {
        left.push(slot)
      }
    }
    this.#waiting = left
    return batch
  }

  async #readBatch(batch: Slot[], idle: number): Promise<void> {
    const started = performance.now()
    const jobs = batch.map(({ found, originals }) => ({
      address: found.address,
      found: { size: found.size, identity: found.identity },
      ...(found.locator !== undefined && { locator: found.locator }),
      originals: originals.map(({ original }) => original),
    }))
    const outcome = await this.#pool.read(jobs, idle)
    this.#settleBatch(batch, outcome)
    this.#flush()
    const count = Math.max(1, outcome.results.length)
    this.#pace = (this.#pace + (performance.now() - started) / count) / 2
    if (this.#pool.failure !== undefined) this.#fail(this.#pool.failure)
  }

  #settleBatch(batch: Slot[], { results, died }: BatchOutcome): void {
    for (const [index, answer] of results.entries()) this.#settle(batch[index]!, answer)
    const dead = died === undefined ? undefined : batch[died.index]
    if (died !== undefined && dead !== undefined) {
      const message = `Cannot read the image: the worker that read it died of this: ${died.reason}`
      const result = unreadable({ code: 'worker-died', message })
      this.#known.abandon(dead.found)
      // Its links would only kill other workers.
      for (const slot of [dead, ...dead.links]) this.#finish(slot, result)
      this.#unread.delete(dead.found.identity)
    }
    this.#requeue(batch.filter(slot => slot.result === undefined))
  }

  #requeue(slots: Slot[]): void {
    for (const { found } of slots) this.#known.abandon(found)
    this.#waiting = [...slots, ...this.#waiting]
  }

  /** Takes what came of reading a slot's file, for the slot and for the file's other names. */
  #settle(slot: Slot, answer: ReadResult | CopyResult): void {
    const { found, originals, links } = slot
    let result: ReadResult
    if ('copyOf' in answer) {
      const kernel: KnownKernel = originals[answer.copyOf]!
      result = { ...kernel.result, identity: answer.identity }
      this.#known.met(found, kernel)
    } else {
      result = answer
      this.#known.add(found, result)
    }
    slot.originals = []
    this.#unread.delete(found.identity)
    this.#finish(slot, result)
    for (const link of links) {
      if (result.identity === link.found.identity) this.#finish(link, result)
      else this.#waiting.unshift(link)
    }
  }

  #finish(slot: Slot, result: ReadResult): void {
    this.#slots.finish(slot, result)
    this.#options.journal?.add(slot.found, result)
  }

  #flush(): void {
    try {
      this.#options.journal?.flush()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error
  }
}
