/**
 * Blocks of an object that were asked for and have not been taken yet. Neighbours come with one request; what may be
 * wanted next is asked for before somebody waits for it.
 */
import type { RemoteObject } from './remote-object.ts'

/**
 * What a block cache keeps and servers are asked for, in bytes. Most reads before a kernel are of a few bytes far from each
 * other: with 64 KiB two disks of lz4 kernels take 3.7 MB in 46 requests, with 16 KiB 1.8 MB in 58.
 */
export const BLOCK = 16 * 1024
/** Blocks of one request at most: 1 MiB. */
const MAX_RUN = 2 ** 20 / BLOCK
/** Blocks that were asked for and nobody has taken: 8 MiB. */
const MAX_WAITING = (8 * 2 ** 20) / BLOCK

/** Lets so many do something at once. */
export type Gate = <T>(action: () => Promise<T>) => Promise<T>

export class BlocksInFlight {
  readonly #object: RemoteObject
  readonly #gate: Gate
  readonly #blocks = new Map<number, Promise<Uint8Array>>()

  constructor(object: RemoteObject, gate: Gate) {
    this.#object = object
    this.#gate = gate
  }

  /** Blocks from `first` up to `end`; begins with `ahead` further ones. */
  async take(first: number, end: number, ahead: number): Promise<Uint8Array[]> {
    const last = Math.ceil(this.#object.size / BLOCK)
    this.#ask(first, Math.min(end, last))
    this.#ask(end, Math.min(end + ahead, last))
    const wanted = []
    for (let block = first; block < Math.min(end, last); block++) wanted.push(this.#blocks.get(block)!)
    try {
      return await Promise.all(wanted)
    } finally {
      for (let block = first; block < end; block++) this.#blocks.delete(block)
      this.#forget()
    }
  }

  /** Asks for blocks that nobody has asked for, runs of them together. */
  #ask(first: number, end: number): void {
    for (let block = first; block < end; ) {
      if (this.#blocks.has(block)) {
        block++
        continue
      }
      let stop = block + 1
      while (stop < end && stop - block < MAX_RUN && !this.#blocks.has(stop)) stop++
      this.#askRun(block, stop)
      block = stop
    }
  }

  #askRun(first: number, end: number): void {
    const { size } = this.#object
    const start = first * BLOCK
    const run = this.#gate(() => this.#object.read(start, Math.min(end * BLOCK, size)))
    for (let block = first; block < end; block++) {
      const from = block * BLOCK - start
      const piece = run.then(bytes => bytes.subarray(from, from + BLOCK))
      // A block that nobody takes may fail unheard; it is asked for again where somebody does.
      piece.catch(() => {})
      this.#blocks.set(block, piece)
    }
  }

  #forget(): void {
    for (const block of this.#blocks.keys()) {
      if (this.#blocks.size <= MAX_WAITING) break
      this.#blocks.delete(block)
    }
  }
}
