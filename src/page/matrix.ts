/**
 * The matrix with its toolbar and the line that says what is shown.
 * @module
 */
import { modeWord } from '../report/html/words.ts'
import { copyButtons } from './copy.ts'
import { h } from './dom.ts'
import { fullName } from './full-name.ts'
import { Grid } from './grid.ts'
import type { Model } from './model.ts'
import { count } from './names.ts'
import type { Position } from './position.ts'
import { cellText } from './rows.ts'
import { firstSettings, picksCells, type Settings } from './settings.ts'
import { matrixTable } from './tables.ts'
import type { Target } from './target.ts'
import { toolbar } from './toolbar.ts'
import { type View, viewOf } from './view.ts'

export class Matrix {
  readonly element: HTMLElement
  readonly #model: Model
  readonly #grid: Grid
  readonly #toolbar: ReturnType<typeof toolbar>
  readonly #changed: (isTyping: boolean) => void
  /** Read out when filters change. */
  readonly #status = h('p', { class: 'status', role: 'status', 'aria-live': 'polite' })
  /** What is under the pointer; readers of the screen hear it from the cell. */
  readonly #pointed = h('p', { class: 'pointed', 'aria-hidden': 'true' })
  #settings: Settings
  #view: View

  /** `changed` is told when the reader has asked for something else. */
  constructor(model: Model, open: (target: Target) => void, changed: (isTyping: boolean) => void) {
    this.#model = model
    this.#changed = changed
    this.#settings = firstSettings(model)
    this.#view = viewOf(model, this.#settings)
    this.#grid = new Grid(model, {
      choose: position => this.#choose(position, open),
      point: position => this.#point(position),
    })
    this.#toolbar = toolbar(
      model,
      part => this.#set(part),
      () => this.clear(),
    )
    const copy = copyButtons('the matrix', () => matrixTable(this.#model, this.#view))
    const below = h('div', { class: 'below' }, this.#pointed, copy)
    this.element = h('div', {}, this.#toolbar.element, this.#status, this.#grid.element, below)
    this.#draw(false)
  }

  get settings(): Settings {
    return this.#settings
  }

  /** Everything is shown again, in the order and mode that were chosen. */
  clear(): void {
    this.#set({
      looks: new Set(),
      cause: undefined,
      laterRefusals: false,
      fresh: false,
      added: false,
      kernel: '',
      build: '',
    })
  }

  /** Picks out cells, in the boot mode that has most of them. */
  pick(part: Partial<Settings>): void {
    const asked: Settings = {
      ...firstSettings(this.#model),
      order: this.#settings.order,
      columns: this.#settings.columns,
      ...part,
    }
    const picked = this.#model.data.modes.map((_, mode) => viewOf(this.#model, { ...asked, mode }).picked)
    this.#set({ ...asked, mode: picked.indexOf(Math.max(...picked)) })
  }

  focus(): void {
    this.#grid.focus()
  }

  unmark(): void {
    this.#grid.mark(undefined)
  }

  showWhole(whole: boolean): void {
    this.#grid.showWhole(whole)
  }

  /** Shows what an address says. */
  apply(settings: Settings): void {
    this.#settings = settings
    this.#show(false)
  }

  #set(part: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...part }
    this.#show(false)
    this.#changed(Object.keys(part).every(name => name === 'kernel' || name === 'build'))
  }

  #show(keepScroll: boolean): void {
    this.#view = viewOf(this.#model, this.#settings)
    this.#draw(keepScroll)
  }

  #draw(keepScroll: boolean): void {
    this.#grid.show(this.#view, this.#settings.columns === 'builds', keepScroll)
    this.#toolbar.update(this.#settings, this.#view)
    this.#status.textContent = this.#statusText()
  }

  #statusText(): string {
    const { kernels, builds, modes } = this.#model.data
    const { columns, kernels: shown, picked } = this.#view
    const mode = modeWord[modes[this.#settings.mode]!]
    if (shown === 0) return `No cell of ${mode} fits these filters.`
    const shownBuilds = columns.reduce((sum, column) => sum + column.builds.length, 0)
    const cells = picksCells(this.#settings) ? `; ${count(picked, 'cell')} picked out` : ''
    return `${mode}: ${shown} of ${count(kernels.length, 'kernel')}, ${shownBuilds} of ${count(builds.length, 'build')}${cells}.`
  }

  #target({ row, column }: Position): Target | undefined {
    const shown = this.#view.columns[column]
    if (row === -1) return shown && { kind: 'builds', label: shown.label, builds: shown.builds }
    const at = this.#view.rows[row]
    if (at === undefined || at.kind === 'group') return undefined
    const kernel = at.kind === 'alike' ? at.kernels[0]! : at.kernel
    if (shown === undefined) return { kind: 'kernel', kernel }
    const alike = at.kind === 'alike' ? { alike: at.kernels } : {}
    return { kind: 'cell', kernel, builds: shown.builds, mode: this.#settings.mode, ...alike }
  }

  #choose(position: Position, open: (target: Target) => void): void {
    const row = this.#view.rows[position.row]
    if (row?.kind === 'group') {
      this.#fold({ folded: flipped(this.#settings.folded, row.key) })
      return
    }
    if (row?.kind === 'alike' && position.column < 0) {
      this.#fold({ unfolded: flipped(this.#settings.unfolded, row.key) })
      return
    }
    const target = this.#target(position)
    if (target === undefined) return
    open(target)
    this.#grid.mark(position)
  }

  #fold(part: Pick<Settings, 'folded'> | Pick<Settings, 'unfolded'>): void {
    this.#settings = { ...this.#settings, ...part }
    this.#show(true)
    this.#grid.focus()
    this.#changed(false)
  }

  #point(position: Position | undefined): void {
    const row = position && this.#view.rows[position.row]
    const column = position && this.#view.columns[position.column]
    if (row === undefined || row.kind === 'group') {
      this.#pointed.textContent =
        column === undefined ? (row?.title ?? '') : `Xen ${column.label}: ${count(column.hosts, 'host')}`
      return
    }
    const { kernels } = this.#model.data
    const kernel = kernels[row.kind === 'alike' ? row.kernels[0]! : row.kernel]!
    const more = row.kind === 'alike' ? ` and ${count(row.kernels.length - 1, 'more kernel')}` : ''
    const what =
      column === undefined
        ? [kernel.guest, kernel.layers].filter(Boolean).join(', ')
        : `${column.label}: ${cellText(row.cells[position!.column])}`
    this.#pointed.textContent = `${fullName(kernel)}${more} · ${what}`
  }
}

/** The set with the key put in, or taken out. */
function flipped(keys: ReadonlySet<string>, key: string): Set<string> {
  const set = new Set(keys)
  if (!set.delete(key)) set.add(key)
  return set
}
