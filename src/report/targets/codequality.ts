/**
 * The comparison for GitLab's merge requests, in its Code Quality format: an entry for a kernel and a cause, with the releases
 * that it holds for.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import { kernelName } from '../audit/names.ts'
import { Fingerprints } from '../audit/sarif/fingerprints.ts'
import { causeOf, findingText } from './finding-text.ts'
import type { TargetsFormat } from './report.ts'

const SEVERITY = { breaks: 'blocker', uncertain: 'minor' } as const

export const codequalityReport: TargetsFormat = function* (found) {
  const fingerprints = new Fingerprints()
  let separator = '[\n'
  for (const finding of found.findings) {
    const kernel = found.kernels[finding.kernel]!
    const cause = causeOf(finding)
    yield separator
    yield jsonText({
      description: `${cause} ${findingText(found, finding)}`,
      check_name: cause,
      fingerprint: fingerprints.of({ kernel, cause }).primaryLocationLineHash,
      severity: SEVERITY[finding.change],
      location: { path: kernelName(kernel).replace(/^(?:\.\/)+/, ''), lines: { begin: 1 } },
    })
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
