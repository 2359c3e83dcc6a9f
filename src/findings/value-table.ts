/**
 * Values that are said once and named by their index, in the order of their first use.
 * @module
 */
export class ValueTable<Value> {
  readonly values: Value[] = []
  readonly #keyOf: (value: Value) => string
  readonly #indexes = new Map<string, number>()

  /** `keyOf` says which values are the same: without it, those that read alike as JSON. */
  constructor(keyOf: (value: Value) => string = JSON.stringify) {
    this.#keyOf = keyOf
  }

  /** The index of `value`. */
  index(value: Value, key = this.#keyOf(value)): number {
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
