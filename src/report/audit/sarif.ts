/**
 * The report in the Static Analysis Results Interchange Format, for code scanning services.
 * @module
 */
import type { Audit, FullVerdict } from '../../findings/model.ts'
import { remedyText } from '../../xen/remedies/remedy-text.ts'
import { commonRemedyText } from '../remedy-lines.ts'
import { kernelName } from './names.ts'
import type { AuditFormat } from './report.ts'
import { Artifacts } from './sarif/artifacts.ts'
import { sarifLog } from './sarif/log.ts'
import { notifications } from './sarif/notifications.ts'
import { RESULTS, resultRows } from './sarif/result-rows.ts'
import { sarifResults } from './sarif/results.ts'
import { Rules } from './sarif/rules.ts'

export const sarifReport: AuditFormat = function* (audit) {
  const artifacts = new Artifacts(audit.kernels)
  const all = resultRows(audit)
  const rows = all.slice(0, RESULTS)
  const rules = new Rules(
    audit.causes.map(cause => ({ ...cause, remedies: cause.remedies.map(commonRemedyText) })),
    rows.map(row => ({ ...row, verdicts: row.verdicts.map(told) })),
  )
  yield* sarifLog({
    ...{ tool: audit.tool, created: audit.created, kind: audit.kind, rules, artifacts },
    notifications: notifications(audit, artifacts, all.slice(RESULTS)),
    results: sarifResults(audit, rows, rules, artifacts),
    properties: summary(audit),
  })
}

/** A verdict with its remedies as lines. */
const told = (verdict: FullVerdict) => ({ ...verdict, remedies: verdict.remedies.map(remedyText) })

/** What is no result of a kernel on a build. */
function summary({
  kind,
  to,
  counts,
  kernels,
  builds,
  acceptedNowhere,
  outdatedBuilds,
  plan,
  expired,
  baseline,
}: Audit) {
  return {
    kind,
    to,
    counts,
    acceptedNowhere: acceptedNowhere.map(kernel => kernelName(kernels[kernel]!)),
    outdatedBuilds: outdatedBuilds.map(build => builds[build]!.label),
    plan: plan.map(({ text }) => text),
    expired,
    baseline,
  }
}
