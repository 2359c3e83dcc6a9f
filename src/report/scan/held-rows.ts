/** The order of the rows of a table. */
import type { ImageEntry } from './entry.ts'
import type { Row, Table } from './table-row.ts'

/** So many rows are held back to be sorted; a longer table is sorted in parts. */
const MAX_SORTED_ROWS = 5000

/** Folder by folder, numbers by their value: vmlinuz-6.9 comes before vmlinuz-6.10. */
function byName(): (a: Row, b: Row) => number {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return (a, b) => {
    const [left, right] = [a.name.split('/'), b.name.split('/')]
    for (const [index, name] of left.entries()) {
      const other = right[index]
      if (other === undefined) return 1
      const order = compare(name, other)
      if (order !== 0) return order
    }
    return left.length - right.length
  }
}

/** Rows that wait to be sorted: those of one path that was named together, in the order in which they were named. */
export class HeldRows {
  readonly #table: Table
  readonly #byName = byName()
  #rows: Row[] = []
  /** Where the rows of the path begin that is read now. */
  #start = 0
  #root: string | undefined
  #isDrawn = false

  constructor(table: Table) {
    this.#table = table
  }

  /** Returns what is to be printed before there are too many. */
  add(entry: ImageEntry, roots: readonly string[]): string[] {
    const root = roots.find(path => entry.image === path || entry.image.startsWith(path))
    if (root !== this.#root) this.#sort()
    this.#root = root
    this.#rows.push(this.#table.row(entry))
    // A file that was named has its place: nothing comes before it any more.
    const hasPlace = entry.image === root && !this.#table.isSplit
    return hasPlace || this.#rows.length >= MAX_SORTED_ROWS ? this.rest() : []
  }

  rest(): string[] {
    // A table without images has its head all the same.
    if (this.#rows.length === 0 && this.#isDrawn) return []
    this.#sort()
    const lines = this.#table.draw(this.#rows)
    this.#rows = []
    this.#start = 0
    this.#isDrawn = true
    return lines
  }

  #sort(): void {
    const sorted = this.#rows.splice(this.#start).sort(this.#byName)
    this.#rows.push(...sorted)
    this.#start = this.#rows.length
  }
}
