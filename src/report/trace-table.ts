/**
 * The loader's trace over one image, for people.
 * @module
 */

import { parseBootMode, sideOf } from '../xen/boot-mode.ts'
import { nearestEvidence } from '../xen/gates/evidence.ts'
import type { VerdictSpan } from '../xen/judge.ts'
import type { LoaderTrace, TracedGate, TraceStep } from '../xen/loader-trace.ts'
import { reasonText } from '../xen/reason-text.ts'
import { targetWord } from '../xen/remedies/own-command.ts'
import { aimedAt, remedyText } from '../xen/remedies/remedy-text.ts'
import { logTexts } from './log-text.ts'
import { VERDICT_STYLE, verdictText } from './style.ts'
import type { TextSetter } from './text-setter.ts'

type Asked = Pick<LoaderTrace, 'release' | 'mode'>

function gateLines(
  { id, value, history, evidence }: TracedGate,
  { release, mode }: Asked,
  setter: TextSetter,
): string[] {
  const worth = typeof value === 'object' ? '' : ` = ${String(value)}`
  const [source] = nearestEvidence(evidence, release, sideOf(parseBootMode(mode)))
  const where = source === undefined ? '' : `, ${source.tag} ${source.file} ${source.functions.join(', ')}`
  return [...setter.lines(`gate ${id}${worth}${where}`.trimEnd(), 6), ...setter.lines(history, 8)]
}

function stepLines(
  { what, offset, value, does, gates }: TraceStep,
  asked: Asked,
  setter: TextSetter,
): string[] {
  const where = offset === undefined ? '' : ` at ${offset}`
  const found = value === undefined ? '' : `: ${value}`
  return [
    ...setter.lines(`${what}${where}${found}`, 2),
    ...setter.lines(`-> ${does}`, 4),
    ...gates.flatMap(gate => gateLines(gate, asked, setter)),
  ]
}

const assumptionLines = (assumptions: LoaderTrace['assumptions'], setter: TextSetter) =>
  assumptions.flatMap(({ text }) => setter.lines(`assuming: ${text}`, 2))

/** The verdict with all that a reader needs to act on it. */
export function traceVerdict(trace: LoaderTrace, setter: TextSetter, image?: string): string[] {
  const { verdict, reason, log, gates, remedies, assumptions, release, mode } = trace
  const targets = [targetWord(release, mode)]
  return [
    setter.paint(VERDICT_STYLE[verdict], verdictText(trace)),
    ...setter.lines(reason, 2),
    ...logTexts(log).flatMap(line => setter.labelled('  log: ', line)),
    ...(log?.silent === undefined ? [] : setter.lines(log.silent, 2)),
    // Of a kernel that is taken every gate on the way decided: the steps have them.
    ...(verdict === 'accepts' ? [] : gates.flatMap(gate => gateLines(gate, trace, setter))),
    ...remedies.flatMap(remedy =>
      setter.labelled('  do:  ', remedyText(aimedAt(remedy, { image, targets }))),
    ),
    ...assumptionLines(assumptions, setter),
  ]
}

/** The verdict, then stage by stage what was looked at, what the release does with it, and where it stops. */
export function traceTable(image: string, trace: LoaderTrace, setter: TextSetter, brief = false): string {
  const lines = [
    ...setter.heading(`${image} on Xen ${trace.release} as ${trace.mode}`),
    ...traceVerdict(trace, setter, image),
  ]
  let stage = ''
  for (const step of brief ? [] : trace.steps) {
    if (step.stage !== stage) lines.push('', setter.paint('bold', step.stage))
    stage = step.stage
    lines.push(...stepLines(step, trace, setter))
  }
  if (trace.parameters !== undefined && !brief) {
    lines.push('', 'what libelf derives')
    for (const [name, value] of Object.entries(trace.parameters))
      lines.push(...setter.lines(`${name} ${String(value)}`, 2))
  }
  return `${lines.join('\n')}\n`
}

/** What every release says, neighbours with the same verdict in one line. */
export function spansTable(
  image: string,
  mode: string,
  spans: readonly VerdictSpan[],
  setter: TextSetter,
): string {
  const lines = setter.heading(`${image} on every Xen as ${mode}`)
  for (const span of joined(spans)) {
    const { since, until, verdict, reason } = span
    const where = since === until ? since : `${since}-${until}`
    const [first, ...rest] = setter.labelled(`  ${where.padEnd(SPAN_WIDTH)} `, verdictText(span))
    lines.push(
      first!.replace(verdict, word => setter.paint(VERDICT_STYLE[verdict], word)),
      ...rest,
    )
    if (verdict !== 'accepts') lines.push(...setter.lines(reasonText(reason), SPAN_WIDTH + 3))
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
  setter: TextSetter,
): string {
  const step = parting?.b ?? parting?.a
  const where =
    step === undefined
      ? [`Xen ${a.release} and ${b.release} go the same way to the end.`]
      : setter.lines(`They part in ${step.stage}: ${step.what}`, 0)
  return [
    traceTable(image, a, setter, true),
    traceTable(image, b, setter, true),
    `${where.join('\n')}\n`,
  ].join('\n')
}

/** Where two walks part. */
export function differenceTable(
  a: LoaderTrace,
  b: LoaderTrace,
  difference: { a?: TraceStep; b?: TraceStep } | undefined,
  setter: TextSetter,
): string {
  if (difference === undefined) return `Xen ${a.release} and ${b.release} go the same way to the end.\n`
  const side = (trace: LoaderTrace, step: TraceStep | undefined) => [
    '',
    `Xen ${trace.release}: ${trace.verdict}`,
    // What the trace itself rests on is in the trace; which release walks has to be said.
    ...assumptionLines(
      trace.assumptions.filter(({ code }) => code === 'target'),
      setter,
    ),
    ...(step === undefined
      ? ['  has stopped before']
      : [`  ${step.stage}`, ...stepLines(step, trace, setter)]),
  ]
  return `${['The first stage that differs:', ...side(a, difference.a), ...side(b, difference.b)].join('\n')}\n`
}
