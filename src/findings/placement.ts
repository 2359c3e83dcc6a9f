/**
 * Which kernels run on which builds, and how many guests that makes.
 * @module
 */
import { bootModes, type ImageReference, type Placement } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import type { BootMode } from '../xen/verdict.ts'
import type { JudgedBuild } from './builds.ts'
import type { JudgedKernel } from './kernels.ts'

/** How many guests there are of one kernel on one build in one mode. */
export interface Placed {
  kernel: number
  build: number
  mode: BootMode
  guests: number
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
  const everywhere = placements.length === 0
  return kernels.flatMap((kernel, index) =>
    builds.flatMap((build, buildIndex) => {
      const counts =
        everywhere || kernel.added
          ? countAll(kernel, build, modes)
          : countPlaced(kernel, build, placements, modes)
      return [...counts].map(([mode, guests]) => ({ kernel: index, build: buildIndex, mode, guests }))
    }),
  )
}

function countAll(
  kernel: JudgedKernel,
  build: JudgedBuild,
  modes: readonly BootMode[],
): Map<BootMode, number> {
  const counts = new Map<BootMode, number>()
  for (const mode of modes) {
    const hosts = build.members.filter(host => bootModes(host).includes(mode)).length
    if (hosts > 0) counts.set(mode, hosts * kernel.images.length)
  }
  return counts
}

function countPlaced(
  kernel: JudgedKernel,
  build: JudgedBuild,
  placements: readonly Placement[],
  modes: readonly BootMode[],
): Map<BootMode, number> {
  const pairs = new Map<BootMode, Set<string>>()
  for (const placement of placements) {
    const images = kernel.images.filter(image =>
      placement.images.some(reference => matchesImage(reference, image)),
    )
    if (images.length === 0) continue
    const hosts = build.members.filter(host => isPlaced(placement, host.name, host.pools ?? []))
    for (const mode of placement.mode === undefined ? modes : [placement.mode]) {
      const seen = pairs.get(mode) ?? new Set()
      for (const host of hosts) for (const image of images) seen.add(`${host.name}\0${image}`)
      if (seen.size > 0) pairs.set(mode, seen)
    }
  }
  return new Map([...pairs].map(([mode, seen]) => [mode, seen.size]))
}

const isPlaced = (placement: Placement, host: string, pools: readonly string[]) =>
  placement.hosts.some(glob => matchesName(glob, host)) || placement.pools.some(pool => pools.includes(pool))

/** A glob stands for a whole path or for its end behind a slash: a catalogue may lie anywhere. */
export function matchesImage(reference: ImageReference, image: string): boolean {
  if (!('glob' in reference)) return false
  const parts = image.split('/')
  return parts.some((_, index) => matchesName(reference.glob, parts.slice(index).join('/')))
}
