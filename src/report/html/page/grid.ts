/**
 * The matrix: a table of which only the rows in view exist, so that 500 kernels scroll like 5. One of its cells takes
 * part in the tab order; arrow keys go on from there.
 * @module
 */
import { h } from './dom.ts'
import { columnWidths, headOf, headRows } from './head.ts'
import type { Model } from './model.ts'
import { moveBy, type Position } from './position.ts'
import { groupRow, isWide, kernelRow } from './rows.ts'
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
  readonly #before = h('td', {})
  readonly #after = h('td', {})
  readonly #drawn = new Map<number, HTMLTableRowElement>()
  #body = h('tbody', {})
  #head = h('thead', {})
  #view: View | undefined
  #banded = true
  #active: Position = { row: 0, column: 0 }
  #marked: Position | undefined
  #rowHeight = 0
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

  /** Draws `view` from its top, or from where the reader is. */
  show(view: View, banded: boolean, keepScroll: boolean): void {
    this.#view = view
    this.#banded = banded
    this.#head = headOf(view, banded)
    this.#body = h('tbody', {})
    this.#drawn.clear()
    this.#marked = undefined
    this.#table.setAttribute('aria-rowcount', String(view.rows.length + headRows(banded)))
    this.#table.setAttribute('aria-colcount', String(view.columns.length + 1))
    const spacer = (cell: HTMLTableCellElement) => h('tr', { 'aria-hidden': 'true', class: 'spacer' }, cell)
    this.#body.append(spacer(this.#before), spacer(this.#after))
    this.#table.classList.toggle('wide', isWide(view))
    this.#table.replaceChildren(columnWidths(view), this.#head, this.#body)
    if (!keepScroll) this.element.scrollTop = 0
    this.#active = {
      row: Math.min(Math.max(this.#active.row, 0), view.rows.length - 1),
      column: Math.min(this.#active.column, view.columns.length - 1),
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

  #draw(): void {
    const view = this.#view
    if (view === undefined) return
    const { rows } = view
    const room = this.element.clientHeight - this.#head.offsetHeight
    const { first, end } = this.#whole
      ? { first: 0, end: rows.length }
      : windowOf(rows.length, this.#rowHeight, this.element.scrollTop, room)
    for (const [index, row] of this.#drawn) {
      if (index >= first && index < end) continue
      // Keys go on working when the row that has the focus scrolls away.
      if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true })
      row.remove()
      this.#drawn.delete(index)
    }
    let next: Element = this.#body.lastElementChild!
    for (let index = end - 1; index >= first; index--) {
      let row = this.#drawn.get(index)
      if (row === undefined) {
        row = this.#rowElement(view, index)
        this.#drawn.set(index, row)
        this.#body.insertBefore(row, next)
      }
      next = row
    }
    this.#measure()
    this.#space(this.#before, first)
    this.#space(this.#after, rows.length - end)
    this.#rove()
    this.#drawMark()
  }

  #rowElement(view: View, index: number): HTMLTableRowElement {
    const row = view.rows[index]!
    const element = row.kind === 'group' ? groupRow(view, row) : kernelRow(this.#model, view, row)
    element.dataset.row = String(index)
    element.setAttribute('aria-rowindex', String(index + 1 + headRows(this.#banded)))
    return element
  }

  #measure(): void {
    const first = this.#drawn.values().next().value
    if (first !== undefined) this.#rowHeight = first.getBoundingClientRect().height
  }

  #space(cell: HTMLTableCellElement, rows: number): void {
    cell.style.height = `${rows * this.#rowHeight}px`
    cell.parentElement!.hidden = rows === 0
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
    const element = row === -1 ? this.#head.lastElementChild : this.#drawn.get(row)
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
    if (position !== undefined && position.column >= 0)
      this.#cell({ row: -1, column: position.column })?.classList.add('lit')
    this.#events.point(position)
  }

  #choose(position: Position): void {
    this.#active = position
    this.#rove()
    this.#cell(position)?.focus({ preventScroll: true })
    this.#events.choose(position)
  }

  #key(event: KeyboardEvent): void {
    const view = this.#view
    if (view === undefined || event.altKey || event.metaKey) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      this.#choose(this.#active)
      return
    }
    const page = Math.max(1, Math.floor(this.element.clientHeight / (this.#rowHeight || 1)) - 6)
    const extent = { rows: view.rows.length, columns: view.columns.length, page }
    const target = moveBy(event.key, event.ctrlKey, this.#active, extent)
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
      const top = row * this.#rowHeight
      const room = element.clientHeight - this.#head.offsetHeight
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + this.#rowHeight > element.scrollTop + room)
        element.scrollTop = top + this.#rowHeight - room
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
