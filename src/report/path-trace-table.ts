/**
 * The walk of a guest's loader over one kernel, for people.
 * @module
 */
import { printable } from '../document/printable.ts'
import type { PathTrace } from '../xen/boot-path/trace.ts'
import { type Paint, VERDICT_STYLE } from './style.ts'
import { fold } from './fit.ts'
import { WIDTH } from './text.ts'

const indented = (text: string, indent: number) =>
  fold(printable(text), WIDTH - indent).map(line => ' '.repeat(indent) + line)

/** Stage by stage: what was looked at, what the loader does with it, and where it stops. */
export function pathTraceTable(image: string, trace: PathTrace, paint: Paint, brief = false): string {
  const { arch, boot, code, message, reason, steps, verdict, version } = trace
  const named = boot.includes('@') ? boot : `${boot}@${version}`
  const head = `${image} by ${named}${arch === undefined ? '' : ` (${arch})`}`
  const lines = indented(head, 0).map(line => paint('bold', line))
  let stage = ''
  for (const { stage: at, what, offset, value, does, gates = [] } of brief ? [] : steps) {
    if (at !== stage) lines.push('', paint('bold', at))
    stage = at
    const where = offset === undefined ? '' : ` at ${offset}`
    lines.push(...indented(`${what}${where}${value === undefined ? '' : `: ${value}`}`, 2))
    lines.push(...indented(`-> ${does}`, 4), ...gates.flatMap(gate => indented(`gate ${gate}`, 6)))
  }
  lines.push('', paint(VERDICT_STYLE[verdict], `${verdict}${code === undefined ? '' : ` (${code})`}`))
  lines.push(...indented(reason, 2))
  if (message !== undefined) lines.push(...indented(`log: ${message}`, 2))
  return `${lines.join('\n')}\n`
}
