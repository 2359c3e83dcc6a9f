/**
 * What the matrix shows under the reader's settings: which rows in which order, and which columns. No DOM.
 * @module
 */
import { add, arrange, type KernelRow, type Row, type Shares } from './arrange.ts'
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
  const counts: Shares = {}
  const withoutLooks: Settings = { ...settings, looks: new Set() }
  const withoutLaterRefusals: Settings = { ...settings, laterRefusals: false }
  const rowShown = kernels.map(() => false)
  const columnShown = builds.map(() => false)
  let picked = 0
  let laterRefusals = 0
  for (const kernel of kernels.keys()) {
    if (!rowFits[kernel] || (settings.added && !kernels[kernel]!.added)) continue
    for (const build of builds.keys()) {
      if (!columnFits[build]) continue
      const cell = cellView(model, withoutLooks, kernel, [build])
      if (cell === undefined) continue
      if (cell.laterRefusal !== undefined && cellView(model, withoutLaterRefusals, kernel, [build])!.picked)
        laterRefusals++
      if (!cell.picked) continue
      add(counts, cell.look, 1)
      if (settings.looks.size > 0 && !settings.looks.has(cell.look)) continue
      picked++
      rowShown[kernel] = true
      columnShown[build] = true
    }
  }
  const columns = columnsOf(builds, columnShown, settings.columns)
  const columnShares: Shares[] = columns.map(() => ({}))
  const shown = [...kernels.keys()].filter(kernel => rowShown[kernel])
  const rows = shown.map(kernel => rowOf(model, settings, kernel, columns, columnShares))
  return {
    columns,
    columnShares,
    rows: arrange(model, settings, rows),
    kernels: shown.length,
    picked: picksCells(settings) ? picked : 0,
    counts,
    laterRefusals,
  }
}

function rowOf(
  model: Model,
  settings: Settings,
  kernel: number,
  columns: readonly Column[],
  columnShares: readonly Shares[],
): KernelRow {
  const shares: Shares = {}
  const cells = columns.map(({ builds }, column) => {
    for (const build of builds) {
      const state = model.state(settings.mode, kernel, build)
      if (state === undefined) continue
      const look = model.look(state, settings.show)
      const guests = model.guests(settings.mode, kernel, build)
      add(shares, look, guests)
      add(columnShares[column]!, look, guests)
    }
    return cellView(model, settings, kernel, builds)
  })
  return { kind: 'kernel', kernel, cells, shares }
}
