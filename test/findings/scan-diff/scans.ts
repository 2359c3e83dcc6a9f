/** Scans made up for tests: kernels are told apart by their size. */
import { ScanComparison } from '../../../src/findings/scan-diff/compare.ts'
import type { ScanDiff } from '../../../src/findings/scan-diff/model.ts'
import type { ScannedRecord } from '../../../src/record/type.ts'

export interface Scanned {
  image: string
  size: number
  digest?: string
  verdicts?: readonly object[]
}

export const scanned = ({ image, size, digest, verdicts }: Scanned): ScannedRecord => ({
  image,
  record: {
    kind: 'unknown',
    facts: { version: 2, size, kind: 'unknown', layers: [] },
    ...(digest !== undefined && { digest }),
  },
  ...(verdicts !== undefined && { verdicts }),
})

export function compareScanned(old: readonly Scanned[], now: readonly Scanned[]): ScanDiff {
  const comparison = new ScanComparison()
  for (const image of old) comparison.add('old', scanned(image))
  for (const image of now) comparison.add('new', scanned(image))
  return comparison.found({
    ...{ tool: 'test', created: '2026-01-01T00:00:00.000Z' },
    ...{ old: { file: 'old.ndjson' }, new: { file: 'new.ndjson' } },
  })
}

/** A verdict on releases from `since` to `until`. */
export const on = (since: string, until: string, verdict: string, code?: string) => ({
  ...{ mode: 'pv-domU', since, until, verdict, reason: `it ${verdict}` },
  ...(code !== undefined && { code }),
})
