/**
 * In which order to change things so that nothing that runs stops.
 * @module
 */
import { plural } from '../report/text.ts'
import { minimumCover } from './cover.ts'
import type { Build, Cell, Kernel, PlanStep } from './model.ts'

interface Planned {
  kernels: readonly Kernel[]
  builds: readonly Build[]
  cells: readonly Cell[]
}

const names = (list: readonly string[], most = 3) =>
  list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`

const ascending = (set: Iterable<number>) => [...set].sort((a, b) => a - b)

/**
 * The plan of an upgrade. Every pair of a kernel and a build that the upgrade breaks has to be dealt with before, by
 * replacing the kernel or by holding the hosts; the plan takes the fewest of both.
 */
export function planUpgrade({ kernels, builds, cells }: Planned, to: string): PlanStep[] {
  const breaking = cells.filter(cell => cell.change === 'breaks')
  const hostsOf = (build: number) => builds[build]!.hosts.length
  const cover = minimumCover(breaking, hostsOf)
  const steps: PlanStep[] = []
  for (const kernel of ascending(cover.kernels)) {
    const saved = breaking.filter(cell => cell.kernel === kernel)
    const affected = ascending(new Set(saved.map(cell => cell.build)))
    steps.push(
      step(
        'replace-kernel',
        affected,
        [kernel],
        saved,
        hostsOf,
        `Replace or cure ${names(kernels[kernel]!.images)} before its hosts are upgraded: Xen ${to} refuses it`,
      ),
    )
  }
  const held = ascending(cover.builds)
  if (held.length > 0) {
    const saved = breaking.filter(cell => cover.builds.has(cell.build) && !cover.kernels.has(cell.kernel))
    const affected = ascending(new Set(saved.map(cell => cell.kernel)))
    const hosts = held.flatMap(build => builds[build]!.hosts)
    steps.push(
      step(
        'hold-hosts',
        held,
        affected,
        saved,
        hostsOf,
        `Hold ${names(hosts)} back, or move their guests off first: ${plural(affected.length, 'kernel')} there would not start on Xen ${to}`,
      ),
    )
  }
  const free = ascending(new Set(cells.map(cell => cell.build))).filter(build => !cover.builds.has(build))
  if (free.length > 0) {
    const gained = cells.filter(cell => cell.change === 'fixed' && free.includes(cell.build))
    const hosts = free.flatMap(build => builds[build]!.hosts)
    const when = steps.length > 0 ? 'Then upgrade' : 'Upgrade'
    steps.push(
      step(
        'upgrade-hosts',
        free,
        [],
        gained,
        hostsOf,
        `${when} ${names(hosts)} to Xen ${to}: nothing that runs there stops`,
      ),
    )
  }
  return steps
}

/** The plan for new kernels: hosts that refuse one are upgraded first, or the kernel is cured; the fewest of both. */
export function planAddition({ kernels, builds, cells }: Planned): PlanStep[] {
  const breaking = cells.filter(cell => cell.change === 'breaks')
  const hostsOf = (build: number) => builds[build]!.hosts.length
  const steps: PlanStep[] = []
  for (const kernel of ascending(new Set(breaking.map(cell => cell.kernel)))) {
    const saved = breaking.filter(cell => cell.kernel === kernel)
    const refusing = ascending(new Set(saved.map(cell => cell.build)))
    const hosts = refusing.flatMap(build => builds[build]!.hosts)
    const name = names(kernels[kernel]!.images)
    steps.push(
      step(
        'replace-kernel',
        refusing,
        [kernel],
        saved,
        hostsOf,
        `Cure ${name} before it is placed on ${names(hosts)}`,
      ),
      step(
        'upgrade-hosts',
        refusing,
        [kernel],
        saved,
        hostsOf,
        `Or upgrade ${names(hosts)} before ${name} is placed there`,
      ),
    )
  }
  return steps
}

function step(
  action: PlanStep['action'],
  builds: number[],
  kernels: number[],
  cells: readonly Cell[],
  hostsOf: (build: number) => number,
  text: string,
): PlanStep {
  const hosts = builds.reduce((sum, build) => sum + hostsOf(build), 0)
  const guests = cells.reduce((sum, cell) => sum + cell.guests, 0)
  return { action, builds, kernels, hosts, guests, text }
}
