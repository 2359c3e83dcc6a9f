/**
 * What a cause does to a kernel on several releases, in the words of every format that has a result for it.
 * @module
 */
import { plural } from '../../findings/plural.ts'
import type { TargetFinding, UpgradeTargets } from '../../findings/targets.ts'
import { causeId } from '../audit/findings.ts'
import { sentence } from '../audit/summary.ts'
import { releasesWith } from './report.ts'

export const causeOf = (finding: TargetFinding): string => causeId(finding)

/** `as pv-domU breaks with the upgrade to Xen 4.11.0 – 4.14.0 (up to 12 guests): the reason.` */
export function findingText(found: UpgradeTargets, { modes, change, guests, reason }: TargetFinding): string {
  const where = releasesWith(
    found,
    guests.map(count => count > 0),
    true,
  )
  const does = change === 'breaks' ? 'breaks' : 'is in doubt'
  const unit = found.unit === 'guests' ? 'guest' : 'pair'
  return `as ${modes.join(', ')} ${does} with the upgrade to Xen ${where} (up to ${plural(Math.max(...guests), unit)}): ${sentence(reason)}`
}
