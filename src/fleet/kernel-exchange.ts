/**
 * What workers tell each other by way of the main thread: the kernels that they read in containers, so that each is
 * unpacked once a run and not once a worker. Two workers that meet a kernel at the same time both unpack it.
 * @module
 */
import type { ContainedKernel } from '../read/kernel-cache.ts'

/** Those that were read last. A worker that has not asked for longer unpacks the others itself. */
const MAX_KERNELS = 256

export class KernelExchange<Worker extends object> {
  #kernels: { from: Worker; kernel: ContainedKernel }[] = []
  /** How many were forgotten. */
  #forgotten = 0
  /** How many of all that were ever added each worker has been told. */
  readonly #told = new WeakMap<Worker, number>()

  add(from: Worker, kernels: readonly ContainedKernel[]): void {
    this.#kernels.push(...kernels.map(kernel => ({ from, kernel })))
    const surplus = Math.max(0, this.#kernels.length - MAX_KERNELS)
    this.#kernels.splice(0, surplus)
    this.#forgotten += surplus
  }

  /** What other workers added since this was last called for `worker`. */
  takeFor(worker: Worker): ContainedKernel[] {
    const told = this.#told.get(worker) ?? 0
    this.#told.set(worker, this.#forgotten + this.#kernels.length)
    return this.#kernels
      .slice(Math.max(0, told - this.#forgotten))
      .filter(({ from }) => from !== worker)
      .map(({ kernel }) => kernel)
  }
}
