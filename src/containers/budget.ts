/** What reading one image's containers may cost. A forged structure uses a budget up and ends as a coded problem. */
import { ContainerError } from './container-error.ts'

export interface BudgetLimits {
  /** Containers in each other. */
  depth: number
  /** Bytes of metadata that the readers take from all layers together. */
  metadata: number
  /** Entries of one directory or archive. */
  entries: number
  /**
   * Steps of work in all layers together. One is a block, a record or a node of a tree that is read, or a KiB of a stream
   * that is unpacked. No clock is asked: on every machine and with every engine the work ends at the same place.
   */
  steps: number
}

/** What `--max-time` takes for a second. */
export const STEPS_A_SECOND = 100_000

export const DEFAULT_BUDGET: BudgetLimits = {
  depth: 8,
  metadata: 64 * 2 ** 20,
  entries: 1_000_000,
  steps: 120 * STEPS_A_SECOND,
}

/** Counts down what one image may still cost. Its readers share one. */
export class Budget {
  readonly limits: BudgetLimits
  #metadata = 0
  #steps = 0

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
      const message = `Cannot read the ${layer}: it takes more than ${this.limits.steps} steps`
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
