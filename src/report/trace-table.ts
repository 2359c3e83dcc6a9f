/**
 * The loader's trace over one image, for people.
 * @module
 */

import { printable } from '../document/printable.ts'
import { parseBootMode, sideOf } from '../xen/boot-mode.ts'
import { nearestEvidence } from '../xen/gates/evidence.ts'
import type { VerdictSpan } from '../xen/judge.ts'
import type { LoaderTrace, TracedGate, TraceStep } from '../xen/loader-trace.ts'
import { reasonText } from '../xen/reason-text.ts'
import { targetWord } from '../xen/remedies/own-command.ts'
import { aimedAt, remedyText } from '../xen/remedies/remedy-text.ts'
import { fold } from './fit.ts'
import { logTexts } from './log-text.ts'
import { type Paint, VERDICT_STYLE } from './style.ts'
import { WIDTH } from './text.ts'

const indented = (text: string, indent: number) =>
  fold(printable(text), WIDTH - indent).map(line => ' '.repeat(indent) + line)

const headLines = (text: string, paint: Paint) => indented(text, 0).map(line => paint('bold', line))

/** A label, and its text beside it. */
const labelled = (label: string, text: string) =>
  fold(printable(text), WIDTH - 2 - label.length).map(
    (line, index) => `  ${index === 0 ? label : ' '.repeat(label.length)}${line}`,
  )

type Asked = Pick<LoaderTrace, 'release' | 'mode'>

function gateLines({ id, value, history, evidence }: TracedGate, { release, mode }: Asked): string[] {
  const worth = typeof value === 'object' ? '' : ` = ${String(value)}`
  const [source] = nearestEvidence(evidence, release, sideOf(parseBootMode(mode)))
  const where = source === undefined ? '' : `, ${source.tag} ${source.file} ${source.functions.join(', ')}`
  return [...indented(`gate ${id}${worth}${where}`.trimEnd(), 6), ...indented(history, 8)]
}

function stepLines({ what, offset, value, does, gates }: TraceStep, asked: Asked): string[] {
  const where = offset === undefined ? '' : ` at ${offset}`
  const found = value === undefined ? '' : `: ${value}`
  return [
    ...indented(`${what}${where}${found}`, 2),
    ...indented(`-> ${does}`, 4),
    ...gates.flatMap(gate => gateLines(gate, asked)),
  ]
}

const assumptionLines = (assumptions: LoaderTrace['assumptions']) =>
  assumptions.flatMap(({ text }) => indented(`assuming: ${text}`, 2))

/** Why the verdict on a version is what it is. */
export const wholeLines = (reason: string): string[] => indented(reason, 2)

/** The verdict with all that a reader needs to act on it. */
export function traceVerdict(trace: LoaderTrace, paint: Paint, image?: string): string[] {
  const { verdict, code, reason, log, gates, remedies, assumptions, release, mode } = trace
  const targets = [targetWord(release, mode)]
  return [
    paint(VERDICT_STYLE[verdict], `${verdict}${code === undefined ? '' : ` (${code})`}`),
    ...indented(reason, 2),
    ...logTexts(log).flatMap(line => labelled('log: ', line)),
    ...(log?.silent === undefined ? [] : indented(log.silent, 2)),
    // Of a kernel that is taken every gate on the way decided: the steps have them.
    ...(verdict === 'accepts' ? [] : gates.flatMap(gate => gateLines(gate, trace))),
    ...remedies.flatMap(remedy => labelled('do:  ', remedyText(aimedAt(remedy, { image, targets })))),
    ...assumptionLines(assumptions),
  ]
}

/** The verdict, then stage by stage what was looked at, what the release does with it, and where it stops. */
export function traceTable(image: string, trace: LoaderTrace, paint: Paint, brief = false): string {
  const lines = [
    ...headLines(`${image} on Xen ${trace.release} as ${trace.mode}`, paint),
    ...traceVerdict(trace, paint, image),
  ]
  let stage = ''
  for (const step of brief ? [] : trace.steps) {
    if (step.stage !== stage) lines.push('', paint('bold', step.stage))
    stage = step.stage
    lines.push(...stepLines(step, trace))
  }
  if (trace.parameters !== undefined && !brief) {
    lines.push('', 'what libelf derives')
    for (const [name, value] of Object.entries(trace.parameters))
      lines.push(...indented(`${name} ${String(value)}`, 2))
  }
  return `${lines.join('\n')}\n`
}

/** What every release says, neighbours with the same verdict in one line. */
export function spansTable(image: string, mode: string, spans: readonly VerdictSpan[], paint: Paint): string {
  const lines = headLines(`${image} on every Xen as ${mode}`, paint)
  for (const { since, until, verdict, code, reason } of joined(spans)) {
    const where = since === until ? since : `${since}-${until}`
    lines.push(
      `  ${where.padEnd(SPAN_WIDTH)} ${paint(VERDICT_STYLE[verdict], verdict)}${code === undefined ? '' : ` (${code})`}`,
    )
    if (verdict !== 'accepts') lines.push(...indented(reasonText(reason), SPAN_WIDTH + 3))
  }
  return `${lines.join('\n')}\n`
}

/** Spans that differ only in what the log says are one line. */
function joined(spans: readonly VerdictSpan[]): VerdictSpan[] {
  const lines: VerdictSpan[] = []
  for (const span of spans) {
    const open = lines.at(-1)
    const same =
      open?.verdict === span.verdict &&
      open.code === span.code &&
      reasonText(open.reason) === reasonText(span.reason)
    if (open !== undefined && (same || span.verdict === 'accepts') && open.verdict === span.verdict) {
      open.until = span.until
    } else lines.push({ ...span })
  }
  return lines
}

/** `4.16.0-4.17.7`, and one more for releases of four numbers. */
const SPAN_WIDTH = 15

/** Both verdicts with what there is to do, and the step in which the walks part. */
export function briefDifferenceTable(
  image: string,
  [a, b]: readonly [LoaderTrace, LoaderTrace],
  parting: { a?: TraceStep; b?: TraceStep } | undefined,
  paint: Paint,
): string {
  const step = parting?.b ?? parting?.a
  const where =
    step === undefined
      ? [`Xen ${a.release} and ${b.release} go the same way to the end.`]
      : indented(`They part in ${step.stage}: ${step.what}`, 0)
  return [traceTable(image, a, paint, true), traceTable(image, b, paint, true), `${where.join('\n')}\n`].join(
    '\n',
  )
}

/** Where two walks part. */
export function differenceTable(
  a: LoaderTrace,
  b: LoaderTrace,
  difference: { a?: TraceStep; b?: TraceStep } | undefined,
): string {
  if (difference === undefined) return `Xen ${a.release} and ${b.release} go the same way to the end.\n`
  const side = (trace: LoaderTrace, step: TraceStep | undefined) => [
    '',
    `Xen ${trace.release}: ${trace.verdict}`,
    // What the trace itself rests on is in the trace; which release walks has to be said.
    ...assumptionLines(trace.assumptions.filter(({ code }) => code === 'target')),
    ...(step === undefined ? ['  has stopped before'] : [`  ${step.stage}`, ...stepLines(step, trace)]),
  ]
  return `${['The first stage that differs:', ...side(a, difference.a), ...side(b, difference.b)].join('\n')}\n`
}
