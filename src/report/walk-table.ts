/**
 * The loader's walk over one image, for people.
 * @module
 */
import { nearestEvidence } from '../xen/gates/evidence.ts'
import { logLinesOf } from '../xen/log-lines.ts'
import { releaseIndex } from '../xen/releases.ts'
import type { GateInWalk, Walk, WalkStep } from '../xen/walk.ts'
import { type Paint, VERDICT_STYLE } from './style.ts'
import { printable, WIDTH, wrap } from './text.ts'

const indented = (text: string, indent: number) =>
  wrap(printable(text), WIDTH - indent).map(line => ' '.repeat(indent) + line)

type Asked = Pick<Walk, 'release' | 'mode'>

function gateLines({ id, value, evidence }: GateInWalk, { release, mode }: Asked): string[] {
  const worth = typeof value === 'object' ? '' : ` = ${String(value)}`
  const [source] = nearestEvidence(evidence, release, mode.endsWith('dom0') ? 'hypervisor' : 'toolstack')
  const where = source === undefined ? '' : `, ${source.tag} ${source.file} ${source.functions.join(', ')}`
  return indented(`gate ${id}${worth}${where}`.trimEnd(), 6)
}

function stepLines({ what, offset, value, does, gates }: WalkStep, asked: Asked): string[] {
  const where = offset === undefined ? '' : ` at ${offset}`
  const found = value === undefined ? '' : `: ${value}`
  return [
    ...indented(`${what}${where}${found}`, 2),
    ...indented(`-> ${does}`, 4),
    ...gates.flatMap(gate => gateLines(gate, asked)),
  ]
}

const assumptionLines = (assumptions: Walk['assumptions']) =>
  assumptions.flatMap(({ text }) => indented(`assuming: ${text}`, 2))

/** Stage by stage: what was looked at, what the release does with it, and where it stops. */
export function walkTable(image: string, walk: Walk, paint: Paint): string {
  const lines = [paint('bold', `${printable(image)} on Xen ${walk.release} as ${walk.mode}`)]
  let stage = ''
  for (const step of walk.steps) {
    if (step.stage !== stage) lines.push('', paint('bold', step.stage))
    stage = step.stage
    lines.push(...stepLines(step, walk))
  }
  lines.push(
    '',
    paint(VERDICT_STYLE[walk.verdict], `${walk.verdict}${walk.code === undefined ? '' : ` (${walk.code})`}`),
  )
  lines.push(...indented(walk.reason, 2))
  const log = logLinesOf(walk, walk.mode, releaseIndex(walk.release)!)
  for (const line of log?.lines ?? []) lines.push(...indented(`log: ${line}`, 2))
  if (log?.silent !== undefined) lines.push(...indented(log.silent, 2))
  // Of a kernel that is taken every gate on the way decided: they stand above.
  if (walk.verdict !== 'accepts') lines.push(...walk.gates.flatMap(gate => gateLines(gate, walk)))
  for (const { text } of walk.remedies) lines.push(...indented(`do:  ${text}`, 2))
  lines.push(...assumptionLines(walk.assumptions))
  if (walk.parameters !== undefined) {
    lines.push('', 'what libelf derives')
    for (const [name, value] of Object.entries(walk.parameters))
      lines.push(...indented(`${name} ${String(value)}`, 2))
  }
  return `${lines.join('\n')}\n`
}

/** Where two walks part. */
export function partingTable(a: Walk, b: Walk, parting: { a?: WalkStep; b?: WalkStep } | undefined): string {
  if (parting === undefined) return `Xen ${a.release} and ${b.release} go the same way to the end.\n`
  const side = (walk: Walk, step: WalkStep | undefined) => [
    '',
    `Xen ${walk.release}: ${walk.verdict}`,
    // What the walk itself rests on stands in the walk; which release walks has to be said.
    ...assumptionLines(walk.assumptions.filter(({ code }) => code === 'target')),
    ...(step === undefined ? ['  has stopped before'] : [`  ${step.stage}`, ...stepLines(step, walk)]),
  ]
  return `${['The first stage where they part:', ...side(a, parting.a), ...side(b, parting.b)].join('\n')}\n`
}
