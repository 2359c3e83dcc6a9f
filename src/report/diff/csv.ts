/**
 * A difference a row, for spreadsheets.
 * @module
 */
import { csvLine, csvList } from '../csv-line.ts'
import { type NamedDifference, namedDifference } from './gather.ts'
import type { DiffFormat } from './report.ts'

const xen = (label: string | undefined) => (label === undefined ? '' : `Xen ${label}`)

/** The cells of a row by the name of their column. */
const COLUMNS: Record<string, (row: NamedDifference) => string | number> = {
  difference: ({ difference }) => difference,
  before: ({ before }) => before?.verdict ?? '',
  'cause before': ({ before }) => before?.code ?? '',
  after: ({ after }) => after?.verdict ?? '',
  'cause after': ({ after }) => after?.code ?? '',
  images: ({ images }) => csvList(images),
  mode: ({ mode }) => mode,
  pairs: ({ pairs }) => pairs,
  hosts: ({ hosts }) => csvList(hosts),
  'xen before': ({ build }) => xen(build.before),
  'xen after': ({ build }) => xen(build.after),
  reason: ({ before, after }) => (after ?? before)!.reason,
  remedies: ({ after }) => csvList(after?.remedies ?? []),
  guest: ({ kernel }) => kernel.guest,
}

export const csvReport: DiffFormat = function* (diff) {
  yield csvLine(Object.keys(COLUMNS))
  const cells = Object.values(COLUMNS)
  for (const row of diff.differences) {
    const named = namedDifference(diff, row)
    yield csvLine(cells.map(cell => cell(named)))
  }
}
