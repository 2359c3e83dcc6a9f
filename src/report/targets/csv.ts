/**
 * A kernel and boot mode a row, every release a column.
 * @module
 */
import { csvLine, csvList } from '../csv-line.ts'
import type { TargetsFormat } from './report.ts'

export const csvReport: TargetsFormat = function* ({ targets, kernels, rows }) {
  yield csvLine(['images', 'mode', 'guest', ...targets.map(({ to }) => `Xen ${to}`)])
  for (const { kernel, mode, changes } of rows) {
    const { images, guest } = kernels[kernel]!
    yield csvLine([csvList(images), mode, guest, ...changes.map(change => change ?? '')])
  }
}
