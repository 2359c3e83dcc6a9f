/**
 * The causes behind the findings: each said once, the worst first.
 * @module
 */
import type { CauseCode } from '../xen/verdict.ts'
import type { Cause, Cell, FullVerdict, Kernel } from './model.ts'

/** What an audit has found, before it is summed up. */
export interface Findings {
  kernels: readonly Kernel[]
  hostsOf: (build: number) => readonly string[]
  verdicts: readonly FullVerdict[]
  cells: readonly Cell[]
}

/**
 * The verdict that a reader has to act on: what a change brings, else what is. What stays as it was when something
 * changes is no finding of that change, unless it is broken still.
 */
export const decisive = ({ verdict, after }: Cell): number => after ?? verdict

interface Tally {
  verdicts: Map<number, number>
  kernels: Set<number>
  builds: Set<number>
  hosts: Set<string>
  guests: number
}

/** Sums up refusals and doubts by their cause. */
export function findCauses({ hostsOf, verdicts, cells }: Findings): Cause[] {
  const tallies = new Map<CauseCode, Tally>()
  for (const cell of cells) {
    const index = decisive(cell)
    const { code, verdict } = verdicts[index]!
    if (code === undefined || (verdict !== 'refuses' && verdict !== 'uncertain')) continue
    let tally = tallies.get(code)
    if (tally === undefined) {
      tally = { verdicts: new Map(), kernels: new Set(), builds: new Set(), hosts: new Set(), guests: 0 }
      tallies.set(code, tally)
    }
    tally.verdicts.set(index, (tally.verdicts.get(index) ?? 0) + cell.guests)
    tally.kernels.add(cell.kernel)
    tally.builds.add(cell.build)
    for (const host of hostsOf(cell.build)) tally.hosts.add(host)
    if (cell.change === undefined || cell.change === 'breaks' || cell.change === 'uncertain')
      tally.guests += cell.guests
  }
  const causes = [...tallies].map(([code, tally]) => causeOf(code, tally, verdicts))
  return causes.sort(worseFirst)
}

function causeOf(code: CauseCode, tally: Tally, verdicts: readonly FullVerdict[]): Cause {
  const [index] = [...tally.verdicts].reduce((best, next) => (next[1] > best[1] ? next : best))
  const { verdict, reason, message, remedies } = verdicts[index]!
  return {
    code,
    verdict: verdict === 'refuses' ? 'refuses' : 'uncertain',
    title: titleOf(code),
    reason,
    ...(message !== undefined && { message }),
    remedies,
    kernels: [...tally.kernels].sort((a, b) => a - b),
    builds: [...tally.builds].sort((a, b) => a - b),
    hosts: tally.hosts.size,
    guests: tally.guests,
  }
}

/** `unknown-feature` reads as `Unknown feature`. */
const titleOf = (code: CauseCode) => `${code[0]!.toUpperCase()}${code.slice(1).replaceAll('-', ' ')}`

/** Refusals before doubts, then by the guests, hosts and kernels that they cost. */
function worseFirst(a: Cause, b: Cause): number {
  if (a.verdict !== b.verdict) return a.verdict === 'refuses' ? -1 : 1
  return (
    b.guests - a.guests ||
    b.hosts - a.hosts ||
    b.kernels.length - a.kernels.length ||
    (a.code < b.code ? -1 : 1)
  )
}
