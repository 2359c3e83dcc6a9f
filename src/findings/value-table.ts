/**
 * Values that are said once and named by their index, in the order of their first use.
 * @module
 */
export class ValueTable<Value> {
  readonly values: Value[] = []
  readonly #indexes = new Map<string, number>()

  /** The index of `value`; `key` says which values are the same. */
  index(value: Value, key = JSON.stringify(value)): number {
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    this.#indexes.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
