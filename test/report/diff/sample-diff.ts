/** Comparisons of the sample audits, made up for the tests of formats. */
import { diffReports } from '../../../src/findings/diff/diff.ts'
import type { Diff } from '../../../src/findings/diff/model.ts'
import type { Audit } from '../../../src/findings/model.ts'
import { type DiffFormatName, diffFormats } from '../../../src/report/diff/formats.ts'
import { earlierAudit } from '../../findings/earlier/earlier.ts'
import { samples } from '../audit/render.ts'

export const diffOf = (old: Audit, now: Audit): Diff =>
  diffReports({
    old: earlierAudit(old, 'last month/<old>.json'),
    new: earlierAudit(now, 'now|new.json'),
    tool: 'xen-preflight 0.1.0',
    created: '2026-02-02T03:04:05.678Z',
  })

/** The fleet as it is, without its first build and with other images, against the same after an upgrade. */
function grown(): Audit {
  const audit = samples.upgrade()
  audit.kernels = structuredClone(audit.kernels)
  audit.kernels[0]!.images = ['kernels/linux-3.13-pvh', 'kernels/new one']
  return audit
}

export const diffSamples = {
  differs: () => diffOf(samples.audit(), grown()),
  same: () => diffOf(samples.fine(), samples.fine()),
} satisfies Record<string, () => Diff>

/** The report as one text, without colours on 80 columns. */
export function renderDiff(format: DiffFormatName, diff: Diff): string {
  const report = diffFormats[format](diff, { colour: false, width: 80 })
  return typeof report === 'string' ? report : [...report].join('')
}
