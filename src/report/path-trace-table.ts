/**
 * The walk of a guest's loader over one kernel, for people.
 * @module
 */
import type { PathTrace } from '../xen/boot-path/trace.ts'
import { VERDICT_STYLE, verdictText } from './style.ts'
import type { TextSetter } from './text-setter.ts'

/** Stage by stage: what was looked at, what the loader does with it, and where it stops. */
export function pathTraceTable(image: string, trace: PathTrace, setter: TextSetter, brief = false): string {
  const { arch, boot, message, reason, steps, verdict, version } = trace
  const named = boot.includes('@') ? boot : `${boot}@${version}`
  const head = `${image} by ${named}${arch === undefined ? '' : ` (${arch})`}`
  const lines = setter.heading(head)
  let stage = ''
  for (const { stage: at, what, offset, value, does, gates = [] } of brief ? [] : steps) {
    if (at !== stage) lines.push('', setter.paint('bold', at))
    stage = at
    const where = offset === undefined ? '' : ` at ${offset}`
    lines.push(...setter.lines(`${what}${where}${value === undefined ? '' : `: ${value}`}`, 2))
    lines.push(...setter.lines(`-> ${does}`, 4), ...gates.flatMap(gate => setter.lines(`gate ${gate}`, 6)))
  }
  lines.push('', setter.paint(VERDICT_STYLE[verdict], verdictText(trace)))
  lines.push(...setter.lines(reason, 2))
  if (message !== undefined) lines.push(...setter.lines(`log: ${message}`, 2))
  return `${lines.join('\n')}\n`
}
