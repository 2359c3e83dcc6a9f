/** A new kernel in memory. */
import type { RepackOutput } from './repack.ts'

export class MemoryOutput implements RepackOutput {
  #bytes = new Uint8Array(2 ** 16)
  size = 0

  put(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.size + bytes.length))
      grown.set(this.bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes, this.size)
    this.size += bytes.length
  }

  patch(position: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, position)
  }

  read(into: Uint8Array, position: number): number {
    const bytes = this.bytes.subarray(position, position + into.length)
    into.set(bytes)
    return bytes.length
  }

  /** All that was put so far. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.size)
  }
}
