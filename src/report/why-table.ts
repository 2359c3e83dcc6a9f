/** What `why` prints of the lines that it found in a log. */

import { printable } from '../document/printable.ts'
import { causeTitle } from '../findings/cause-codes.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { Side } from '../xen/gates/gate.ts'
import { releases } from '../xen/releases.ts'
import type { FoundLine } from '../xen/why.ts'
import { fold } from './fit.ts'

const MODES: Readonly<Record<Side | 'both', readonly BootModeName[]>> = {
  toolstack: ['pv-domU', 'pvh-domU'],
  hypervisor: ['pv-dom0', 'pvh-dom0'],
  both: ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0'],
}

const KINDS = {
  noise: 'It means nothing: it is logged of kernels that load, too.',
  ending: 'It names no cause.',
} as const

/** The lines as data, for `-o json`. */
export function whyData(found: readonly FoundLine[]) {
  return {
    lines: found.map(({ number, text, known }) => ({
      line: number,
      text,
      pattern: known.pattern,
      side: known.side,
      modes: MODES[known.side],
      since: known.since ?? releases[0]!,
      until: known.until ?? releases.at(-1)!,
      ...(known.kind !== undefined && { kind: known.kind }),
      causes: known.causes.map(code => ({ code, title: causeTitle(code) })),
      next: known.next,
    })),
  }
}

/** The lines for people; a line that comes several times is explained once. */
export function whyTable(found: readonly FoundLine[], width: number): string {
  if (found.length === 0) {
    return 'No line of it is known: as far as the models know, no loader of Xen prints any of them.\n'
  }
  const lines: string[] = []
  const explained = new Set<string>()
  const { lines: data } = whyData(found)
  for (const { line, text, pattern, side, modes, since, until, kind, causes, next } of data) {
    if (explained.has(pattern)) continue
    explained.add(pattern)
    const times = data.filter(other => other.pattern === pattern).length
    const who = side === 'both' ? 'toolstack or hypervisor' : side
    lines.push(`${line}: ${printable(text)}${times > 1 ? ` (${times} times)` : ''}`)
    lines.push(`  ${who}, ${modes.join(', ')}, ${since} to ${until}`)
    if (kind !== undefined) lines.push(`  ${KINDS[kind]}`)
    if (causes.length > 0)
      lines.push(...labelled('causes:', causes.map(({ code }) => code).join(', '), width))
    lines.push(...labelled('next:', next, width), '')
  }
  return lines.join('\n')
}

const LABEL = 10

/** A label, and its text beside it. */
function labelled(label: string, text: string, width: number): string[] {
  return fold(text, width - LABEL).map(
    (line, index) => `${(index === 0 ? `  ${label}` : '').padEnd(LABEL)}${line}`,
  )
}
