/**
 * The audit itself as one JSON document (schema/audit.schema.json): a line for each of its parts, so that two
 * audits can be compared by line.
 * @module
 */
import type { Audit, FullVerdict } from '../../findings/model.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import { commonRemedyText, remedyMembers } from '../remedy-lines.ts'
import { headline, mostEffective } from './headline.ts'
import { jsonLines } from './json-lines.ts'
import type { AuditFormat } from './report.ts'

/** Every member: first those with the results, then the lists that these refer to. */
const MEMBERS = Object.keys({
  version: true,
  tool: true,
  title: true,
  knowledge: true,
  created: true,
  kind: true,
  to: true,
  leftAlone: true,
  modes: true,
  counts: true,
  inventory: true,
  causes: true,
  plan: true,
  pools: true,
  acceptedNowhere: true,
  outdatedBuilds: true,
  laterRefusals: true,
  expired: true,
  baseline: true,
  history: true,
  ignored: true,
  kernels: true,
  builds: true,
  verdicts: true,
  cells: true,
} satisfies Record<keyof Audit, true>) as (keyof Audit)[]

/** Lists of numbers and words stay on their line. */
const CLOSED: readonly string[] = ['modes', 'acceptedNowhere', 'outdatedBuilds'] satisfies (keyof Audit)[]

const OPEN = new Set([
  '',
  ...MEMBERS.filter(name => !CLOSED.includes(name)),
  'inventory.problems',
  'history.points',
])

/** What is made of the audit for readers: after its kind and before its counts. */
const SUMMARY_BEFORE: keyof Audit = 'modes'

/** The audit with the texts of its remedies, as the schema has it. */
export const auditDocument = (audit: Audit) => ({
  ...audit,
  causes: audit.causes.map(cause => ({ ...cause, remedies: cause.remedies.map(commonRemedyText) })),
  verdicts: audit.verdicts.map(verdictDocument),
})

const verdictDocument = (verdict: FullVerdict) => ({
  ...verdict,
  ...remedyMembers(verdict.remedies),
  ...(verdict.also !== undefined && {
    also: verdict.also.map(cause => ({ ...cause, remedies: cause.remedies.map(remedyText) })),
  }),
})

export const jsonReport: AuditFormat = function* (audit) {
  const summary = { headline: headline(audit), actions: mostEffective(audit) }
  const document = auditDocument(audit)
  const members = MEMBERS.map(name => ({ ...(name === SUMMARY_BEFORE && summary), [name]: document[name] }))
  yield* jsonLines(Object.assign({}, ...members), OPEN)
  yield '\n'
}
