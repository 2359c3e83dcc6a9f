/** What was measured, for a terminal. */
import type { Results, Row, Section } from './results.ts'
import { checkTargets } from './targets.ts'

const number = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toFixed(4)
const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`

function line(row: Row): string {
  const { cpu, wall } = row
  const cells = [
    row.group.padEnd(16),
    row.subject.padEnd(44),
    `${number(cpu.median)} (${number(cpu.low)}-${number(cpu.high)})`.padEnd(28),
    number(wall.median).padEnd(10),
  ]
  if (row.peak !== undefined) cells.push(`peak ${mebibytes(row.peak)}`)
  if (row.read !== undefined && row.size !== undefined)
    cells.push(`read ${((100 * row.read) / row.size).toFixed(1)} %`)
  return cells.join(' ').trimEnd()
}

export function sectionText(section: Section): string {
  const head = `${'what'.padEnd(16)} ${'who'.padEnd(44)} ${`CPU ms an ${section.item}`.padEnd(28)} wall ms`
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
