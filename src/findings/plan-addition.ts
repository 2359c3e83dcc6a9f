/**
 * What has to happen before new kernels are placed.
 * @module
 */
import type { AuditJudge, ReleaseSpan } from './audit-judge.ts'
import type { JudgedBuild } from './builds.ts'
import type { JudgedKernel } from './kernels.ts'
import type { Build, Cell, PlanStep } from './model.ts'
import { ascending, causesOf, hostsOf, names, type Planned, step } from './plan.ts'

interface PlannedAddition extends Planned<JudgedKernel> {
  builds: readonly (Build & Pick<JudgedBuild, 'version'>)[]
}

/** Hosts that refuse a new kernel are upgraded to the first release that takes it, or the kernel is cured. */
export function planAddition(planned: PlannedAddition, judge: AuditJudge): PlanStep[] {
  const { kernels, cells } = planned
  const breaking = cells.filter(cell => cell.change === 'breaks')
  return ascending(new Set(breaking.map(cell => cell.kernel))).flatMap(kernel => {
    const refused = breaking.filter(cell => cell.kernel === kernel)
    return stepsFor(planned, kernels[kernel]!, kernel, refused, judge)
  })
}

function stepsFor(
  { builds, verdicts }: PlannedAddition,
  { images, facts }: JudgedKernel,
  kernel: number,
  refused: readonly Cell[],
  judge: AuditJudge,
): PlanStep[] {
  const name = names(images)
  const hosts = hostsOf(refused, builds)
  const reach = (cells: readonly Cell[]) => ({
    builds: ascending(new Set(cells.map(cell => cell.build))),
    kernels: [kernel],
  })
  const cure = `Cure ${name} before it is placed on ${names(hosts)} (${causesOf(refused, verdicts)})`
  const steps = [step('replace-kernel', reach(refused), hosts, refused, cure)]
  const upgrades = new Map<string, Cell[]>()
  for (const cell of refused) {
    const span = judge.cure(facts, builds[cell.build]!.version, cell.mode)
    const to = span === undefined ? '' : JSON.stringify(span)
    upgrades.set(to, [...(upgrades.get(to) ?? []), cell])
  }
  for (const [to, cells] of upgrades) {
    // No later release takes it there: the cure is all there is.
    if (to === '') continue
    const span = JSON.parse(to) as ReleaseSpan
    const there = hostsOf(cells, builds)
    const modes = [...new Set(cells.map(({ mode }) => mode))].join(', ')
    const text = `Or upgrade ${names(there)} to Xen ${reachOf(span)} before ${name} is placed there as ${modes}`
    steps.push(step('upgrade-hosts', reach(cells), there, cells, text, span.since))
  }
  return steps
}

const reachOf = ({ since, until }: ReleaseSpan) =>
  until === undefined ? `${since} or later` : until === since ? since : `${since} to ${until}`
