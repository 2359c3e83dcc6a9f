/**
 * Values that are said once and named by their index, in the order of their first use.
 * @module
 */
export class Table<Value> {
  readonly values: Value[] = []
  readonly #indices = new Map<string, number>()

  /** The index of `value`; `key` says which values are the same. */
  index(value: Value, key: string): number {
    const known = this.#indices.get(key)
    if (known !== undefined) return known
    this.#indices.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}
