/**
 * A compressed stream as a source for those who read it from front to back: its start and its latest bytes are kept, and it is
 * unpacked again from the start for any others.
 */
import type { Source } from '../../source/source.ts'

const START = 64 * 1024
const KEPT = 2 * 2 ** 20

export class ForwardSource implements Source {
  readonly size: number
  readonly #open: () => Iterator<Uint8Array>
  #pieces: Iterator<Uint8Array> | undefined
  readonly #start = new Uint8Array(START)
  /** The bytes [#from, #end) of the stream. */
  readonly #kept = new Uint8Array(2 * KEPT)
  #from = 0
  #end = 0

  /** `open` starts the stream from its first byte; `size` is what it unpacks to. */
  constructor(open: () => Iterator<Uint8Array>, size: number) {
    this.#open = open
    this.size = size
  }

  /** Throws what the stream throws. */
  read(into: Uint8Array, position: number): number {
    let done = 0
    while (done < into.length) {
      const bytes = this.#bytesAt(position + done)
      if (bytes.length === 0) break
      const part = bytes.subarray(0, into.length - done)
      into.set(part, done)
      done += part.length
    }
    return done
  }

  /** Some bytes from `position` on; none at the end. */
  #bytesAt(position: number): Uint8Array {
    if (position < Math.min(START, this.#end))
      return this.#start.subarray(position, Math.min(START, this.#end))
    if (this.#pieces === undefined || position < this.#from) {
      this.#pieces = this.#open()
      this.#from = 0
      this.#end = 0
    }
    while (this.#end <= position) if (!this.#unpackMore()) return new Uint8Array()
    if (position < START) return this.#start.subarray(position, Math.min(START, this.#end))
    return this.#kept.subarray(position - this.#from, this.#end - this.#from)
  }

  #unpackMore(): boolean {
    const { value, done } = this.#pieces!.next()
    if (done === true) return false
    for (let at = 0; at < value.length; at += KEPT) this.#keep(value.subarray(at, at + KEPT))
    return true
  }

  #keep(bytes: Uint8Array): void {
    if (this.#end - this.#from + bytes.length > this.#kept.length) {
      const from = this.#end - KEPT
      this.#kept.copyWithin(0, from - this.#from, this.#end - this.#from)
      this.#from = from
    }
    this.#kept.set(bytes, this.#end - this.#from)
    if (this.#end < START) this.#start.set(bytes.subarray(0, START - this.#end), this.#end)
    this.#end += bytes.length
  }
}
