/** What was measured, for a terminal. */
import type { Results, Row, Section } from './results.ts'
import { checkTargets } from './targets.ts'
import { digits, megabytes, oneOf } from './units.ts'

function line(row: Row): string {
  const { cpu, wall } = row
  const cells = [
    row.group.padEnd(16),
    row.subject.padEnd(44),
    `${digits(cpu.median)} (${digits(cpu.low)}-${digits(cpu.high)})`.padEnd(28),
    digits(wall.median).padEnd(10),
  ]
  if (row.peak !== undefined) cells.push(`peak ${megabytes(row.peak)}`)
  if (row.read !== undefined && row.size !== undefined)
    cells.push(`read ${((100 * row.read) / row.size).toFixed(1)} %`)
  return cells.join(' ').trimEnd()
}

export function sectionText(section: Section): string {
  const head = `${'what'.padEnd(16)} ${'who'.padEnd(44)} ${`CPU ms ${oneOf(section.item)}`.padEnd(28)} wall ms`
  const missing = section.missing.map(text => `left out: ${text}`)
  return `\n${section.title}: ${section.method}\n${[head, ...section.rows.map(line), ...missing].join('\n')}\n`
}

/** Every target of which the run knows the figures. */
export function targetsText(results: Results): string {
  const lines = checkTargets(results).map(
    ({ what, target, measured, met }) =>
      `${met ? 'met   ' : 'MISSED'} ${what.padEnd(58)} ${measured.padEnd(16)} ${target}`,
  )
  return lines.length > 0 ? `\nTargets\n${lines.join('\n')}\n` : ''
}
