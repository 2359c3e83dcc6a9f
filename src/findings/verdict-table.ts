/**
 * Verdicts, each said once: a fleet has thousands of answers and some hundred different ones.
 * @module
 */
import { verdictKey } from './full-verdict.ts'
import type { FullVerdict } from './model.ts'
import { ValueTable } from './value-table.ts'

export class VerdictTable {
  readonly #table = new ValueTable<FullVerdict>(verdictKey)
  /** Of verdicts that are met again as the same object, the key is not made again. */
  readonly #indexes = new Map<FullVerdict, number>()

  /** In the order of their first use. */
  get values(): readonly FullVerdict[] {
    return this.#table.values
  }

  index(verdict: FullVerdict): number {
    let index = this.#indexes.get(verdict)
    if (index === undefined) {
      index = this.#table.index(verdict)
      this.#indexes.set(verdict, index)
    }
    return index
  }

  /** The first verdict that says the same. */
  one(verdict: FullVerdict): FullVerdict {
    return this.#table.values[this.#table.index(verdict)]!
  }
}
