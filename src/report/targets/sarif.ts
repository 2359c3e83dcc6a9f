/**
 * The comparison for code scanning: a result for a kernel and a cause, with the releases that it holds for. What is fixed,
 * or as before, is only counted.
 * @module
 */
import type { TargetFinding } from '../../findings/targets.ts'
import { kernelName, kernelTitle } from '../audit/names.ts'
import { Artifacts } from '../audit/sarif/artifacts.ts'
import { Fingerprints } from '../audit/sarif/fingerprints.ts'
import { sarifLog } from '../audit/sarif/log.ts'
import { message } from '../audit/sarif/message.ts'
import { notifications } from '../audit/sarif/notifications.ts'
import { RESULTS } from '../audit/sarif/result-rows.ts'
import { type RuledRow, Rules } from '../audit/sarif/rules.ts'
import { causeOf, findingText } from './finding-text.ts'
import type { TargetsFormat } from './report.ts'

/** Places of a result: a service shows a hundred (GitHub). */
const LOCATIONS = 100

const ruled = (finding: TargetFinding): RuledRow => ({
  cause: causeOf(finding),
  level: finding.change === 'breaks' ? 'error' : 'warning',
  verdicts: [finding],
})

export const sarifReport: TargetsFormat = found => {
  const { tool, created, kernels, targets, best, inventory, unit } = found
  const findings = found.findings.slice(0, RESULTS)
  const left = found.findings
    .slice(RESULTS)
    .map(finding => ({ kernel: kernels[finding.kernel]!, cause: causeOf(finding) }))
  const rules = new Rules([], findings.map(ruled))
  const artifacts = new Artifacts(kernels)
  const fingerprints = new Fingerprints()
  return sarifLog({
    ...{ tool, created, kind: 'upgrade-to-several', rules, artifacts },
    notifications: notifications({ kernels: [], inventory, expired: [] }, artifacts, left),
    results: findings.map(finding => {
      const { cause, level } = ruled(finding)
      const kernel = kernels[finding.kernel]!
      return {
        ruleId: cause,
        ruleIndex: rules.index(cause),
        level,
        message: message(`${kernelTitle(kernel)} ${findingText(found, finding)}`),
        locations: kernel.images.slice(0, LOCATIONS).map(image => artifacts.physicalLocation(image)),
        partialFingerprints: fingerprints.of({ kernel, cause }),
        properties: {
          ...{ kernel: kernelName(kernel), guest: kernel.guest, kernelVersion: kernel.kernelVersion },
          ...{ modes: finding.modes, change: finding.change, unit, remedies: finding.remedies },
          targets: finding.guests.flatMap((guests, index) =>
            guests === 0 ? [] : [{ to: targets[index]!.to, guests }],
          ),
        },
      }
    }),
    properties: {
      unit,
      breaksLeast: targets[best]!.to,
      targets: targets.map(({ causes: _, ...target }) => target),
    },
  })
}
