/**
 * Which kernels run on which builds, and how many guests that makes.
 * @module
 */
import type { BootPathText, Host, Placement } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { readCommandLine } from '../xen/command-line.ts'
import type { JudgedBuild } from './builds.ts'
import { type Area, type HostGroup, type HostList, HostLists } from './host-lists.ts'
import type { ImageIndex } from './image-index.ts'
import type { JudgedKernel } from './kernels.ts'
import { byList, NameIndex, inOrder as numbersInOrder } from './name-index.ts'

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
  const lists = new HostLists(builds)
  const placed = ([kernel, known]: [number, Map<string, Gathered>]) => {
    const { length } = kernels[kernel]!.images
    const all = [...known.values()].map(cell =>
      toPlaced(cell, kernel, length, lists.of(cell.build, cell.areas), images),
    )
    return [kernel, inOrder(all)] as const
  }
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
  imageCount: number,
  { names: hosts, groups }: HostList,
  images: ImageIndex,
): Placed {
  return {
    kernel,
    build,
    mode,
    ...addUp(areas, groups, imageCount),
    hosts,
    images: images.names(
      kernel,
      areas.map(area => area.images),
    ),
  }
}

/** The pairs of a host and an image, each counted once. Of the placements of a pair the first that says how it boots decides. */
function addUp(
  areas: readonly Area[],
  groups: readonly HostGroup[],
  imageCount: number,
): Pick<Placed, 'guests' | 'paths'> {
  const paths = new Set<BootPathText>()
  let guests = 0
  for (const { count: hosts, areas: own } of groups) {
    if (own.length === 1) {
      const { images, boot = 'direct' } = areas[own[0]!]!
      paths.add(boot)
      guests += hosts * images.length
      continue
    }
    const states = new Uint8Array(imageCount)
    let count = 0
    for (const area of own) {
      const { images, boot } = areas[area]!
      for (const image of images) {
        if (states[image] === DECIDED) continue
        if (states[image] === 0) count++
        if (boot !== undefined) paths.add(boot)
        states[image] = boot === undefined ? PLACED : DECIDED
      }
    }
    if (states.includes(PLACED)) paths.add('direct')
    guests += hosts * count
  }
  return { guests, paths: [...paths].sort() }
}

/** States of an image on a host: named, and named with how it boots. */
const PLACED = 1
const DECIDED = 2

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
