/**
 * Reading on the thread that calls: for small jobs, which are done before a worker has started, and where no workers
 * are wanted.
 * @module
 */
import type { EngineName } from '../engine/engine.ts'
import type { CopyResult, FileOptions, ReadResult } from '../read/read-file.ts'
import type { RecordText } from '../record/write.ts'
import type { Found } from '../source/source.ts'
import type { BlocksAhead } from '../unwrap/blocks-ahead.ts'
import { DEFAULT_LIMITS } from '../unwrap/limits.ts'
import { StreamTooLong } from '../unwrap/image-reading.ts'
import { EngineLease } from './engines.ts'
import { loadingContainers, readUnlessCopy } from './read-file.ts'
import type { Original } from './same-bytes.ts'

/** Nothing is heard while a stream is unpacked here, Ctrl-C neither: none above this, and no longer output. */
const MAX_STREAM = 32 * 2 ** 20
/** Above this an image takes so long that workers should share it with those that come after it. */
const SHARED_STREAM = 2 ** 20
/** What takes less than a second however it was compressed. The notes of a kernel of 66 MB lie at 30. */
const MAX_OUTPUT = 32 * 2 ** 20

type Answer = ReadResult | CopyResult | undefined

export class InlineReader {
  readonly #lease: EngineLease
  readonly #read: FileOptions
  readonly #bounded: boolean
  readonly #limits: NonNullable<FileOptions['limits']>
  readonly #ahead: BlocksAhead | undefined

  /** With `bounded`, what may take long is left to others. The last file's blocks may be decoded `ahead`. */
  constructor(engine: EngineName, read: FileOptions, bounded: boolean, ahead?: BlocksAhead) {
    this.#ahead = ahead
    this.#lease = new EngineLease(engine)
    this.#read = read
    this.#bounded = bounded
    const { window, output } = { ...DEFAULT_LIMITS, ...read.limits }
    this.#limits = { window, output: Math.min(output, MAX_OUTPUT) }
  }

  /** Returns nothing where it would take long; `last` when no other file is known that workers could begin with. */
  read(found: Found, originals: Original[], last: boolean): Answer | Promise<Answer> {
    if (!this.#bounded) return loadingContainers(() => this.#readWith(this.#read, found, originals))
    if (this.#read.verify || this.#read.digest || found.locator !== undefined) return undefined
    const longestStream = last ? MAX_STREAM : SHARED_STREAM
    const options: FileOptions = { ...this.#read, limits: this.#limits, longestStream }
    if (last && this.#ahead !== undefined) options.ahead = this.#ahead
    return loadingContainers(() => {
      try {
        const result = this.#readWith(options, found, originals)
        return 'records' in result && result.records.some(metOutputLimit) ? undefined : result
      } catch (error) {
        if (error instanceof StreamTooLong) return undefined
        throw error
      }
    })
  }

  #readWith(options: FileOptions, found: Found, originals: Original[]): ReadResult | CopyResult {
    try {
      return readUnlessCopy(this.#lease.take(), asFound => found.open(asFound), options, originals)
    } finally {
      this.#lease.giveBack()
    }
  }
}

/** Had the limit been met, it would be in the record: as the problem, or in the layer where another problem came first. */
const metOutputLimit = ({ json }: RecordText) => json.includes('"output-limit"')
