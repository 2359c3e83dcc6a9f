/**
 * A release a line as JSON.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import type { TargetsFormat } from './report.ts'

export const ndjsonReport: TargetsFormat = function* ({ targets, best, unit }) {
  for (const [index, target] of targets.entries()) {
    yield `${jsonText({ ...target, unit, breaksLeast: index === best })}\n`
  }
}
