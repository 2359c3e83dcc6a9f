/**
 * The order of the rows, and their groups.
 * @module
 */
import type { PageKernel } from '../report/html/data.ts'
import { type Look, looks } from '../report/html/words.ts'
import type { CellView } from './cell.ts'
import type { Model } from './model.ts'
import type { RowOrder, Settings } from './settings.ts'

export type Shares = Partial<Record<Look, number>>

export interface KernelRow {
  kind: 'kernel'
  kernel: number
  cells: (CellView | undefined)[]
  /** Guests by look. */
  shares: Shares
}

export interface GroupRow {
  kind: 'group'
  key: string
  title: string
  kernels: number
  folded: boolean
  shares: Shares
}

export type Row = KernelRow | GroupRow

export const add = (shares: Shares, look: Look, count: number) => {
  shares[look] = (shares[look] ?? 0) + count
}

/** Compares how bad rows are: by how many cells are of the worst look, then of the next. */
const badness = ({ cells }: KernelRow): number[] => {
  const bad: readonly (readonly Look[])[] = [
    ['breaks'],
    ['refuses', 'still-broken'],
    ['uncertain'],
    ['fixed'],
  ]
  return bad.map(group => cells.filter(cell => cell !== undefined && group.includes(cell.look)).length)
}

/** Rows with the same pattern are next to each other. */
const patternOf = ({ cells }: KernelRow) =>
  cells.map(cell => (cell === undefined ? '-' : looks.indexOf(cell.look))).join('')

function worstFirst(rows: readonly KernelRow[]): KernelRow[] {
  const keys = new Map(rows.map(row => [row, { bad: badness(row), pattern: patternOf(row) }]))
  return [...rows].sort((a, b) => {
    const left = keys.get(a)!
    const right = keys.get(b)!
    for (const [index, count] of left.bad.entries()) {
      if (count !== right.bad[index]) return right.bad[index]! - count
    }
    return left.pattern < right.pattern ? -1 : left.pattern > right.pattern ? 1 : a.kernel - b.kernel
  })
}

const nameOf = ({ lead, tail }: PageKernel) => lead + tail

const NOTHING = 'Nothing refused, nothing in doubt'

/** The cause that most of the row's cells have. */
function mainCause({ cells }: KernelRow): number | undefined {
  const counts = new Map<number, number>()
  for (const cell of cells) {
    if (cell?.cause !== undefined) counts.set(cell.cause, (counts.get(cell.cause) ?? 0) + 1)
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || a - b)[0]?.[0]
}

type Grouping = Exclude<RowOrder, 'worst' | 'name'>

/** What a row is grouped by: a key, and the title over the group. */
function groupOf(model: Model, order: Grouping, row: KernelRow): [string, string] {
  const { layers, guest } = model.data.kernels[row.kernel]!
  switch (order) {
    case 'by-layers':
      return [layers, layers === '' ? 'Not wrapped' : layers]
    case 'by-guest':
      return [guest, guest === '' ? 'Unnamed' : guest]
    case 'by-cause': {
      const index = mainCause(row)
      if (index === undefined) return ['', NOTHING]
      const { title, reason } = model.data.causes[index]!
      return [String(index), `${title}: ${reason}`]
    }
  }
}

export function arrange(model: Model, { order, folded }: Settings, rows: readonly KernelRow[]): Row[] {
  if (order === 'worst') return worstFirst(rows)
  const { kernels, causes } = model.data
  if (order === 'name') {
    const name = (row: KernelRow) => nameOf(kernels[row.kernel]!)
    return [...rows].sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a.kernel - b.kernel))
  }
  const groups = new Map<string, { title: string; rows: KernelRow[] }>()
  for (const row of worstFirst(rows)) {
    const [key, title] = groupOf(model, order, row)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { title, rows: [row] })
    else group.rows.push(row)
  }
  const sorted = [...groups]
  // The causes are in their order, and what has none comes last.
  const place = (key: string) => (key === '' ? causes.length : Number(key))
  if (order === 'by-cause') sorted.sort(([a], [b]) => place(a) - place(b))
  else sorted.sort(([, a], [, b]) => (a.title < b.title ? -1 : 1))
  return sorted.flatMap(([key, group]): Row[] => {
    const shares: Shares = {}
    for (const row of group.rows) {
      for (const look of looks) if (row.shares[look] !== undefined) add(shares, look, row.shares[look])
    }
    const head: GroupRow = {
      kind: 'group',
      key,
      title: group.title,
      kernels: group.rows.length,
      folded: folded.has(key),
      shares,
    }
    return head.folded ? [head] : [head, ...group.rows]
  })
}
