/**
 * Which kernels run on which builds, and how many guests that makes.
 * @module
 */
import { type BootPath, bootModes, type ImageReference, type Placement } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import type { BootMode } from '../xen/verdict.ts'
import type { JudgedBuild } from './builds.ts'
import type { JudgedKernel } from './kernels.ts'

/** The guests of one kernel on one build in one mode. */
export interface Placed {
  kernel: number
  build: number
  mode: BootMode
  guests: number
  /** The hosts of the build, and the images of the kernel, that these guests are made of. */
  hosts: readonly string[]
  images: readonly string[]
  /** How they boot, where an inventory says so; more than one where they differ. */
  paths: readonly BootPath[]
}

/**
 * Without placements every image may run on every host, in each of `modes` that the host runs. With placements
 * only what they name is asked; kernels that are to be added may come everywhere all the same.
 */
export function placeKernels(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootMode[],
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
const runners = ({ members }: JudgedBuild, modes: readonly BootMode[]) =>
  modes.map(mode => ({
    mode,
    hosts: members.filter(host => bootModes(host).includes(mode)).map(({ name }) => name),
  }))

function placeAll(
  { images }: JudgedKernel,
  kernel: number,
  build: number,
  runners: readonly { mode: BootMode; hosts: readonly string[] }[],
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

/** Every pair of a host and an image that placements name, once, with the boot path of the first that has one. */
function gatherPlacements(
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  placements: readonly Placement[],
  modes: readonly BootMode[],
): Map<number, Placed[]> {
  const cells = new Map<number, Map<string, { at: Placed; pairs: Map<string, BootPath | undefined> }>>()
  for (const placement of placements) {
    const runs = kernels.map(kernel => imagesOf(placement, kernel))
    if (runs.every(images => images.length === 0)) continue
    for (const [build, { members }] of builds.entries()) {
      const hosts = members.filter(host => isPlaced(placement, host.name, host.pools ?? []))
      if (hosts.length === 0) continue
      for (const [kernel, images] of runs.entries()) {
        if (images.length === 0) continue
        const known = cells.get(kernel) ?? new Map()
        cells.set(kernel, known)
        for (const mode of placement.mode === undefined ? modes : [placement.mode]) {
          const cell = known.get(`${build} ${mode}`) ?? { at: { kernel, build, mode }, pairs: new Map() }
          known.set(`${build} ${mode}`, cell)
          for (const { name } of hosts) {
            for (const image of images) {
              const pair = `${name}\0${image}`
              cell.pairs.set(pair, cell.pairs.get(pair) ?? placement.boot)
            }
          }
        }
      }
    }
  }
  return new Map([...cells].map(([kernel, known]) => [kernel, inOrder([...known.values()].map(toPlaced))]))
}

function toPlaced({ at, pairs }: { at: Placed; pairs: Map<string, BootPath | undefined> }): Placed {
  const hosts = new Set<string>()
  const images = new Set<string>()
  for (const pair of pairs.keys()) {
    const [host, image] = pair.split('\0')
    hosts.add(host!)
    images.add(image!)
  }
  const paths = new Set([...pairs.values()].map(path => path ?? 'direct'))
  return { ...at, guests: pairs.size, hosts: [...hosts], images: [...images], paths: [...paths].sort() }
}

const MODES: readonly BootMode[] = ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0']

const inOrder = (cells: Placed[]) =>
  cells.sort((a, b) => a.build - b.build || MODES.indexOf(a.mode) - MODES.indexOf(b.mode))

const imagesOf = (placement: Placement, { images, digests }: JudgedKernel) =>
  images.filter(image =>
    placement.images.some(reference => matchesImage(reference, image, digests.get(image))),
  )

const isPlaced = (placement: Placement, host: string, pools: readonly string[]) =>
  placement.hosts.some(glob => matchesName(glob, host)) || placement.pools.some(pool => pools.includes(pool))

/**
 * A glob stands for a whole path or for its end behind a slash: a catalogue may lie anywhere. A digest stands for
 * images whose record has it.
 */
export function matchesImage(reference: ImageReference, image: string, digest?: string): boolean {
  if ('digest' in reference) return reference.digest === digest
  if (matchesName(reference.glob, image)) return true
  for (let slash = image.indexOf('/'); slash !== -1; slash = image.indexOf('/', slash + 1)) {
    if (matchesName(reference.glob, image.slice(slash + 1))) return true
  }
  return false
}
