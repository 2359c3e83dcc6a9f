/**
 * The comparison itself as one JSON document (schema/scan-diff.schema.json), a line for each of its parts.
 * @module
 */
import type { ScanDiff } from '../../findings/scan-diff/model.ts'
import { jsonLines } from '../audit/json-lines.ts'
import type { ScanDiffFormat } from './report.ts'

const OPEN = new Set<string>([
  '',
  ...(['remarks', 'counts', 'kernels', 'differences'] satisfies (keyof ScanDiff)[]),
])

export const jsonReport: ScanDiffFormat = function* (diff) {
  yield* jsonLines(diff, OPEN)
  yield '\n'
}
