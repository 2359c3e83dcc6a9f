/**
 * A finding a row, for spreadsheets. Names go to terminals as well: what is not printable is escaped.
 *
 * A spreadsheet takes a cell that starts with `=`, `+`, `-` or `@` for a formula, and quotes do not stop it. Such
 * a cell gets an apostrophe in front, which a spreadsheet takes for "this is text"; so does one that has apostrophes
 * before such a sign, so that whoever takes one apostrophe off has the text as it was. Versions come after the
 * word Xen: alone, 4.10 would become the number 4.1, and 4.1.6 a day in January.
 * @module
 */
import Papa from 'papaparse'
import { printable } from '../../document/printable.ts'
import { logTexts } from '../log-text.ts'
import { type Finding, findings, remediesOf } from './findings.ts'
import type { AuditFormat } from './report.ts'

/** The full-width signs are taken for the others. */
const FORMULA = /^'*[=+\-@\uff1d\uff0b\uff0d\uff20]/

/** What some spreadsheets separate cells by, as their language has it. */
const hasOtherSeparator = (cell: unknown) => typeof cell === 'string' && cell.includes(';')

const LIST_SEPARATOR = ' | '

/** Names in one cell. One that could be taken for several, or for a quoted one, is written as a JSON string. */
const list = (names: readonly string[]) =>
  names
    .map(printable)
    .map(name => (/\||^"|^\s|\s$|^$/.test(name) ? JSON.stringify(name) : name))
    .join(LIST_SEPARATOR)

/** The cells of a row by the name of their column. */
const COLUMNS: Record<string, (finding: Finding) => string | number> = {
  change: ({ change }) => change ?? '',
  verdict: ({ answer }) => answer.verdict,
  before: ({ before }) => before?.verdict ?? '',
  images: ({ images }) => list(images),
  mode: ({ mode }) => mode,
  xen: ({ build }) => `Xen ${build.label}`,
  'upgraded to': ({ to }) => (to === undefined ? '' : `Xen ${to}`),
  guests: ({ guests }) => guests,
  hosts: ({ hosts }) => list(hosts),
  pools: ({ build }) => list(build.pools),
  cause: ({ answer }) => answer.code ?? '',
  stage: ({ answer }) => answer.stage ?? '',
  reason: ({ answer }) => answer.reason,
  log: ({ answer }) => list(logTexts(answer.log)),
  remedies: finding => list(remediesOf(finding, finding.answer)),
  assumptions: ({ answer }) => list(answer.assumptions),
  remarks: ({ build }) => list(build.remarks),
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
  'guest names': ({ cell }) => list(cell.names ?? []),
}

const line = (cells: (string | number)[]) => {
  const row = cells.map(cell => (typeof cell === 'string' ? printable(cell) : cell))
  return `${Papa.unparse([row], { escapeFormulae: FORMULA, newline: '\n', quotes: hasOtherSeparator })}\n`
}

export const csvReport: AuditFormat = function* (audit) {
  yield line(Object.keys(COLUMNS))
  const cells = Object.values(COLUMNS)
  for (const finding of findings(audit)) yield line(cells.map(cell => cell(finding)))
}
