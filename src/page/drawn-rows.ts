/**
 * The body of a long table of which only a window exists; spacers stand for the rest.
 * @module
 */
import { h } from './dom.ts'
import type { Window } from './window.ts'

const spacer = (cell: HTMLTableCellElement) => h('tr', { 'aria-hidden': 'true', class: 'spacer' }, cell)

export class DrawnRows {
  readonly body: HTMLTableSectionElement
  readonly count: number
  readonly #make: (index: number) => HTMLTableRowElement
  readonly #drawn = new Map<number, HTMLTableRowElement>()
  readonly #before = h('td', {})
  readonly #after = h('td', {})

  constructor(count: number, make: (index: number) => HTMLTableRowElement) {
    this.count = count
    this.#make = make
    this.body = h('tbody', {}, spacer(this.#before), spacer(this.#after))
  }

  /** Undefined while the row is not drawn. */
  row(index: number): HTMLTableRowElement | undefined {
    return this.#drawn.get(index)
  }

  /** Pixels of a row, 0 while none is drawn. All are equally high. */
  get height(): number {
    return this.#drawn.values().next().value?.getBoundingClientRect().height ?? 0
  }

  /** Draws the rows of the window, and no others; `leaves` sees a row before it goes. */
  draw({ first, end }: Window, leaves: (row: HTMLTableRowElement) => void): void {
    // Measured before rows come and go, and only once none was there afterwards: else all is laid out twice.
    const known = this.height
    const leaving = [...this.#drawn].filter(([index]) => index < first || index >= end)
    // All of them before any is gone: who moves the focus has the browser lay out a table that is still whole.
    for (const [, row] of leaving) leaves(row)
    for (const [index, row] of leaving) {
      row.remove()
      this.#drawn.delete(index)
    }
    let next: Element = this.body.lastElementChild!
    for (let index = end - 1; index >= first; index--) {
      let row = this.#drawn.get(index)
      if (row === undefined) {
        row = this.#make(index)
        this.#drawn.set(index, row)
        this.body.insertBefore(row, next)
      }
      next = row
    }
    const height = known || this.height
    this.#space(this.#before, first * height)
    this.#space(this.#after, (this.count - end) * height)
  }

  #space(cell: HTMLTableCellElement, height: number): void {
    cell.style.height = `${height}px`
    cell.parentElement!.hidden = height === 0
  }
}
