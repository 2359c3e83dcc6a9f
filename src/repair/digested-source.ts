/** A source that is read once from front to back, and digests the bytes that no patch touches on the way. */
import type { Sha256 } from '../read/machine.ts'
import type { PassingSource, Source } from '../source/source.ts'
import { type Patch, type Span, untouched } from './patched-source.ts'

export class DigestedSource implements Source {
  readonly size: number
  readonly #base: PassingSource
  readonly #spans: readonly Span[]
  readonly #hash: Sha256
  #next = 0

  /** Digests of the first `size` bytes of `base`. What was read of it is forgotten. */
  constructor(base: PassingSource, patches: readonly Patch[], hash: Sha256, size = base.size) {
    this.#base = base
    this.#hash = hash
    this.size = base.size
    this.#spans = untouched(size, patches)
  }

  read(into: Uint8Array, position: number): number {
    if (position !== this.#next)
      throw new RangeError(`Cannot digest bytes at ${position}: ${this.#next} come next`)
    const length = this.#base.read(into, position)
    this.#next += length
    this.#base.forget(this.#next)
    for (const { start, end } of this.#spans) {
      const [from, to] = [Math.max(start, position), Math.min(end, position + length)]
      if (from < to) this.#hash.update(into.subarray(from - position, to - position))
    }
    return length
  }

  /** To be asked for once, after the last byte. */
  digest(): string {
    return this.#hash.hex()
  }
}
