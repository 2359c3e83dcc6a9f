/**
 * The audit itself as one JSON document (schema/audit.schema.json): a line for each of its parts, so that two
 * audits can be compared by line.
 * @module
 */
import type { Audit } from '../../findings/model.ts'
import { jsonLines } from './json-lines.ts'
import type { AuditFormat } from './report.ts'

/** Every member: first those with the results, then the lists that these refer to. */
const MEMBERS = Object.keys({
  version: true,
  tool: true,
  created: true,
  kind: true,
  to: true,
  leftAlone: true,
  modes: true,
  counts: true,
  inventory: true,
  causes: true,
  plan: true,
  acceptedNowhere: true,
  outdatedBuilds: true,
  laterRefusals: true,
  expired: true,
  baseline: true,
  ignored: true,
  kernels: true,
  builds: true,
  verdicts: true,
  cells: true,
} satisfies Record<keyof Audit, true>) as (keyof Audit)[]

/** Lists of numbers and words stay on their line. */
const CLOSED: readonly string[] = ['modes', 'acceptedNowhere', 'outdatedBuilds'] satisfies (keyof Audit)[]

const OPEN = new Set(['', ...MEMBERS.filter(name => !CLOSED.includes(name)), 'inventory.problems'])

export const jsonReport: AuditFormat = function* (audit) {
  yield* jsonLines(Object.fromEntries(MEMBERS.map(name => [name, audit[name]])), OPEN)
  yield '\n'
}
