/**
 * A difference a line as JSON, with its kernels in place of their indexes.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import type { ScanDiffFormat } from './report.ts'

export const ndjsonReport: ScanDiffFormat = function* ({ kernels, differences }) {
  for (const { before, after, ...row } of differences) {
    const [was, is] = [before, after].map(index => index && kernels[index])
    yield `${jsonText({ ...row, before: was, after: is })}\n`
  }
}
