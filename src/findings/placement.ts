/**
 * Which kernels run on which builds, and how many guests that makes.
 * @module
 */
import type { BootPathText, Host, Placement } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { readCommandLine } from '../xen/command-line.ts'
import type { JudgedBuild } from './builds.ts'
import type { ImageIndex } from './image-index.ts'
import { byList, inOrder as numbersInOrder, NameIndex } from './name-index.ts'
import type { JudgedKernel } from './kernels.ts'

/** The guests of one kernel on one build in one mode. */
export interface Placed {
  kernel: number
  build: number
  mode: BootModeName
  guests: number
  /** The hosts of the build, and the images of the kernel, that these guests are made of. */
  hosts: readonly string[]
  images: readonly string[]
  /** How they boot, where an inventory says so; more than one where they differ. */
  paths: readonly BootPathText[]
  /** Names of the guests, where the inventory has guests. */
  names?: readonly string[]
  /** False where the disks of all guests were walked: then it is known that they boot this kernel. */
  diskUnknown?: boolean
}

/**
 * Without placements every image may run on every host, in each of `modes` that the host runs. With placements
 * only what they name is asked, and where the inventory says more (guests, or placements that were left out), only that;
 * kernels that are to be added may come everywhere all the same.
 */
export function placeKernels(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootModeName[],
  images: ImageIndex,
  saysMore = false,
): Placed[] {
  const free = (kernel: JudgedKernel) => (placements.length === 0 && !saysMore) || kernel.added === true
  const everywhere = kernels.some(free) ? builds.map(build => runners(build, modes)) : []
  const placed = kernels.map((kernel, index) =>
    free(kernel) ? everywhere.flatMap((hosts, build) => placeAll(kernel, index, build, hosts)) : [],
  )
  for (const [kernel, cells] of gatherPlacements(kernels, builds, placements, modes, images)) {
    if (placed[kernel]!.length === 0) placed[kernel] = cells
  }
  return placed.flat()
}

/** Both lists as one, ordered as each: what is placed twice is one cell. */
export function mergePlaced(first: readonly Placed[], second: readonly Placed[]): Placed[] {
  if (first.length === 0 || second.length === 0) return [...first, ...second]
  const merged = new Map<string, Placed>()
  for (const placed of [...first, ...second]) {
    const key = `${placed.kernel} ${placed.build} ${placed.mode}`
    const known = merged.get(key)
    merged.set(key, known === undefined ? placed : both(known, placed))
  }
  return [...merged.values()].sort(
    (a, b) =>
      a.kernel - b.kernel || a.build - b.build || bootModes.indexOf(a.mode) - bootModes.indexOf(b.mode),
  )
}

const both = (a: Placed, b: Placed): Placed => ({
  ...a,
  guests: a.guests + b.guests,
  hosts: [...new Set([...a.hosts, ...b.hosts])],
  images: [...new Set([...a.images, ...b.images])],
  paths: [...new Set([...a.paths, ...b.paths])].sort(),
  names: [...(a.names ?? []), ...(b.names ?? [])],
  diskUnknown: a.diskUnknown !== false || b.diskUnknown !== false,
})

/** The hosts of a build that run each mode. */
const runners = ({ members }: JudgedBuild, modes: readonly BootModeName[]) =>
  modes.map(mode => ({
    mode,
    hosts: members.filter(host => modesOf(host).includes(mode)).map(({ name }) => name),
  }))

function placeAll(
  { images }: JudgedKernel,
  kernel: number,
  build: number,
  runners: readonly { mode: BootModeName; hosts: readonly string[] }[],
): Placed[] {
  return runners
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ mode, hosts }) => ({
      kernel,
      build,
      mode,
      guests: hosts.length * images.length,
      hosts,
      images,
      paths: [],
    }))
}

/** Images of a kernel on hosts of a build, by their indexes, that a placement names. */
interface Area {
  hosts: readonly number[]
  images: readonly number[]
  boot: BootPathText | undefined
}

/** A cell while placements are gathered. */
interface Gathered {
  build: number
  mode: BootModeName
  areas: Area[]
}

/** What placements name, by kernel: each pair of a host and an image once. */
function gatherPlacements(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootModeName[],
  images: ImageIndex,
): Map<number, Placed[]> {
  const hosts = new HostIndex(builds)
  const cells = new Map<number, Map<string, Gathered>>()
  for (const { placement, boot } of unlike(placements)) {
    const runs = images.find(placement.images)
    if (runs.size === 0) continue
    for (const [build, placedOn] of hosts.find(placement)) {
      for (const [kernel, placedImages] of runs) {
        const known = cells.get(kernel) ?? new Map<string, Gathered>()
        cells.set(kernel, known)
        for (const mode of placement.mode === undefined ? modes : [placement.mode]) {
          const key = `${build} ${mode}`
          const cell = known.get(key)
          const area = { hosts: placedOn, images: placedImages, boot }
          if (cell === undefined) known.set(key, { build, mode, areas: [area] })
          else cell.areas.push(area)
        }
      }
    }
  }
  const placed = ([kernel, known]: [number, Map<string, Gathered>]) =>
    [kernel, inOrder([...known.values()].map(cell => toPlaced(cell, kernel, kernels, builds)))] as const
  return new Map([...cells].map(placed))
}

/** Placements that say the same are one. */
function* unlike(
  placements: readonly Placement[],
): Generator<{ placement: Placement; boot: BootPathText | undefined }> {
  const seen = new Set<string>()
  for (const placement of placements) {
    const { hosts, pools, images, mode, boot } = placement
    const key = JSON.stringify([hosts, pools, images, mode, boot])
    if (seen.has(key)) continue
    seen.add(key)
    yield { placement, boot }
  }
}

/** The hosts that placements name, by build and their indexes among its members. */
class HostIndex {
  /** The number of each build's first host among all hosts. */
  readonly #starts: number[] = []
  readonly #names = new NameIndex()
  readonly #pools = new NameIndex()
  readonly #found = new Map<string, ReadonlyMap<number, readonly number[]>>()

  constructor(builds: readonly JudgedBuild[]) {
    let number = 0
    for (const { members } of builds) {
      this.#starts.push(number)
      for (const { name, pools = [] } of members) {
        this.#names.add(name, number)
        for (const pool of pools) this.#pools.add(pool, number)
        number++
      }
    }
  }

  find({ hosts, pools }: Placement): ReadonlyMap<number, readonly number[]> {
    const key = JSON.stringify([hosts, pools])
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const numbers = [
      ...hosts.flatMap(glob => this.#named(glob)),
      ...pools.flatMap(pool => this.#pools.numbersOf(pool)),
    ]
    const found = byList(numbersInOrder(numbers), this.#starts)
    this.#found.set(key, found)
    return found
  }

  #named(glob: string): number[] {
    const names = this.#names.candidates(glob) ?? this.#names.names()
    return [...names].filter(name => matchesName(glob, name)).flatMap(name => this.#names.numbersOf(name))
  }
}

function toPlaced(
  { build, mode, areas }: Gathered,
  kernel: number,
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
): Placed {
  const all = kernels[kernel]!.images
  const { members } = builds[build]!
  const { guests, hosts, images, paths } = addUp(areas, all.length, members.length)
  return {
    kernel,
    build,
    mode,
    guests,
    hosts: hosts.map(index => members[index]!.name),
    images: images.map(index => all[index]!),
    paths: [...paths].sort(),
  }
}

interface Sum {
  /** Pairs of a host and an image, each counted once. */
  guests: number
  hosts: readonly number[]
  images: readonly number[]
  paths: ReadonlySet<BootPathText>
}

/** What is in at least one of the areas. Of the placements of a pair the first that says how it boots decides. */
function addUp(areas: readonly Area[], imageCount: number, hostCount: number): Sum {
  const paths = new Set<BootPathText>()
  const placed = new Uint8Array(imageCount)
  let guests = 0
  const groups = apart(areas, hostCount) ?? hostsByAreas(areas)
  for (const { hosts, own } of groups) {
    if (own.length === 1) {
      const [{ images, boot = 'direct' }] = own as [Area]
      for (const image of images) placed[image] = 1
      paths.add(boot)
      guests += hosts.length * images.length
      continue
    }
    const states = new Uint8Array(imageCount)
    let count = 0
    for (const { images, boot } of own) {
      for (const image of images) {
        placed[image] = 1
        if (states[image] === DECIDED) continue
        if (states[image] === 0) count++
        if (boot !== undefined) paths.add(boot)
        states[image] = boot === undefined ? PLACED : DECIDED
      }
    }
    if (states.includes(PLACED)) paths.add('direct')
    guests += hosts.length * count
  }
  const named = new Uint8Array(hostCount)
  for (const { hosts } of groups) for (const host of hosts) named[host] = 1
  return { guests, hosts: indexesOf(named), images: indexesOf(placed), paths }
}

/** Where a list of marks has one. */
function indexesOf(marks: Uint8Array): number[] {
  const indexes: number[] = []
  for (let index = marks.indexOf(1); index >= 0; index = marks.indexOf(1, index + 1)) indexes.push(index)
  return indexes
}

/** States of an image on a host: named, and named with how it boots. */
const PLACED = 1
const DECIDED = 2

interface Group {
  hosts: readonly number[]
  own: readonly Area[]
}

/** The areas one by one, where no host is in two of them. */
function apart(areas: readonly Area[], hostCount: number): Group[] | undefined {
  const seen = new Uint8Array(hostCount)
  for (const { hosts } of areas) {
    for (const host of hosts) {
      if (seen[host] === 1) return undefined
      seen[host] = 1
    }
  }
  return areas.map(area => ({ hosts: area.hosts, own: [area] }))
}

/** Hosts that are in the same areas. */
function hostsByAreas(areas: readonly Area[]): Group[] {
  const ownOf = new Map<number, number[]>()
  for (const [index, { hosts }] of areas.entries()) {
    for (const host of hosts) {
      const own = ownOf.get(host)
      if (own === undefined) ownOf.set(host, [index])
      else own.push(index)
    }
  }
  const groups = new Map<string, { hosts: number[]; own: Area[] }>()
  for (const [host, own] of ownOf) {
    const key = own.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { hosts: [host], own: own.map(index => areas[index]!) })
    else group.hosts.push(host)
  }
  return [...groups.values()]
}

const inOrder = (cells: Placed[]) =>
  cells.sort((a, b) => a.build - b.build || bootModes.indexOf(a.mode) - bootModes.indexOf(b.mode))

/** Those it states, else all but the dom0 mode that its command line excludes. */
export function modesOf({
  modes,
  commandline,
}: Pick<Host, 'modes' | 'commandline'>): readonly BootModeName[] {
  if (modes) return modes
  if (commandline === undefined) return bootModes
  const other = readCommandLine(commandline).dom0 === 'pvh' ? 'pv-dom0' : 'pvh-dom0'
  return bootModes.filter(mode => mode !== other)
}
