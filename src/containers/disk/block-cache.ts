/** Unpacked blocks of a disk, the latest ones: a reader mostly goes on where it stopped. */

/** A cluster of the largest size fits twice. */
const MAX_BYTES = 4 * 2 ** 20

export class BlockCache {
  readonly #blocks = new Map<number, Uint8Array>()
  #bytes = 0

  /** The block at `key`, made by `unpack` where it is not kept. */
  get(key: number, unpack: () => Uint8Array): Uint8Array {
    const kept = this.#blocks.get(key)
    if (kept !== undefined) {
      this.#blocks.delete(key)
      this.#blocks.set(key, kept)
      return kept
    }
    const block = unpack()
    this.#blocks.set(key, block)
    this.#bytes += block.length
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= MAX_BYTES || oldest === key) break
      this.#blocks.delete(oldest)
      this.#bytes -= length
    }
    return block
  }
}
