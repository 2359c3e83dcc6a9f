/** What reading one image's containers may cost. A forged structure uses a budget up and ends as a coded problem. */
import { ContainerError } from './container-error.ts'

export interface BudgetLimits {
  /** Containers in each other. */
  depth: number
  /** Bytes of metadata that the readers take from all layers together. */
  metadata: number
  /** Entries of one directory or archive. */
  entries: number
  /** Steps of work (blocks, records, tree nodes) in all layers together. */
  steps: number
  /** Milliseconds from when the image was opened. */
  time: number
}

/** The clock is looked at once in so many steps. */
const STEPS_A_LOOK = 1024

export const DEFAULT_BUDGET: BudgetLimits = {
  depth: 8,
  metadata: 64 * 2 ** 20,
  entries: 1_000_000,
  steps: 50_000_000,
  time: 120_000,
}

/** Counts down what one image may still cost. Its readers share one. */
export class Budget {
  readonly limits: BudgetLimits
  #metadata = 0
  #steps = 0
  #nextLook = STEPS_A_LOOK
  readonly #started = performance.now()

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = { ...DEFAULT_BUDGET, ...limits }
  }

  /** Takes `bytes` of metadata and one step. Throws a ContainerError for `layer` where none are left. */
  metadata(layer: string, bytes: number, offset?: number): void {
    this.#metadata += bytes
    if (this.#metadata > this.limits.metadata) {
      const message = `Cannot read the ${layer} metadata: it needs more than ${this.limits.metadata} bytes`
      throw new ContainerError('container-limit', layer, message, offset)
    }
    this.step(layer, offset)
  }

  /** Takes one step of work, or `count`. */
  step(layer: string, offset?: number, count = 1): void {
    this.#steps += count
    if (this.#steps > this.limits.steps) {
      const message = `Cannot read the ${layer}: it needs more than ${this.limits.steps} steps`
      throw new ContainerError('container-limit', layer, message, offset)
    }
    if (this.#steps < this.#nextLook) return
    this.#nextLook = this.#steps + STEPS_A_LOOK
    if (performance.now() - this.#started > this.limits.time) {
      const message = `Cannot read the ${layer}: it takes more than ${this.limits.time} ms`
      throw new ContainerError('container-limit', layer, message, offset)
    }
  }

  /** Checks the number of entries of one directory or archive. */
  entries(layer: string, count: number, offset?: number): void {
    if (count <= this.limits.entries) return
    const message = `Cannot list the ${layer}: it has more than ${this.limits.entries} entries`
    throw new ContainerError('container-limit', layer, message, offset)
  }
}
