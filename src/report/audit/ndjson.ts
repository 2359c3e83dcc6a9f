/**
 * A finding a line as JSON: every line says by itself what it is about.
 * @module
 */

import { jsonText } from '../../document/printable.ts'
import { type Finding, findings, remediesOf } from './findings.ts'
import type { AuditFormat } from './report.ts'

export const ndjsonReport: AuditFormat = function* (audit) {
  for (const finding of findings(audit)) yield `${jsonText(record(finding))}\n`
}

/** Evidence is long and the same for many findings: a line names the gates, the JSON document says what they are. */
function record(finding: Finding) {
  const { kernel, build, hosts, images, to, mode, guests, change, cell, answer, before, ignored, known } =
    finding
  const { verdict, stage, code, message, log, reason, assumptions, evidence } = answer
  const { kind, layers, guest, kernelVersion, flavour, buildId, problem, added } = kernel
  return {
    change,
    verdict,
    before: before?.verdict,
    mode,
    xen: build.label,
    to,
    guests,
    names: cell.names,
    stage,
    code,
    message,
    log,
    reason,
    remedies: remediesOf(finding, answer),
    assumptions,
    gates: evidence.map(({ gate }) => gate),
    kernel: { images, kind, layers, guest, kernelVersion, flavour, buildId, problem, added },
    build: { hosts, pools: build.pools, remarks: build.remarks },
    ignored: ignored && { reason: ignored.reason, expires: ignored.expires },
    known: known || undefined,
  }
}
