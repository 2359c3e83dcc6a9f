/**
 * What the matrix shows under the reader's settings: which rows in which order, and which columns. No DOM.
 * @module
 */
import type { Look } from '../report/html/words.ts'
import { type Alike, add, arrange, type Row, type Shares } from './arrange.ts'
import { cellView } from './cell.ts'
import { type Column, columnsOf } from './columns.ts'
import type { Model } from './model.ts'
import { search } from './search.ts'
import { picksCells, type Settings } from './settings.ts'

export interface View {
  columns: Column[]
  /** Guests by look, for each column. */
  columnShares: Shares[]
  rows: Row[]
  /** Kernels that are shown or folded away. */
  kernels: number
  /** Cells that are picked out. */
  picked: number
  /** Cells by look, before looks are picked. */
  counts: Shares
  /** Cells that a later release refuses, before these are picked. */
  laterRefusals: number
}

export function viewOf(model: Model, settings: Settings): View {
  const { kernels, builds } = model.data
  const rowFits = search(model.kernelTexts, settings.kernel)
  const columnFits = search(model.buildTexts, settings.build)
  const fits = (kernel: number) => rowFits[kernel]! && (!settings.added || kernels[kernel]!.added === true)
  const columnShown = builds.map(() => false)
  const found: Found = { counts: {}, picked: 0, laterRefusals: 0 }
  const alike = model
    .alike(settings.mode)
    .map(members => members.filter(fits))
    .filter(members => members.length > 0 && pick(model, settings, members, columnFits, columnShown, found))
  const columns = columnsOf(builds, columnShown, settings.columns)
  const columnShares: Shares[] = columns.map(() => ({}))
  const shares = new Map<number, Shares>()
  const rows = alike.map((members): Alike => {
    const [first] = members
    const looked = columns.map(column => column.builds.map(build => lookOf(model, settings, first!, build)))
    for (const same of model.sameGuests(settings.mode, members)) {
      const own = tally(model, settings, same, columns, looked, columnShares)
      for (const kernel of same) shares.set(kernel, own)
    }
    return {
      kernels: members,
      cells: columns.map(column => cellView(model, settings, first!, column.builds)),
    }
  })
  return {
    columns,
    columnShares,
    rows: arrange(model, settings, rows, kernel => shares.get(kernel)!),
    kernels: shares.size,
    picked: picksCells(settings) ? found.picked : 0,
    counts: found.counts,
    laterRefusals: found.laterRefusals,
  }
}

type Found = Pick<View, 'counts' | 'picked' | 'laterRefusals'>

/** Counts the cells of kernels that answer alike, and marks the columns that they need; true where they are shown. */
function pick(
  model: Model,
  settings: Settings,
  members: readonly number[],
  columnFits: readonly boolean[],
  columnShown: boolean[],
  found: Found,
): boolean {
  const withoutLooks: Settings = { ...settings, looks: new Set() }
  const withoutLaterRefusals: Settings = { ...settings, laterRefusals: false }
  const kernel = members[0]!
  let isShown = false
  for (const [build, fits] of columnFits.entries()) {
    if (!fits) continue
    const cell = cellView(model, withoutLooks, kernel, [build])
    if (cell === undefined) continue
    if (cell.laterRefusal !== undefined && cellView(model, withoutLaterRefusals, kernel, [build])!.picked)
      found.laterRefusals += members.length
    if (!cell.picked) continue
    add(found.counts, cell.look, members.length)
    if (settings.looks.size > 0 && !settings.looks.has(cell.look)) continue
    found.picked += members.length
    isShown = true
    columnShown[build] = true
  }
  return isShown
}

function lookOf(model: Model, { mode, show }: Settings, kernel: number, build: number): Look | undefined {
  const state = model.state(mode, kernel, build)
  return state && model.look(state, show)
}

/** The guests by look of each of the kernels, which have as many everywhere; they are added to those of the columns too. */
function tally(
  model: Model,
  { mode }: Settings,
  kernels: readonly number[],
  columns: readonly Column[],
  looked: readonly (readonly (Look | undefined)[])[],
  columnShares: readonly Shares[],
): Shares {
  const shares: Shares = {}
  for (const [column, { builds }] of columns.entries()) {
    for (const [index, build] of builds.entries()) {
      const look = looked[column]![index]
      if (look === undefined) continue
      const guests = model.guests(mode, kernels[0]!, build)
      add(shares, look, guests)
      add(columnShares[column]!, look, guests * kernels.length)
    }
  }
  return shares
}
