/** A source whose first bytes are read once: several questions about a file are answered by its start. */
import type { Source } from './source.ts'

/** As much as tells what a file is, and more. */
const MAX_KEPT = 16 * 1024

export class KeptStart implements Source {
  readonly size: number
  readonly #source: Source
  #kept = new Uint8Array()

  constructor(source: Source) {
    this.size = source.size
    this.#source = source
  }

  read(into: Uint8Array, position: number): number {
    const end = Math.min(position + into.length, this.size)
    if (position > this.#kept.length || end > MAX_KEPT) return this.#source.read(into, position)
    if (end > this.#kept.length) this.#keep(end)
    const bytes = this.#kept.subarray(position, end)
    into.set(bytes)
    return bytes.length
  }

  #keep(end: number): void {
    const before = this.#kept.length
    const bytes = new Uint8Array(end)
    bytes.set(this.#kept)
    const count = this.#source.read(bytes.subarray(before), before)
    this.#kept = bytes.subarray(0, before + count)
  }
}
