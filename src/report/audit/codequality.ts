/**
 * The report for GitLab's merge requests, in its Code Quality format
 * (https://docs.gitlab.com/ci/testing/code_quality/): an entry for a kernel and a cause, without what policy ignores.
 * GitLab itself compares it with that of the target branch.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import { plural } from '../../findings/plural.ts'
import { logTexts } from '../log-text.ts'
import { kernelName, listed } from './names.ts'
import type { AuditFormat } from './report.ts'
import { Fingerprints } from './sarif/fingerprints.ts'
import { type ResultRow, resultRows } from './sarif/result-rows.ts'
import { counted, sentence } from './summary.ts'

const VERSIONS = 5

const SEVERITY = { error: 'critical', warning: 'minor', note: 'info' } as const

const severityOf = ({ change, level }: ResultRow) => (change === 'breaks' ? 'blocker' : SEVERITY[level])

export const codequalityReport: AuditFormat = function* (audit) {
  const fingerprints = new Fingerprints()
  let separator = '[\n'
  for (const row of resultRows(audit)) {
    if (row.ignored !== undefined) continue
    const { kernel, cause, modes, names, builds, guests, verdicts, laterRefusal } = row
    const where = `as ${modes.join(', ')} on Xen ${listed(names, VERSIONS)}`
    const hosts = (builds ?? []).reduce((sum, build) => sum + build.hosts.length, 0)
    const size =
      laterRefusal === undefined
        ? ` (${plural(hosts, 'host')}, ${counted(audit, guests!)})`
        : `, and refused from Xen ${laterRefusal} on`
    const lines = logTexts(verdicts[0]!.log)
    yield separator
    yield jsonText({
      description: `${cause} ${where}${size}: ${sentence(verdicts[0]!.reason)}`,
      check_name: cause,
      fingerprint: fingerprints.of(row).primaryLocationLineHash,
      severity: severityOf(row),
      location: { path: kernelName(kernel).replace(/^(?:\.\/)+/, ''), lines: { begin: 1 } },
      ...(lines.length > 0 && { content: { body: ['In the log:', ...lines].join('\n') } }),
    })
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
