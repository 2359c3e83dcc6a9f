/**
 * The order of the rows, and their groups. Kernels with the same answers are one row that unfolds.
 * @module
 */
import { naturally } from '../document/natural-order.ts'
import { type Look, looks } from '../report/html/words.ts'
import type { CellView } from './cell.ts'
import type { Model } from './model.ts'
import type { RowOrder, Settings } from './settings.ts'

export type Shares = Partial<Record<Look, number>>

export type Cells = readonly (CellView | undefined)[]

/** Kernels that answer alike on all builds that are shown, in natural order. */
export interface Alike {
  kernels: readonly number[]
  cells: Cells
}

export interface KernelRow {
  kind: 'kernel'
  kernel: number
  cells: Cells
  /** Guests by look. */
  shares: Shares
  /** True below the row of the kernels that answer alike. */
  isMember: boolean
}

export interface AlikeRow {
  kind: 'alike'
  key: string
  /** The first gives the row its name. */
  kernels: readonly number[]
  cells: Cells
  shares: Shares
  folded: boolean
}

export interface GroupRow {
  kind: 'group'
  key: string
  title: string
  kernels: number
  folded: boolean
  shares: Shares
}

export type Row = KernelRow | AlikeRow | GroupRow

/** Guests by look of a kernel. */
export type SharesOf = (kernel: number) => Shares

export const add = (shares: Shares, look: Look, count: number) => {
  shares[look] = (shares[look] ?? 0) + count
}

function sum(kernels: readonly number[], sharesOf: SharesOf): Shares {
  const all: Shares = {}
  for (const kernel of kernels) {
    const shares = sharesOf(kernel)
    for (const look of looks) if (shares[look] !== undefined) add(all, look, shares[look])
  }
  return all
}

/** Compares how bad rows are: by how many cells are of the worst look, then of the next. */
const badness = (cells: Cells): number[] => {
  const bad: readonly (readonly Look[])[] = [
    ['breaks'],
    ['refuses', 'still-broken'],
    ['uncertain'],
    ['fixed'],
  ]
  return bad.map(group => cells.filter(cell => cell !== undefined && group.includes(cell.look)).length)
}

/** Rows with the same pattern are next to each other. */
const patternOf = (cells: Cells) =>
  cells.map(cell => (cell === undefined ? '-' : looks.indexOf(cell.look))).join('')

type Compare = (a: Alike, b: Alike) => number

const byName =
  ({ nameRanks }: Model): Compare =>
  (a, b) =>
    nameRanks[a.kernels[0]!]! - nameRanks[b.kernels[0]!]!

function worstFirst(model: Model, rows: readonly Alike[]): Alike[] {
  // Rows that answer alike share their cells.
  const keys = new Map<Cells, { bad: number[]; pattern: string }>()
  for (const { cells } of rows) {
    if (!keys.has(cells)) keys.set(cells, { bad: badness(cells), pattern: patternOf(cells) })
  }
  const name = byName(model)
  return [...rows].sort((a, b) => {
    const left = keys.get(a.cells)!
    const right = keys.get(b.cells)!
    for (const [index, count] of left.bad.entries()) {
      if (count !== right.bad[index]) return right.bad[index]! - count
    }
    return left.pattern < right.pattern ? -1 : left.pattern > right.pattern ? 1 : name(a, b)
  })
}

const NOTHING = 'Nothing refused, nothing in doubt'

/** The cause that most of the row's cells have. */
function mainCause(cells: Cells): number | undefined {
  const counts = new Map<number, number>()
  for (const cell of cells) {
    if (cell?.cause !== undefined) counts.set(cell.cause, (counts.get(cell.cause) ?? 0) + 1)
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || a - b)[0]?.[0]
}

type Grouping = Exclude<RowOrder, 'worst' | 'name'>

/** What a kernel is grouped by: a key, and the title over the group. */
function groupOf(model: Model, order: Grouping, kernel: number, cells: Cells): [string, string] {
  const { layers, guest } = model.data.kernels[kernel]!
  switch (order) {
    case 'by-layers':
      return [layers, layers === '' ? 'Not wrapped' : layers]
    case 'by-guest':
      return [guest, guest === '' ? 'Unnamed' : guest]
    case 'by-cause': {
      const index = mainCause(cells)
      if (index === undefined) return ['', NOTHING]
      const { title, reason } = model.data.causes[index]!
      return [String(index), `${title}: ${reason}`]
    }
  }
}

/** Arranges kernels of which each group answers alike; `sharesOf` tells what their guests meet. */
export function arrange(
  model: Model,
  settings: Settings,
  alike: readonly Alike[],
  sharesOf: SharesOf,
): Row[] {
  const { order, together } = settings
  const rows = together ? alike : alike.flatMap(each)
  const draw = (row: Alike) => rowsOf(settings, row, sharesOf)
  if (order === 'worst') return worstFirst(model, rows).flatMap(draw)
  if (order === 'name') return [...rows].sort(byName(model)).flatMap(draw)
  return grouped(model, settings, order, rows, sharesOf)
}

const each = ({ kernels, cells }: Alike): Alike[] => kernels.map(kernel => ({ kernels: [kernel], cells }))

function rowsOf({ unfolded }: Settings, { kernels, cells }: Alike, sharesOf: SharesOf): Row[] {
  const own = (kernel: number, isMember: boolean): KernelRow => ({
    kind: 'kernel',
    kernel,
    cells,
    shares: sharesOf(kernel),
    isMember,
  })
  if (kernels.length === 1) return [own(kernels[0]!, false)]
  const key = String(kernels[0]!)
  const head: AlikeRow = {
    kind: 'alike',
    key,
    kernels,
    cells,
    shares: sum(kernels, sharesOf),
    folded: !unfolded.has(key),
  }
  return head.folded ? [head] : [head, ...kernels.map(kernel => own(kernel, true))]
}

interface Group {
  title: string
  kernels: number[]
  rows: Alike[]
}

function grouped(
  model: Model,
  settings: Settings,
  order: Grouping,
  rows: readonly Alike[],
  sharesOf: SharesOf,
): Row[] {
  const groups = new Map<string, Group>()
  for (const { kernels, cells } of worstFirst(model, rows)) {
    // Kernels that answer alike need not be packed alike.
    const parts = new Map<string, { title: string; kernels: number[] }>()
    for (const kernel of kernels) {
      const [key, title] = groupOf(model, order, kernel, cells)
      const part = parts.get(key)
      if (part === undefined) parts.set(key, { title, kernels: [kernel] })
      else part.kernels.push(kernel)
    }
    for (const [key, part] of parts) {
      const group = groups.get(key) ?? { title: part.title, kernels: [], rows: [] }
      groups.set(key, group)
      group.kernels.push(...part.kernels)
      group.rows.push({ kernels: part.kernels, cells })
    }
  }
  const sorted = [...groups]
  // The causes are in their order, and what has none comes last.
  const place = (key: string) => (key === '' ? model.data.causes.length : Number(key))
  if (order === 'by-cause') sorted.sort(([a], [b]) => place(a) - place(b))
  else sorted.sort(([, a], [, b]) => naturally(a.title, b.title))
  return sorted.flatMap(([key, group]): Row[] => {
    const head: GroupRow = {
      kind: 'group',
      key,
      title: group.title,
      kernels: group.kernels.length,
      folded: settings.folded.has(key),
      shares: sum(group.kernels, sharesOf),
    }
    return head.folded ? [head] : [head, ...group.rows.flatMap(row => rowsOf(settings, row, sharesOf))]
  })
}
