/**
 * The causes under the table of a scan.
 * @module
 */

import { printable } from '../../document/printable.ts'
import { plural } from '../../findings/plural.ts'
import type { ScanCause } from '../../findings/scan-causes.ts'
import { fold } from '../fit.ts'
import { logTexts } from '../log-text.ts'
import { commonRemedyText } from '../remedy-lines.ts'

const INDENT = '  '

/** The causes in lines of at most `width`. */
export const causeLines = (causes: readonly ScanCause[], width: number): string[] =>
  causes.flatMap(cause => linesOf(cause, width))

/** What the verdicts rest on, in lines of at most `width`. */
export function assumptionLines(
  assumptions: readonly { text: string; images: number }[],
  width: number,
): string[] {
  if (assumptions.length === 0) return []
  const lines = assumptions.flatMap(({ text, images }) =>
    fold(printable(`${text} (${plural(images, 'image')})`), width - INDENT.length).map(line => INDENT + line),
  )
  return ['What these verdicts rest on', ...lines, '']
}

function linesOf(cause: ScanCause, width: number): string[] {
  const { code, images, names, hosts, reason, log, remedies } = cause
  const where = hosts > 0 ? `, ${plural(hosts, 'host')}` : ''
  const block = (label: string, text: string) =>
    fold(printable(text), width - INDENT.length - label.length).map(
      (line, index) => INDENT + (index === 0 ? label : ' '.repeat(label.length)) + line,
    )
  return [
    `${code} (${plural(images, 'image')}${where})`,
    ...block('', reason),
    ...block('in:  ', names.join(', ') + (images > names.length ? ` and ${images - names.length} more` : '')),
    ...logTexts(log).flatMap(line => block('log: ', line)),
    ...(log.silent === undefined ? [] : block('     ', log.silent)),
    ...remedies.flatMap(remedy => block('do:  ', commonRemedyText(remedy))),
    '',
  ]
}
