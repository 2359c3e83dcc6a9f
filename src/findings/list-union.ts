/** The items of many lists, each once. Cells of a fleet have lists in common: each list is gone through once. */
export class ListUnion {
  readonly items = new Set<string>()
  readonly #lists = new Set<readonly string[]>()

  add(list: readonly string[]): void {
    if (this.#lists.has(list)) return
    this.#lists.add(list)
    for (const item of list) this.items.add(item)
  }
}
