/** Keys for lists of indexes. Lists are the same where they are one object: placements with the same globs share theirs. */
export class ListKeys {
  readonly #ids = new Map<readonly number[], number>()

  /** The key of the lists, in their order, of an owner. */
  of(owner: number, lists: readonly (readonly number[])[]): string {
    let key = `${owner}`
    for (const list of lists) key += ` ${this.#idOf(list)}`
    return key
  }

  #idOf(list: readonly number[]): number {
    const known = this.#ids.get(list)
    if (known !== undefined) return known
    this.#ids.set(list, this.#ids.size)
    return this.#ids.size - 1
  }
}
