/**
 * A budget of memory that the workers of a run share: an image that takes much is read while no other worker reads one
 * such, so that a run of many takes no more than one of few.
 * @module
 */

/** An engine may grow to this at any time, in bytes. A kernel of 100 MB takes less. */
export const FREE_MEMORY = 256 * 2 ** 20

/** One Int32: the number of the worker that may take more, or 0. */
export type SharedTurn = SharedArrayBuffer

export const newTurn = (): SharedTurn => new SharedArrayBuffer(4)

/** One worker's view of the turn. */
export class LargeMemory {
  readonly #turn: Int32Array
  readonly #worker: number
  readonly #free: number

  /**
   * @param worker From 1; no two workers of a run have the same.
   * @param free Bytes that an engine may take at any time.
   */
  constructor(turn: SharedTurn, worker: number, free = FREE_MEMORY) {
    this.#free = free
    this.#turn = new Int32Array(turn)
    this.#worker = worker
  }

  /** Called before an engine grows to `bytes`: waits for the turn where that is much. */
  claim(bytes: number): void {
    if (bytes <= this.#free) return
    for (;;) {
      const owner = Atomics.compareExchange(this.#turn, 0, 0, this.#worker)
      if (owner === 0 || owner === this.#worker) return
      Atomics.wait(this.#turn, 0, owner)
    }
  }

  /** Gives the turn to another, where this worker has it: its memory is free, or it has died. */
  release(): void {
    if (Atomics.compareExchange(this.#turn, 0, this.#worker, 0) === this.#worker)
      Atomics.notify(this.#turn, 0)
  }
}
