/**
 * The audit: every kernel on every build where it may run, summed up.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { leftOut } from '../inventory/problem.ts'
import type { HostOptions } from '../xen/host-options.ts'
import type { BootMode } from '../xen/verdict.ts'
import { groupBuilds, type JudgedBuild } from './builds.ts'
import { findCauses } from './causes.ts'
import { changeOf, changeOfNew } from './change.ts'
import { type CatalogueImage, groupKernels, type JudgedKernel } from './kernels.ts'
import {
  AUDIT_VERSION,
  type Audit,
  type Cell,
  type Counts,
  type FullVerdict,
  type Kernel,
  type UpgradeTrap,
} from './model.ts'
import { placeKernels } from './placement.ts'
import { planAddition, planUpgrade } from './plan.ts'
import { VerdictTable } from './verdict-table.ts'

/** What answers for a hypervisor; the loader models, or a stand-in. */
export interface Judge {
  verdict(facts: Facts, version: string, options: HostOptions, mode: BootMode): FullVerdict
  /** The first release behind `version` that refuses the image, where `version` itself takes it. */
  trap(facts: Facts, version: string, mode: BootMode): string | undefined
}

export interface AuditInput {
  images: Iterable<CatalogueImage>
  inventory: Inventory
  /** The files that the inventory came from. */
  files: readonly string[]
  modes: readonly BootMode[]
  judge: Judge
  tool: string
  created: string
  /** The version to upgrade to, and which hosts. */
  upgrade?: { to: string; hosts: (name: string) => boolean }
}

/** Judges a catalogue on a fleet: as it is, after an upgrade, or with the images that are marked as added. */
export function audit(input: AuditInput): Audit {
  const { inventory, modes, judge, upgrade } = input
  const kernels = groupKernels(input.images)
  const hosts =
    upgrade === undefined ? inventory.hosts : inventory.hosts.filter(host => upgrade.hosts(host.name))
  const builds = groupBuilds(hosts)
  const table = new VerdictTable()
  const added = kernels.some(kernel => kernel.added)
  const cells = placeKernels(kernels, builds, inventory.placements, modes).map((placed): Cell => {
    const { facts, added: isNew } = kernels[placed.kernel]!
    const { version, options } = builds[placed.build]!
    const before = judge.verdict(facts, version, options, placed.mode)
    const cell: Cell = { ...placed, verdict: table.add(before) }
    if (upgrade !== undefined) {
      // Capabilities, build options and back-ports were those of the hypervisor that goes.
      const after = judge.verdict(facts, upgrade.to, {}, placed.mode)
      return { ...cell, after: table.add(after), change: changeOf(before.verdict, after.verdict) }
    }
    return isNew ? { ...cell, change: changeOfNew(before.verdict) } : cell
  })
  const { verdicts } = table
  const problems = leftOut(inventory.problems)
  const findings = { kernels, builds, cells, verdicts }
  return {
    version: AUDIT_VERSION,
    tool: input.tool,
    created: input.created,
    kind: upgrade !== undefined ? 'upgrade' : added ? 'add' : 'audit',
    ...(upgrade !== undefined && { to: upgrade.to }),
    modes: [...modes],
    kernels: kernels.map(withoutFacts),
    builds: builds.map(({ label, hosts, pools, remarks }) => ({ label, hosts, pools, remarks })),
    verdicts,
    cells,
    causes: findCauses({ ...findings, hostsOf: build => builds[build]!.hosts }),
    counts: countCells(cells, verdicts),
    neverSafe: neverSafe(kernels, cells, verdicts),
    stuck: stuckBuilds(builds, cells, verdicts),
    traps: upgrade === undefined ? findTraps(kernels, builds, cells, table, judge) : [],
    plan: upgrade !== undefined ? planUpgrade(findings, upgrade.to) : added ? planAddition(findings) : [],
    ignored: [],
    expired: [],
    inventory: {
      files: [...input.files],
      hosts: hosts.length,
      leftOut: problems.hosts,
      reasons: problems.reasons as Record<string, number>,
      problems: inventory.problems,
    },
  }
}

function withoutFacts({ facts: _, digests: __, ...kernel }: JudgedKernel): Kernel {
  return kernel
}

function countCells(cells: readonly Cell[], verdicts: readonly FullVerdict[]): Counts {
  const counts: Counts = { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 }
  for (const { verdict, after, change, guests } of cells) {
    counts[verdicts[after ?? verdict]!.verdict] += guests
    if (change === undefined) continue
    counts.changes ??= { breaks: 0, fixed: 0, 'still-broken': 0, 'still-fine': 0, uncertain: 0 }
    counts.changes[change] += guests
  }
  return counts
}

/** Kernels that were asked somewhere, and that no build takes. */
function neverSafe(
  kernels: readonly Kernel[],
  cells: readonly Cell[],
  verdicts: readonly FullVerdict[],
): number[] {
  const asked = new Set(cells.map(cell => cell.kernel))
  for (const { kernel, verdict, after } of cells) {
    const word = verdicts[after ?? verdict]!.verdict
    if (word === 'accepts' || word === 'uncertain') asked.delete(kernel)
  }
  return kernels.map((_, index) => index).filter(index => asked.has(index))
}

/** A kernel is contested when some build takes it and another does not; a build that takes none of these is stuck. */
function stuckBuilds(
  builds: readonly JudgedBuild[],
  cells: readonly Cell[],
  verdicts: readonly FullVerdict[],
): number[] {
  const takers = new Map<number, Set<number>>()
  const refusers = new Map<number, Set<number>>()
  for (const { kernel, build, verdict, after } of cells) {
    const map = verdicts[after ?? verdict]!.verdict === 'accepts' ? takers : refusers
    map.set(kernel, (map.get(kernel) ?? new Set()).add(build))
  }
  const contested = [...takers.keys()].filter(kernel => {
    const taken = takers.get(kernel)!
    return [...(refusers.get(kernel) ?? [])].some(build => !taken.has(build))
  })
  return builds
    .map((_, index) => index)
    .filter(build => {
      const asked = contested.filter(
        kernel => takers.get(kernel)!.has(build) || refusers.get(kernel)?.has(build),
      )
      return asked.length > 0 && asked.every(kernel => !takers.get(kernel)!.has(build))
    })
}

/** What runs today and stops at an upgrade that is yet to come. */
function findTraps(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  cells: readonly Cell[],
  table: VerdictTable,
  judge: Judge,
): UpgradeTrap[] {
  const traps: UpgradeTrap[] = []
  for (const { kernel, build, mode, verdict } of cells) {
    if (table.verdicts[verdict]!.verdict !== 'accepts') continue
    const { facts } = kernels[kernel]!
    const release = judge.trap(facts, builds[build]!.version, mode)
    if (release === undefined) continue
    traps.push({ kernel, build, mode, release, verdict: table.add(judge.verdict(facts, release, {}, mode)) })
  }
  return traps
}
