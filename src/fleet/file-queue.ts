/** The files that a scan will read, one after the other, whether they are known at once or come from a server. */
import type { Found } from '../source/source.ts'

export type Files = Iterable<Found> | AsyncIterable<Found>

/** So many files are known beforehand where they come from a server. */
const AHEAD = 256

export class FileQueue {
  readonly #files: Iterator<Found> | undefined
  readonly #ahead: Found[] = []
  #isExhausted = false
  #failure: unknown
  #hasFailed = false
  #resume = () => {}
  readonly #wake: () => void

  /** `wake` is called when there is a file, or an end, that was waited for. */
  constructor(files: Files, wake: () => void) {
    this.#wake = wake
    if (Symbol.iterator in files) this.#files = files[Symbol.iterator]()
    else {
      this.#collect(files).catch((error: unknown) => {
        this.#failure = error
        this.#hasFailed = true
        this.#wake()
      })
    }
  }

  async #collect(files: AsyncIterable<Found>): Promise<void> {
    for await (const found of files) {
      this.#ahead.push(found)
      this.#wake()
      if (this.#ahead.length < AHEAD) continue
      await new Promise<void>(resolve => {
        this.#resume = resolve
      })
    }
    this.#isExhausted = true
    this.#wake()
  }

  /** True once there are no more files. */
  get isExhausted(): boolean {
    return this.#isExhausted && this.#ahead.length === 0
  }

  /** True where the next file is not known yet: `wake` will be called. */
  get isDry(): boolean {
    return this.#files === undefined && this.#ahead.length === 0 && !this.#isExhausted && !this.#hasFailed
  }

  /** The next file; nothing at the end, or where none is known yet. Throws what finding them has thrown. */
  next(): Found | undefined {
    if (this.#files === undefined) return this.#nextAhead()
    const { value, done } = this.#files.next()
    if (done === true) this.#isExhausted = true
    return done === true ? undefined : value
  }

  #nextAhead(): Found | undefined {
    const found = this.#ahead.shift()
    if (found === undefined && this.#hasFailed) throw this.#failure
    if (this.#ahead.length < AHEAD / 2) this.#resume()
    return found
  }
}
