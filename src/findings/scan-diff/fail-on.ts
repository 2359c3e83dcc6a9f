/**
 * Which differences between scans make a run fail: answers that are worse than before, and refusals of new images.
 * @module
 */
import { severityOf } from '../diff/fail-on.ts'
import { type FailOn, SEVERITIES } from '../fail-on.ts'
import type { ScanDiff, ScanDifferenceRow, ScannedVerdict } from './model.ts'

/** What an image was answered before, where it was there, and is answered now. */
export const answersOf = ({
  answers,
  refusals,
}: ScanDifferenceRow): { before?: ScannedVerdict; after: ScannedVerdict }[] => [
  ...answers,
  ...refusals.map(after => ({ after })),
]

/** How many images fail. */
export function failingImages({ differences }: ScanDiff, { severity, causes }: FailOn): number {
  const fails = (row: ScanDifferenceRow) =>
    answersOf(row).some(({ before, after }) => {
      const own = severityOf(before, after)
      const reaches =
        own !== undefined && severity !== undefined && SEVERITIES.indexOf(own) <= SEVERITIES.indexOf(severity)
      return reaches || (after.code !== before?.code && causes.some(cause => cause === after.code))
    })
  return differences.reduce((sum, row) => sum + (fails(row) ? row.images.length : 0), 0)
}
