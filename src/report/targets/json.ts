/**
 * The comparison itself as one JSON document (schema/targets.schema.json), a line for each of its parts.
 * @module
 */
import { jsonLines } from '../audit/json-lines.ts'
import type { TargetsFormat } from './report.ts'

const OPEN = new Set(['', 'inventory', 'inventory.problems', 'targets', 'kernels', 'rows', 'findings'])

export const jsonReport: TargetsFormat = function* (found) {
  yield* jsonLines(found, OPEN)
  yield '\n'
}
