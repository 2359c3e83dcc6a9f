/** Sources in memory, and parts of other sources. */
import type { Source } from './source.ts'

/** Bytes in memory as a source. */
export class MemorySource implements Source {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.length
  }

  read(into: Uint8Array, position: number): number {
    const bytes = this.#bytes.subarray(position, position + into.length)
    into.set(bytes)
    return bytes.length
  }
}

/** Bytes [start, start + size) of another source, such as a partition. Shorter where that one ends earlier. */
export class SliceSource implements Source {
  readonly size: number
  readonly #source: Source
  readonly #start: number

  constructor(source: Source, start: number, size: number) {
    this.#source = source
    this.#start = start
    this.size = Math.max(0, Math.min(size, source.size - start))
  }

  read(into: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(into.length, this.size - position))
    return length === 0 ? 0 : this.#source.read(into.subarray(0, length), this.#start + position)
  }
}

/** Reads up to `length` bytes from `position` on: fewer where the source ends. They are not to be changed. */
export function readBytes(source: Source, position: number, length: number): Uint8Array {
  const lent = source.lend?.(position, length)
  if (lent !== undefined) return lent
  const size = Math.max(0, Math.min(length, source.size - position))
  const bytes = new Uint8Array(size)
  const count = size === 0 ? 0 : source.read(bytes, position)
  return count === size ? bytes : bytes.subarray(0, count)
}
