/**
 * In which order to change things so that nothing that runs stops.
 * @module
 */

import type { JudgedBuild } from './builds.ts'
import { isStepBack } from './change.ts'
import { finalVerdict } from './counting-verdict.ts'
import { minimumCover } from './cover.ts'
import type { Build, Cell, FullVerdict, Kernel, PlanStep } from './model.ts'
import { plural } from './plural.ts'

export interface Planned<K extends Kernel = Kernel> {
  kernels: readonly K[]
  builds: readonly Build[]
  cells: readonly Cell[]
  verdicts: readonly FullVerdict[]
}

interface PlannedUpgrade extends Planned {
  builds: readonly (Build & Pick<JudgedBuild, 'version'>)[]
}

export const names = (list: readonly string[], most = 3): string =>
  list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`

export const ascending = (set: Iterable<number>): number[] => [...set].sort((a, b) => a - b)

/** The hosts that cells of a plan stand for. */
export function hostsOf(cells: readonly Cell[], builds: readonly Build[]): string[] {
  const hosts = new Set<string>()
  for (const { build, hosts: some } of cells) {
    const all = builds[build]!.hosts
    for (const host of some === undefined ? all : some.map(index => all[index]!)) hosts.add(host)
  }
  return [...hosts]
}

/** The causes of the verdicts of cells: `unknown-feature, no-pae`. */
export function causesOf(cells: readonly Cell[], verdicts: readonly FullVerdict[]): string {
  const codes = new Set(cells.map(cell => verdicts[finalVerdict(cell)]!.code ?? 'mode-unavailable'))
  return [...codes].sort().join(', ')
}

/** Adds up what a step reaches. */
export function step(
  action: PlanStep['action'],
  { builds, kernels }: { builds: number[]; kernels: number[] },
  hosts: readonly string[],
  cells: readonly Cell[],
  text: string,
  to?: string,
): PlanStep {
  const guests = cells.reduce((sum, cell) => sum + cell.guests, 0)
  return { action, ...(to !== undefined && { to }), builds, kernels, hosts: hosts.length, guests, text }
}

/**
 * The plan of an upgrade. Every pair of a kernel and a build that the upgrade breaks has to be dealt with before, by
 * replacing the kernel or by holding the hosts; the plan takes the fewest of both. What saves most guests comes first.
 */
export function planUpgrade({ kernels, builds, cells, verdicts }: PlannedUpgrade, to: string): PlanStep[] {
  const breaking = cells.filter(cell => cell.change === 'breaks')
  const cover = minimumCover(breaking, build => builds[build]!.hosts.length)
  const replaced = ascending(cover.kernels).map(kernel => {
    const saved = breaking.filter(cell => cell.kernel === kernel)
    const affected = ascending(new Set(saved.map(cell => cell.build)))
    const text = `Replace or cure ${names(kernels[kernel]!.images)} before its hosts are upgraded: Xen ${to} refuses it (${causesOf(saved, verdicts)})`
    return step(
      'replace-kernel',
      { builds: affected, kernels: [kernel] },
      hostsOf(saved, builds),
      saved,
      text,
    )
  })
  const steps = replaced.sort((a, b) => b.guests - a.guests)
  const held = ascending(cover.builds)
  if (held.length > 0) {
    const saved = breaking.filter(cell => cover.builds.has(cell.build) && !cover.kernels.has(cell.kernel))
    const affected = ascending(new Set(saved.map(cell => cell.kernel)))
    const hosts = held.flatMap(build => builds[build]!.hosts)
    const text = `Hold ${names(hosts)} back, or move their guests off first: ${plural(affected.length, 'kernel')} there would not start on Xen ${to}`
    steps.push(step('hold-hosts', { builds: held, kernels: affected }, hosts, saved, text))
  }
  const free = ascending(new Set(cells.map(cell => cell.build))).filter(build => !cover.builds.has(build))
  if (free.length > 0) {
    const gained = cells.filter(cell => cell.change === 'fixed' && free.includes(cell.build))
    const hosts = free.flatMap(build => builds[build]!.hosts)
    const when = steps.length > 0 ? 'Then upgrade' : 'Upgrade'
    const back = free.filter(build => isStepBack(builds[build]!.version, to))
    const text = `${when} ${names(hosts)} to Xen ${to}: ${promise(cells, free)}${newer(back, builds)}`
    steps.push(step('upgrade-hosts', { builds: free, kernels: [] }, hosts, gained, text, to))
  }
  return steps
}

function newer(back: readonly number[], builds: readonly Build[]): string {
  const hosts = back.flatMap(build => builds[build]!.hosts)
  return hosts.length === 0 ? '' : `; to ${names(hosts)}, with a newer Xen, it is a step back`
}

/** What can be said of hosts that nothing holds back: of what is in doubt nothing is promised. */
function promise(cells: readonly Cell[], builds: readonly number[]): string {
  const doubts = cells.filter(({ change, build }) => change === 'uncertain' && builds.includes(build))
  if (doubts.length === 0) return 'nothing that runs there stops'
  const guests = doubts.reduce((sum, cell) => sum + cell.guests, 0)
  return `nothing that is known to run there stops; try the ${guests} in doubt first`
}
