/** Keeps what was used last, up to a number and a weight. */
export class Lru<Key, Value> {
  readonly #entries = new Map<Key, { value: Value; weight: number }>()
  readonly #maxCount: number
  readonly #maxWeight: number
  readonly #onEvict: (value: Value) => void
  #weight = 0
  /** The key that was used last: many files of one size in a row need no reordering. */
  #latest: Key | undefined

  constructor(maxCount: number, maxWeight: number, onEvict: (value: Value) => void = () => {}) {
    this.#maxCount = maxCount
    this.#maxWeight = maxWeight
    this.#onEvict = onEvict
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (key === this.#latest) return entry.value
    this.#latest = key
    // A Map keeps the order of insertion: what is used goes to the end.
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: Key, value: Value, weight = 0): void {
    this.#weight += weight - (this.#entries.get(key)?.weight ?? 0)
    this.#latest = key
    this.#entries.delete(key)
    this.#entries.set(key, { value, weight })
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxCount && this.#weight <= this.#maxWeight) return
      this.#entries.delete(oldest)
      this.#weight -= entry.weight
      this.#onEvict(entry.value)
    }
  }
}
