/**
 * Which kernels run on which builds, and how many guests that makes.
 * @module
 */
import type { BootPathText, Host, ImageReference, Placement } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { readCommandLine } from '../xen/command-line.ts'
import type { JudgedBuild } from './builds.ts'
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
}

/**
 * Without placements every image may run on every host, in each of `modes` that the host runs. With placements
 * only what they name is asked; kernels that are to be added may come everywhere all the same.
 */
export function placeKernels(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootModeName[],
): Placed[] {
  const free = (kernel: JudgedKernel) => placements.length === 0 || kernel.added === true
  const everywhere = kernels.some(free) ? builds.map(build => runners(build, modes)) : []
  const placed = kernels.map((kernel, index) =>
    free(kernel) ? everywhere.flatMap((hosts, build) => placeAll(kernel, index, build, hosts)) : [],
  )
  for (const [kernel, cells] of gatherPlacements(kernels, builds, placements, modes)) {
    if (placed[kernel]!.length === 0) placed[kernel] = cells
  }
  return placed.flat()
}

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
  /** Which host and image, as one number, and how it boots by the first placement that says so. */
  pairs: Map<number, BootPathText | undefined>
}

/** Every pair of a host and an image that placements name, once. */
function gatherPlacements(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootModeName[],
): Map<number, Placed[]> {
  const cells = new Map<number, Map<string, Gathered>>()
  for (const placement of placements) {
    const runs = kernels.map(kernel => imagesOf(placement, kernel))
    if (runs.every(images => images.length === 0)) continue
    for (const [build, { members }] of builds.entries()) {
      const hosts = indexesWhere(members, host => isPlaced(placement, host.name, host.pools ?? []))
      if (hosts.length === 0) continue
      for (const [kernel, images] of runs.entries()) {
        if (images.length === 0) continue
        const known = cells.get(kernel) ?? new Map<string, Gathered>()
        cells.set(kernel, known)
        for (const mode of placement.mode === undefined ? modes : [placement.mode]) {
          const cell = known.get(`${build} ${mode}`) ?? { build, mode, pairs: new Map() }
          known.set(`${build} ${mode}`, cell)
          for (const host of hosts) {
            for (const image of images) {
              const pair = host * kernels[kernel]!.images.length + image
              cell.pairs.set(pair, cell.pairs.get(pair) ?? placement.boot)
            }
          }
        }
      }
    }
  }
  const placed = ([kernel, known]: [number, Map<string, Gathered>]) =>
    [kernel, inOrder([...known.values()].map(cell => toPlaced(cell, kernel, kernels, builds)))] as const
  return new Map([...cells].map(placed))
}

const indexesWhere = <T>(list: readonly T[], test: (item: T) => boolean): number[] =>
  list.flatMap((item, index) => (test(item) ? [index] : []))

function toPlaced(
  { build, mode, pairs }: Gathered,
  kernel: number,
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
): Placed {
  const all = kernels[kernel]!.images
  const hosts = new Set<number>()
  const images = new Set<number>()
  const paths = new Set<BootPathText>()
  for (const [pair, path] of pairs) {
    hosts.add(Math.floor(pair / all.length))
    images.add(pair % all.length)
    paths.add(path ?? 'direct')
  }
  const { members } = builds[build]!
  return {
    kernel,
    build,
    mode,
    guests: pairs.size,
    hosts: [...hosts].map(index => members[index]!.name),
    images: [...images].map(index => all[index]!),
    paths: [...paths].sort(),
  }
}

const inOrder = (cells: Placed[]) =>
  cells.sort((a, b) => a.build - b.build || bootModes.indexOf(a.mode) - bootModes.indexOf(b.mode))

const imagesOf = (placement: Placement, { images, digests }: JudgedKernel) =>
  indexesWhere(images, image =>
    placement.images.some(reference => matchesImage(reference, image, digests.get(image))),
  )

const isPlaced = (placement: Placement, host: string, pools: readonly string[]) =>
  placement.hosts.some(glob => matchesName(glob, host)) || placement.pools.some(pool => pools.includes(pool))

/**
 * A glob is for a whole path or for its end after a slash: a catalogue may lie anywhere. Where it matches a container,
 * it is for all kernels in it. A digest is for images whose record has it.
 */
export function matchesImage(reference: ImageReference, image: string, digest?: string): boolean {
  if ('digest' in reference) return reference.digest === digest
  if (matchesPath(reference.glob, image)) return true
  for (let mark = image.indexOf(INSIDE); mark !== -1; mark = image.indexOf(INSIDE, mark + 1)) {
    if (matchesPath(reference.glob, image.slice(0, mark))) return true
  }
  return false
}

/** What comes after the path of a container in an address. */
const INSIDE = '!/'

function matchesPath(glob: string, path: string): boolean {
  if (matchesName(glob, path)) return true
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (matchesName(glob, path.slice(slash + 1))) return true
  }
  return false
}

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
