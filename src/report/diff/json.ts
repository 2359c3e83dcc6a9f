/**
 * The comparison itself as one JSON document (schema/diff.schema.json), a line for each of its parts.
 * @module
 */
import type { Diff } from '../../findings/diff/model.ts'
import { jsonLines } from '../audit/json-lines.ts'
import type { DiffFormat } from './report.ts'

const OPEN = new Set<string>([
  '',
  ...([
    'remarks',
    'counts',
    'causes',
    'kernels',
    'builds',
    'verdicts',
    'differences',
  ] satisfies (keyof Diff)[]),
])

export const jsonReport: DiffFormat = function* (diff) {
  yield* jsonLines(diff, OPEN)
  yield '\n'
}
