/**
 * The loader's trace over one image, for people.
 * @module
 */

import { printable } from '../document/printable.ts'
import { parseBootMode, sideOf } from '../xen/boot-mode.ts'
import { nearestEvidence } from '../xen/gates/evidence.ts'
import type { LoaderTrace, TracedGate, TraceStep } from '../xen/loader-trace.ts'
import { remedyText } from '../xen/remedies/remedy.ts'
import { type Paint, VERDICT_STYLE } from './style.ts'
import { WIDTH, wrap } from './text.ts'

const indented = (text: string, indent: number) =>
  wrap(printable(text), WIDTH - indent).map(line => ' '.repeat(indent) + line)

type Asked = Pick<LoaderTrace, 'release' | 'mode'>

function gateLines({ id, value, evidence }: TracedGate, { release, mode }: Asked): string[] {
  const worth = typeof value === 'object' ? '' : ` = ${String(value)}`
  const [source] = nearestEvidence(evidence, release, sideOf(parseBootMode(mode)))
  const where = source === undefined ? '' : `, ${source.tag} ${source.file} ${source.functions.join(', ')}`
  return indented(`gate ${id}${worth}${where}`.trimEnd(), 6)
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

/** Stage by stage: what was looked at, what the release does with it, and where it stops. */
export function traceTable(image: string, trace: LoaderTrace, paint: Paint): string {
  const lines = [paint('bold', `${printable(image)} on Xen ${trace.release} as ${trace.mode}`)]
  let stage = ''
  for (const step of trace.steps) {
    if (step.stage !== stage) lines.push('', paint('bold', step.stage))
    stage = step.stage
    lines.push(...stepLines(step, trace))
  }
  lines.push(
    '',
    paint(
      VERDICT_STYLE[trace.verdict],
      `${trace.verdict}${trace.code === undefined ? '' : ` (${trace.code})`}`,
    ),
  )
  lines.push(...indented(trace.reason, 2))
  const { log } = trace
  for (const line of log?.lines ?? []) lines.push(...indented(`log: ${line}`, 2))
  if (log?.silent !== undefined) lines.push(...indented(log.silent, 2))
  // Of a kernel that is taken every gate on the way decided: they stand above.
  if (trace.verdict !== 'accepts') lines.push(...trace.gates.flatMap(gate => gateLines(gate, trace)))
  for (const remedy of trace.remedies) lines.push(...indented(`do:  ${remedyText(remedy)}`, 2))
  lines.push(...assumptionLines(trace.assumptions))
  if (trace.parameters !== undefined) {
    lines.push('', 'what libelf derives')
    for (const [name, value] of Object.entries(trace.parameters))
      lines.push(...indented(`${name} ${String(value)}`, 2))
  }
  return `${lines.join('\n')}\n`
}

/** Where two walks part. */
export function differenceTable(
  a: LoaderTrace,
  b: LoaderTrace,
  parting: { a?: TraceStep; b?: TraceStep } | undefined,
): string {
  if (parting === undefined) return `Xen ${a.release} and ${b.release} go the same way to the end.\n`
  const side = (trace: LoaderTrace, step: TraceStep | undefined) => [
    '',
    `Xen ${trace.release}: ${trace.verdict}`,
    // What the trace itself rests on stands in the trace; which release walks has to be said.
    ...assumptionLines(trace.assumptions.filter(({ code }) => code === 'target')),
    ...(step === undefined ? ['  has stopped before'] : [`  ${step.stage}`, ...stepLines(step, trace)]),
  ]
  return `${['The first stage where they part:', ...side(a, parting.a), ...side(b, parting.b)].join('\n')}\n`
}
