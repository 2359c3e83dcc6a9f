/**
 * How many guests meet which answer: today, after the change, and what becomes of them.
 * @module
 */
import type { Audit, Cell } from '../../findings/model.ts'
import type { Shares } from './bar.ts'
import { compareLabels, seriesInLabel } from './series.ts'

export interface Tally {
  today: Shares
  /** Only where the audit asks for a change. */
  after?: Shares
}

function tally({ verdicts }: Audit, cells: readonly Cell[]): Tally {
  const today: Shares = {}
  const after: Shares = {}
  let changes = false
  for (const cell of cells) {
    const word = verdicts[cell.verdict]!.verdict
    today[word] = (today[word] ?? 0) + cell.guests
    if (cell.after === undefined) continue
    changes = true
    const then = verdicts[cell.after]!.verdict
    after[then] = (after[then] ?? 0) + cell.guests
  }
  return changes ? { today, after } : { today }
}

/** Where kernels are to be added, only they are asked about. */
const asked = ({ kind, cells }: Audit) =>
  kind === 'add' ? cells.filter(({ change }) => change !== undefined) : cells

export const tallyAll = (audit: Audit): Tally => tally(audit, asked(audit))

export interface SeriesTally extends Tally {
  series: string
  builds: number[]
  hosts: number
}

/** Oldest series first. */
export function tallySeries(audit: Audit): SeriesTally[] {
  const series = audit.builds.map(({ label }) => seriesInLabel(label))
  const cells = new Map<string, Cell[]>(series.map(name => [name, []]))
  for (const cell of asked(audit)) cells.get(series[cell.build]!)!.push(cell)
  return [...cells]
    .sort(([a], [b]) => compareLabels(a, b))
    .map(([name, own]) => {
      const builds = audit.builds.flatMap((_, index) => (series[index] === name ? [index] : []))
      const hosts = builds.reduce((sum, build) => sum + audit.builds[build]!.hosts.length, 0)
      return { series: name, builds, hosts, ...tally(audit, own) }
    })
}
