/**
 * The distinct verdicts of an audit, each kept once.
 * @module
 */
import type { FullVerdict } from './model.ts'

export class VerdictTable {
  readonly verdicts: FullVerdict[] = []
  readonly #indexes = new Map<string, number>()

  /** The index of a verdict; equal ones share it. */
  add(verdict: FullVerdict): number {
    const key = JSON.stringify(verdict)
    let index = this.#indexes.get(key)
    if (index === undefined) {
      index = this.verdicts.push(verdict) - 1
      this.#indexes.set(key, index)
    }
    return index
  }
}
