/**
 * What is copied: the matrix as it is filtered, and a cell. No DOM.
 * @module
 */
import { lookWord, modeWord } from '../report/html/words.ts'
import type { Row } from './arrange.ts'
import type { CellView } from './cell.ts'
import { fullName } from './full-name.ts'
import type { Model, Show } from './model.ts'
import type { Table } from './table-text.ts'
import type { CellTarget } from './target.ts'
import type { View } from './view.ts'

const cellWord = (cell: CellView | undefined) =>
  cell === undefined ? '' : [lookWord[cell.look], cell.code].filter(Boolean).join(': ')

/** The kernels of a row; what is unfolded below it comes once. */
const kernelsOf = (row: Row): readonly number[] =>
  row.kind === 'alike' ? (row.folded ? row.kernels : []) : row.kind === 'kernel' ? [row.kernel] : []

/** A row a kernel, also of those that are folded together; a column a build. */
export const matrixTable = ({ data }: Model, { columns, rows }: View): Table => [
  ['Kernel', ...columns.map(({ label }) => `Xen ${label}`)],
  ...rows.flatMap(row =>
    row.kind === 'group'
      ? []
      : kernelsOf(row).map(kernel => [fullName(data.kernels[kernel]!), ...row.cells.map(cellWord)]),
  ),
]

/** What the panel of a cell says, a row for each of its parts. */
export function cellTable(model: Model, show: Show, { kernel, builds, mode, alike = [] }: CellTarget): Table {
  const { data } = model
  const rows: string[][] = [
    ['Part', 'Value'],
    ['Kernel', fullName(data.kernels[kernel]!)],
    ...(alike.length > 1 ? [['Kernels with the same answers', String(alike.length)]] : []),
    ['Boot mode', modeWord[data.modes[mode]!]],
  ]
  for (const build of builds) {
    const state = model.state(mode, kernel, build)
    rows.push(['Build', `Xen ${data.builds[build]!.label}`])
    if (state === undefined) {
      rows.push(['Answer', 'not asked'])
      continue
    }
    const { code, reason, log, remedies } = model.verdict(state, show)
    rows.push(['Answer', lookWord[model.look(state, show)]])
    if (code !== undefined) rows.push(['Cause', code])
    rows.push(['Reason', model.text(reason)])
    if (log !== undefined && log.lines.length > 0) {
      rows.push(['In the log', log.lines.map(line => model.text(line)).join('\n')])
    }
    for (const remedy of remedies) rows.push(['What to do', model.text(remedy)])
    rows.push(['Hosts', model.hosts(mode, kernel, build).join(', ')])
  }
  return rows
}
