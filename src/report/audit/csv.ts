/**
 * A finding a row, for spreadsheets. Names go to terminals as well: what is not printable is escaped.
 * @module
 */
import { csvLine, csvList } from '../csv-line.ts'
import { logTexts } from '../log-text.ts'
import { type Finding, findings, remediesOf } from './findings.ts'
import type { AuditFormat } from './report.ts'

/** The cells of a row by the name of their column. */
const COLUMNS: Record<string, (finding: Finding) => string | number> = {
  change: ({ change }) => change ?? '',
  verdict: ({ answer }) => answer.verdict,
  before: ({ before }) => before?.verdict ?? '',
  images: ({ images }) => csvList(images),
  mode: ({ mode }) => mode,
  xen: ({ build }) => `Xen ${build.label}`,
  'upgraded to': ({ to }) => (to === undefined ? '' : `Xen ${to}`),
  guests: ({ guests }) => guests,
  hosts: ({ hosts }) => csvList(hosts),
  pools: ({ build }) => csvList(build.pools),
  cause: ({ answer }) => answer.code ?? '',
  stage: ({ answer }) => answer.stage ?? '',
  reason: ({ answer }) => answer.reason,
  log: ({ answer }) => csvList(logTexts(answer.log)),
  remedies: finding => csvList(remediesOf(finding, finding.answer)),
  assumptions: ({ answer }) => csvList(answer.assumptions),
  remarks: ({ build }) => csvList(build.remarks),
  kind: ({ kernel }) => kernel.kind,
  layers: ({ kernel }) => kernel.layers,
  guest: ({ kernel }) => kernel.guest,
  // A word in front keeps 6.1 from becoming a number or a day.
  'kernel version': ({ kernel: { kernelVersion } }) =>
    kernelVersion === undefined ? '' : `v${kernelVersion}`,
  flavour: ({ kernel }) => kernel.flavour ?? '',
  'build id': ({ kernel: { buildId } }) => (buildId === undefined ? '' : `id ${buildId}`),
  problem: ({ kernel }) => kernel.problem?.message ?? '',
  ignored: ({ ignored }) => ignored?.reason ?? '',
  baseline: ({ known }) => (known ? 'known' : ''),
  'guest names': ({ cell }) => csvList(cell.names ?? []),
}

export const csvReport: AuditFormat = function* (audit) {
  yield csvLine(Object.keys(COLUMNS))
  const cells = Object.values(COLUMNS)
  for (const finding of findings(audit)) yield csvLine(cells.map(cell => cell(finding)))
}
