/**
 * The matrix: a table of which only the rows in view exist, so that 500 kernels scroll like 5. One of its cells
 * takes part in the tab order; arrow keys go on from there.
 * @module
 */
import { h } from './dom.ts'
import { DrawnRows } from './drawn-rows.ts'
import { columnWidths, headOf, headRows } from './head.ts'
import type { Model } from './model.ts'
import { moveBy, type Position } from './position.ts'
import { alikeRow, groupRow, isWide, kernelRow } from './rows.ts'
import type { View } from './view.ts'
import { windowOf } from './window.ts'

export interface GridEvents {
  /** A cell, a kernel (column -1), a build (row -1) or a group was chosen. */
  choose(position: Position): void
  /** The focus or the pointer is there now. */
  point(position: Position | undefined): void
}

export class Grid {
  readonly element: HTMLDivElement
  readonly #table: HTMLTableElement
  readonly #model: Model
  readonly #events: GridEvents
  #head = h('thead', {})
  #rows = new DrawnRows(0, () => h('tr', {}))
  #columns = 0
  #active: Position = { row: 0, column: 0 }
  #marked: Position | undefined
  #whole = false
  #frame = 0

  constructor(model: Model, events: GridEvents) {
    this.#model = model
    this.#events = events
    this.#table = h('table', { role: 'grid', class: 'grid', 'aria-labelledby': 'matrix-title' })
    this.element = h('div', { class: 'scroller' }, this.#table)
    this.element.addEventListener('scroll', () => this.#soon(), { passive: true })
    new ResizeObserver(() => this.#soon()).observe(this.element)
    this.element.addEventListener('keydown', event => this.#key(event))
    this.#table.addEventListener('click', event => {
      const position = this.#positionOf(event.target)
      if (position !== undefined) this.#choose(position)
    })
    this.#table.addEventListener('pointerover', event => this.#point(this.#positionOf(event.target)))
    this.#table.addEventListener('pointerleave', () => this.#point(undefined))
    this.#table.addEventListener('focusin', event => this.#point(this.#positionOf(event.target)))
  }

  /** Draws `view` from its top, or from where the reader is. A band of series heads columns that are builds. */
  show(view: View, banded: boolean, keepScroll: boolean): void {
    const head = headRows(banded)
    this.#head = headOf(view, banded)
    this.#rows = new DrawnRows(view.rows.length, index => this.#rowElement(view, index, head))
    this.#columns = view.columns.length
    this.#marked = undefined
    this.#table.setAttribute('aria-rowcount', String(view.rows.length + head))
    this.#table.setAttribute('aria-colcount', String(this.#columns + 1))
    this.#table.classList.toggle('wide', isWide(view))
    this.#table.replaceChildren(columnWidths(view), this.#head, this.#rows.body)
    if (!keepScroll) this.element.scrollTop = 0
    this.#active = {
      row: Math.min(Math.max(this.#active.row, 0), view.rows.length - 1),
      column: Math.min(this.#active.column, this.#columns - 1),
    }
    this.#draw()
  }

  /** Draws all rows, for print; or only those in view again. */
  showWhole(whole: boolean): void {
    this.#whole = whole
    this.#draw()
  }

  /** Moves the focus to where it was last. */
  focus(): void {
    this.#goTo(this.#active)
  }

  /** Marks the cell whose panel is open, and keeps it in sight beside the panel. */
  mark(position: Position | undefined): void {
    this.#marked = position
    if (position !== undefined) this.#reveal(position)
    this.#drawMark()
  }

  #drawMark(): void {
    for (const marked of this.#table.querySelectorAll('[aria-selected]'))
      marked.removeAttribute('aria-selected')
    if (this.#marked !== undefined) this.#cell(this.#marked)?.setAttribute('aria-selected', 'true')
  }

  #soon(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = requestAnimationFrame(() => this.#draw())
  }

  get #room(): number {
    return this.element.clientHeight - this.#head.offsetHeight
  }

  #draw(): void {
    const { count, height } = this.#rows
    const shown = this.#whole
      ? { first: 0, end: count }
      : windowOf(count, height, this.element.scrollTop, this.#room)
    this.#rows.draw(shown, row => {
      // Keys go on working when the row that has the focus scrolls away.
      if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true })
    })
    this.#rove()
    this.#drawMark()
  }

  #rowElement(view: View, index: number, head: number): HTMLTableRowElement {
    const row = view.rows[index]!
    const element =
      row.kind === 'group'
        ? groupRow(view, row)
        : row.kind === 'alike'
          ? alikeRow(this.#model, view, row)
          : kernelRow(this.#model, view, row)
    element.dataset.row = String(index)
    element.setAttribute('aria-rowindex', String(index + 1 + head))
    return element
  }

  /** Exactly one element of the matrix is in the tab order. */
  #rove(): void {
    for (const element of this.#table.querySelectorAll('[tabindex="0"]'))
      element.setAttribute('tabindex', '-1')
    const active = this.#cell(this.#active)
    active?.setAttribute('tabindex', '0')
    this.element.tabIndex = active === undefined ? 0 : -1
  }

  #cell({ row, column }: Position): HTMLElement | undefined {
    const element = row === -1 ? this.#head.lastElementChild : this.#rows.row(row)
    const cells = (element as HTMLTableRowElement | null | undefined)?.cells
    // A group is one cell, whatever the column.
    return cells?.[Math.min(column + 1, cells.length - 1)]
  }

  #positionOf(target: EventTarget | null): Position | undefined {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null
    if (cell === null) return undefined
    const row = cell.closest('tr')?.dataset.row
    return { row: row === undefined ? -1 : Number(row), column: Number(cell.dataset.column) }
  }

  #point(position: Position | undefined): void {
    for (const lit of this.#head.querySelectorAll('.lit')) lit.classList.remove('lit')
    if (position !== undefined && position.column >= 0) {
      this.#cell({ row: -1, column: position.column })?.classList.add('lit')
    }
    this.#events.point(position)
  }

  #choose(position: Position): void {
    this.#active = position
    this.#rove()
    this.#cell(position)?.focus({ preventScroll: true })
    this.#events.choose(position)
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      this.#choose(this.#active)
      return
    }
    const { count, height } = this.#rows
    const page = Math.max(1, Math.floor(this.#room / (height || 1)) - 1)
    const target = moveBy(event.key, event.ctrlKey, this.#active, {
      rows: count,
      columns: this.#columns,
      page,
    })
    if (target === undefined) return
    event.preventDefault()
    this.#goTo(target)
  }

  #goTo(position: Position): void {
    this.#active = position
    this.#reveal(position)
    this.#rove()
    this.#cell(position)?.focus({ preventScroll: true })
  }

  /** Scrolls the least that brings the cell out from under the head and the kernels' names. */
  #reveal({ row, column }: Position): void {
    const { element } = this
    if (row >= 0) {
      const { height } = this.#rows
      const top = row * height
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + height > element.scrollTop + this.#room) element.scrollTop = top + height - this.#room
      this.#draw()
    }
    const cell = this.#cell({ row, column })
    if (cell === undefined || column < 0 || cell.classList.contains('group-head')) return
    const names = this.#cell({ row: -1, column: -1 })?.offsetWidth ?? 0
    const left = cell.offsetLeft
    if (left - names < element.scrollLeft) element.scrollLeft = left - names
    else if (left + cell.offsetWidth > element.scrollLeft + element.clientWidth) {
      element.scrollLeft = left + cell.offsetWidth - element.clientWidth
    }
  }
}
