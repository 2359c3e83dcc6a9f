/**
 * The audit: every kernel on every build where it may run, summed up.
 * @module
 */
import { targetVersion } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { leftOut } from '../inventory/problem.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import type { HostOptions } from '../xen/host-options.ts'
import { releases } from '../xen/releases.ts'
import { supportRemark } from '../xen/vendors/products.ts'
import { parseXenVersion, versionLabel } from '../xen/version-string.ts'
import type { AuditJudge } from './audit-judge.ts'
import { pathChanges } from './boot-path-changes.ts'
import { groupBuilds, type JudgedBuild } from './builds.ts'
import { findCauses } from './causes.ts'
import { changeOf, changeOfNew, isBelow, isStepBack } from './change.ts'
import { CureCounts, ordered } from './common-remedies.ts'
import { finalVerdict } from './counting-verdict.ts'
import { inDoubt } from './guest-causes.ts'
import { guestRows } from './guest-rows.ts'
import { type GuestsInput, placeGuests } from './guests.ts'
import { ImageIndex } from './image-index.ts'
import { placementFaults } from './inventory-faults.ts'
import { type CatalogueImage, groupKernels, type JudgedKernel } from './kernels.ts'
import {
  AUDIT_VERSION,
  type Audit,
  type Build,
  type Cell,
  type Counts,
  type FullVerdict,
  type Kernel,
  type LaterRefusal,
} from './model.ts'
import { mergePlaced, type Placed, placeKernels } from './placement.ts'
import { planUpgrade } from './plan.ts'
import { planAddition } from './plan-addition.ts'
import { planAudit } from './plan-audit.ts'
import { gradePools } from './pools.ts'
import { Questions } from './questions.ts'
import { remember } from './remember.ts'
import { VerdictTable } from './verdict-table.ts'

export interface AuditInput {
  images: Iterable<CatalogueImage>
  inventory: Inventory
  /** The files that the inventory came from. */
  files: readonly string[]
  modes: readonly BootModeName[]
  judge: AuditJudge
  tool: string
  created: string
  /** What the report is to be called. */
  title?: string
  /** When the oldest and the newest of `files` were last written, ISO 8601. */
  written?: { oldest: string; newest: string }
  /** The disks from which guests of the inventory boot; without it none of them is known. */
  disk?: GuestsInput['disk']
  /** What is known of builds of which the inventory says nothing. */
  build?: BuildFacts
  /** The version to upgrade to, and which hosts. */
  upgrade?: {
    to: string
    hosts: (name: string) => boolean
    /** Moves the hosts too that run this release or a newer one already. */
    allowDowngrade?: boolean
  }
}

/** Judges a catalogue on a fleet: as it is, after an upgrade, or with the images that are marked as added. */
export const audit = ({ upgrade, ...input }: AuditInput): Audit => prepareAudit(input)(upgrade)

/** Takes in a catalogue and a fleet, which may be large, for several upgrades: what is returned judges one of them. */
export function prepareAudit(input: Omit<AuditInput, 'upgrade'>): (upgrade?: AuditInput['upgrade']) => Audit {
  const kernels = groupKernels(input.images)
  const prepared: Prepared = {
    kernels,
    images: new ImageIndex(kernels),
    questions: new Questions(input.judge, kernels),
    places: new WeakMap(),
  }
  return upgrade => auditOf(input, prepared, upgrade)
}

/** Where the names of a list are among those of its build or kernel: cells share lists. */
type Places = WeakMap<readonly string[], number[]>

/** What all upgrades of a fleet have in common. */
interface Prepared {
  kernels: readonly JudgedKernel[]
  images: ImageIndex
  questions: Questions
  places: Places
}

function auditOf(
  input: Omit<AuditInput, 'upgrade'>,
  { kernels, images, questions, places }: Prepared,
  upgrade: AuditInput['upgrade'],
): Audit {
  const { inventory, modes, judge } = input
  const known: HostOptions = input.build === undefined ? {} : { build: input.build }
  const meant =
    upgrade === undefined ? inventory.hosts : inventory.hosts.filter(host => upgrade.hosts(host.name))
  const hosts =
    upgrade === undefined || upgrade.allowDowngrade === true
      ? meant
      : meant.filter(host => isBelow(targetVersion(host), upgrade.to))
  const leftAlone = meant.length - hosts.length
  const builds = groupBuilds(hosts, input.build)
  const table = new VerdictTable()
  const added = kernels.some(kernel => kernel.added)
  const hasGuests = inventory.guests.length > 0
  const guests = placeGuests(
    {
      guests: inventory.guests,
      passedOver: inventory.passedOver,
      disk: input.disk ?? (() => undefined),
    },
    kernels,
    builds,
    upgrade?.to,
  )
  const placements = mergePlaced(
    placeKernels(kernels, builds, inventory.placements, modes, images, saysMore(inventory)),
    guests.placed,
  )
  const kernelCells = placements.map((placed): Cell => {
    const { kernel, build, mode, guests, paths, names, diskUnknown = true } = placed
    const { added: isNew } = kernels[kernel]!
    const { version, options } = builds[build]!
    const ask = (version: string, options: HostOptions) =>
      questions.ask(kernel, { version, options, mode, paths, diskUnknown })
    const before = ask(version, options)
    const members = membersOf(placed, kernels[kernel]!, builds[build]!, places)
    const cell: Cell = {
      ...{ kernel, build, mode, guests, ...members },
      ...(names !== undefined && { names: [...names] }),
      ...(paths.length > 0 && { paths: [...paths] }),
      verdict: table.index(before),
    }
    if (upgrade !== undefined) {
      // Capabilities, build options and back-ports were those of the hypervisor that goes.
      const asked = ask(upgrade.to, known)
      const changes = diskUnknown ? pathChanges(paths, version, upgrade.to) : []
      const after = inDoubt(asked, changes)
      return { ...cell, after: table.index(after), change: changeOf(before.verdict, after.verdict) }
    }
    return isNew ? { ...cell, change: changeOfNew(before.verdict) } : cell
  })
  const { rows, cells: guestCells } = guestRows(guests.single, {
    ...{ builds, questions, table, known, first: kernels.length },
    ...(upgrade !== undefined && { to: upgrade.to }),
  })
  const cells = [...kernelCells, ...guestCells.map(({ cell }) => cell)]
  const placed = [...placements, ...guestCells]
  if (upgrade !== undefined) questions.forget(upgrade.to, known)
  const laterRefusals =
    upgrade === undefined ? findLaterRefusals(kernels, builds, kernelCells, table, judge, known) : []
  const cures = new CureCounts(cells, table.values)
  const verdicts = table.values.map(verdict => ordered(verdict, cures))
  const problems = [
    ...inventory.problems,
    ...placementFaults(inventory.placements, kernels, images),
    ...guests.problems,
  ]
  const left = leftOut(problems)
  const findings = {
    kernels: [...kernels.map(withoutFacts), ...rows],
    builds,
    cells,
    verdicts,
    hostsOf: (cell: number) => placed[cell]!.hosts,
    changes: upgrade !== undefined || added,
  }
  const graded = gradePools({ ...findings, builds })
  return {
    version: AUDIT_VERSION,
    tool: input.tool,
    ...(input.title !== undefined && { title: input.title }),
    knowledge: releases.at(-1)!,
    created: input.created,
    kind: upgrade !== undefined ? 'upgrade' : added ? 'add' : 'audit',
    ...(upgrade !== undefined && { to: nameOf(upgrade.to) }),
    ...(leftAlone > 0 && { leftAlone }),
    modes: modesAsked(modes, cells, hasGuests),
    kernels: findings.kernels,
    builds: builds.map((build, index) => withRemarks(build, placedOn(placed, index), upgrade?.to)),
    verdicts,
    cells,
    causes: findCauses({ ...findings, cures }),
    counts: countCells(cells, verdicts),
    acceptedNowhere: acceptedNowhere(findings.kernels, cells, verdicts),
    outdatedBuilds: findOutdatedBuilds(builds, cells, verdicts),
    laterRefusals,
    plan:
      upgrade !== undefined
        ? planUpgrade(findings, nameOf(upgrade.to))
        : added
          ? planAddition({ ...findings, kernels, cells: kernelCells }, judge)
          : planAudit({ ...findings, judged: kernels, builds, files: input.files }, judge),
    ...(graded.length > 0 && { pools: graded }),
    ignored: [],
    expired: [],
    inventory: {
      files: [...input.files],
      ...(input.written !== undefined && { written: input.written }),
      hosts: hosts.length,
      placements: inventory.placements.length,
      leftOut: left.hosts,
      reasons: left.reasons as Record<string, number>,
      problems,
      ...(hasGuests && { guests: guests.tally }),
    },
  }
}

/** Whether the inventory has, or had before something was left out, more than hosts: not every kernel runs everywhere then. */
const saysMore = ({ readings }: Inventory): boolean =>
  readings.some(
    ({ guests, lacksGuests, lacksPlacements }) => guests.length > 0 || lacksGuests || lacksPlacements,
  )

/** The modes that were asked for and those of guests and placements; of guests alone, those that they have. */
function modesAsked(
  modes: readonly BootModeName[],
  cells: readonly Cell[],
  hasGuests: boolean,
): BootModeName[] {
  const used = new Set(cells.map(({ mode }) => mode))
  const asked = hasGuests && used.size > 0 ? [] : modes
  return [...asked, ...bootModes.filter(mode => used.has(mode) && !asked.includes(mode))]
}

/** What remarks on builds need of what is placed there. */
type OnBuild = Pick<Placed, 'build' | 'mode' | 'hosts'>

/** A release as reports name it: `4.17.4`, `4.13.0 (Citrix Hypervisor 8.1.0)`. */
const nameOf = (version: string): string => versionLabel(parseXenVersion(version))

/** What is placed on a build. */
const placedOn = (placements: readonly OnBuild[], build: number) =>
  placements.filter(placed => placed.build === build)

function withRemarks(
  { label, hosts, pools, remarks, version }: JudgedBuild,
  placed: readonly OnBuild[],
  to?: string,
): Build {
  if (to === undefined) return { label, hosts, pools, remarks }
  const product = parseXenVersion(to).vendor?.product
  const modes = new Set(placed.map(({ mode }) => mode))
  const stepBack = `Xen ${version} is newer than Xen ${nameOf(to)}: for these hosts it would be a step back`
  const more = [
    ...[...modes].flatMap(mode => (product && supportRemark(product, mode)) ?? []),
    ...(isStepBack(version, to) ? [stepBack] : []),
  ]
  return { label, hosts, pools, remarks: [...remarks, ...more] }
}

/** Which hosts and images a cell is made of, where it is not all of them. */
function membersOf(
  { hosts, images }: Placed,
  kernel: JudgedKernel,
  build: JudgedBuild,
  places: Places,
): Pick<Cell, 'hosts' | 'images'> {
  return {
    ...(hosts.length < build.hosts.length && {
      hosts: remember(places, hosts, () => indexesOf(hosts, build.hosts)),
    }),
    ...(images.length < kernel.images.length && {
      images: remember(places, images, () => indexesOf(images, kernel.images)),
    }),
  }
}

/** Where the names are in the list of all; mostly they are in its order. */
function indexesOf(some: readonly string[], all: readonly string[]): number[] {
  const indexes: number[] = []
  for (let index = 0; indexes.length < some.length && index < all.length; index++) {
    if (all[index] === some[indexes.length]) indexes.push(index)
  }
  if (indexes.length === some.length) return indexes
  const wanted = new Set(some)
  return all.flatMap((name, index) => (wanted.has(name) ? [index] : []))
}

function withoutFacts({ facts: _, digests: __, ...kernel }: JudgedKernel): Kernel {
  return kernel
}

function countCells(cells: readonly Cell[], verdicts: readonly FullVerdict[]): Counts {
  const counts: Counts = { accepts: 0, refuses: 0, uncertain: 0, unavailable: 0 }
  for (const cell of cells) {
    const { change, guests } = cell
    const word = verdicts[finalVerdict(cell)]!.verdict
    counts[word] = (counts[word] ?? 0) + guests
    if (change === undefined) continue
    counts.changes ??= { breaks: 0, fixed: 0, 'still-broken': 0, 'still-fine': 0, uncertain: 0 }
    counts.changes[change] += guests
  }
  return counts
}

/** Kernels that were asked somewhere, and that no build takes. */
function acceptedNowhere(
  kernels: readonly Kernel[],
  cells: readonly Cell[],
  verdicts: readonly FullVerdict[],
): number[] {
  const asked = new Set(cells.map(cell => cell.kernel))
  for (const cell of cells) {
    const word = verdicts[finalVerdict(cell)]!.verdict
    if (word === 'accepts' || word === 'uncertain') asked.delete(cell.kernel)
  }
  return kernels.map((_, index) => index).filter(index => asked.has(index))
}

/**
 * A kernel is contested in a boot mode when some build takes it so and another refuses it. A build that was asked for
 * some of these and takes none is outdated.
 */
function findOutdatedBuilds(
  builds: readonly JudgedBuild[],
  cells: readonly Cell[],
  verdicts: readonly FullVerdict[],
): number[] {
  const takers = new Map<string, Set<number>>()
  const refusers = new Map<string, Set<number>>()
  for (const cell of cells) {
    const { kernel, build, mode } = cell
    const { verdict: word } = verdicts[finalVerdict(cell)]!
    if (word !== 'accepts' && word !== 'refuses') continue
    const map = word === 'accepts' ? takers : refusers
    const key = `${kernel} ${mode}`
    map.set(key, (map.get(key) ?? new Set()).add(build))
  }
  const lost = new Set<number>()
  const won = new Set<number>()
  for (const [key, refusing] of refusers) {
    const taking = takers.get(key)
    if (taking === undefined) continue
    for (const build of refusing) lost.add(build)
    for (const build of taking) won.add(build)
  }
  return builds.map((_, index) => index).filter(build => lost.has(build) && !won.has(build))
}

/** What runs today and stops at an upgrade that is yet to come. */
function findLaterRefusals(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  cells: readonly Cell[],
  table: VerdictTable,
  judge: AuditJudge,
  known: HostOptions,
): LaterRefusal[] {
  const laterRefusals: LaterRefusal[] = []
  for (const { kernel, build, mode, verdict } of cells) {
    if (table.values[verdict]!.verdict !== 'accepts') continue
    const { facts } = kernels[kernel]!
    const release = judge.laterRefusal(facts, builds[build]!.version, mode)
    if (release === undefined) continue
    laterRefusals.push({
      kernel,
      build,
      mode,
      release,
      verdict: table.index(judge.verdict(facts, release, known, mode)),
    })
  }
  return laterRefusals
}
