/**
 * The guests of an inventory on the builds where they run: with the kernels that they boot, or without one.
 * @module
 */
import type { Guest, PassedOver } from '../inventory/guest.ts'
import { guestMode } from '../inventory/guest.ts'
import type { BootPathText } from '../inventory/host.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import type { JudgedBuild } from './builds.ts'
import { FileIndex } from './file-index.ts'
import {
  type FoundDisk,
  type GuestHost,
  type GuestOutcome,
  guestOutcome,
  type KernelFinder,
} from './guest-outcome.ts'
import type { JudgedKernel } from './kernels.ts'
import type { GuestTally } from './model.ts'
import type { Placed } from './placement.ts'

export interface GuestsInput {
  guests: readonly Guest[]
  passedOver: PassedOver
  /** The disk that a guest boots from; undefined where it is not among the files. */
  disk(guest: Guest): FoundDisk | undefined
}

/** Guests of one disk, or of one configuration, whose kernel is not one and the same before and after. */
export interface PlacedGuest {
  /** The address of the disk, or `guest NAME`. */
  image: string
  build: number
  mode: BootModeName
  path: BootPathText
  hosts: readonly string[]
  guests: readonly string[]
  before: GuestOutcome
  after?: GuestOutcome
}

export interface PlacedGuests {
  placed: Placed[]
  single: PlacedGuest[]
  tally: GuestTally
  problems: InventoryProblem[]
}

/** Where a kernel's image is: its index among kernels and among the kernel's images. */
interface ImagePlace {
  kernel: number
  image: string
}

/**
 * Places every guest that Xen builds. `to` is the version of an upgrade. Guests of which no host is known are asked on
 * every build.
 */
export function placeGuests(
  { guests, passedOver, disk: diskOf }: GuestsInput,
  kernels: readonly JudgedKernel[],
  builds: readonly JudgedBuild[],
  to?: string,
): PlacedGuests {
  const tally: GuestTally = {
    total: guests.length,
    judged: 0,
    firmware: 0,
    elsewhere: 0,
    absent: 0,
    withoutDisk: 0,
    withoutHost: 0,
    ...passedOver,
  }
  const problems: InventoryProblem[] = []
  // A million images are not listed for nobody.
  if (guests.length === 0) return { placed: [], single: [], tally, problems }
  const places = placesOf(kernels)
  const owned = new Set<string>()
  const cells = new Cells(kernels)
  const single: PlacedGuest[] = []
  const loose: { guest: Guest; build: number; mode: BootModeName; hosts: readonly string[] }[] = []
  const buildOf = new Map(builds.flatMap(({ hosts }, index) => hosts.map(host => [host, index] as const)))
  const find = finderOf(kernels, places)
  for (const guest of guests) {
    const mode = guestMode(guest)
    // The EFI loader and the stub of the kernel decide, as in an HVM guest.
    if (mode === undefined || guest.boot === 'ovmf') {
      tally.firmware++
      continue
    }
    const sites = sitesOf(guest, builds, buildOf)
    if (sites.length === 0) {
      tally.elsewhere++
      continue
    }
    if (guest.hosts === undefined) tally.withoutHost++
    const disk = guest.boot === 'direct' ? undefined : diskOf(guest)
    if (disk !== undefined) owned.add(disk.address)
    const outcomes = new Map<string, GuestOutcome>()
    const outcomeOn = (host: GuestHost) => {
      const key = JSON.stringify([host.version, host.product])
      let outcome = outcomes.get(key)
      if (outcome === undefined) {
        outcome = guestOutcome(guest, disk, host, find)
        outcomes.set(key, outcome)
      }
      return outcome
    }
    let judged = false
    for (const { build, hosts } of sites) {
      const { version, members } = builds[build]!
      const before = outcomeOn({ version, product: members[0]?.product })
      const after = to === undefined ? undefined : outcomeOn({ version: to })
      if (before.kind === 'absent' || after?.kind === 'absent') {
        if (!judged) problems.push(absent(guest, before.kind === 'absent' ? before.file : ''))
        tally.absent++
        judged = true
        break
      }
      const [address, ...others] = before.kind === 'kernels' ? before.addresses : []
      const sameAfter =
        after === undefined ||
        (after.kind === before.kind &&
          (after.kind !== 'kernels' || (after.addresses.length === 1 && after.addresses[0] === address)))
      if (before.kind === 'any' && sameAfter) loose.push({ guest, build, mode, hosts })
      else if (address !== undefined && others.length === 0 && sameAfter && places.has(address)) {
        cells.add(places.get(address)!, build, mode, guest, hosts)
      } else {
        single.push({
          image: disk?.address ?? `guest ${guest.name}`,
          build,
          mode,
          path: guest.boot,
          hosts,
          guests: [guest.name],
          before,
          ...(after !== undefined && { after }),
        })
      }
      if (!judged) tally.judged++
      judged = true
    }
  }
  if (loose.length > 0) {
    tally.withoutDisk = new Set(loose.map(({ guest }) => guest)).size
    const free = kernels.flatMap(({ images }, kernel) =>
      images.filter(image => !owned.has(containerOf(image))).map(image => ({ kernel, image })),
    )
    for (const { guest, build, mode, hosts } of loose) {
      for (const place of free) cells.add(place, build, mode, guest, hosts, true)
    }
  }
  return { placed: cells.placed(), single, tally, problems }
}

const containerOf = (image: string): string => {
  const mark = image.indexOf('!/')
  return mark === -1 ? image : image.slice(0, mark)
}

function placesOf(kernels: readonly JudgedKernel[]): Map<string, ImagePlace> {
  return new Map(
    kernels.flatMap(({ images }, kernel) => images.map(image => [image, { kernel, image }] as const)),
  )
}

function finderOf(kernels: readonly JudgedKernel[], places: ReadonlyMap<string, ImagePlace>): KernelFinder {
  const all = [...places.keys()]
  let files: FileIndex | undefined
  const inside = new Map<string, string[]>()
  for (const image of all) {
    const container = containerOf(image)
    if (container === image) continue
    const known = inside.get(container)
    if (known === undefined) inside.set(container, [image])
    else known.push(image)
  }
  return {
    kernel(name) {
      files ??= new FileIndex(kernels.flatMap(({ images }) => images))
      const found = files.find(name)
      const plain = found.filter(image => !image.includes('!/'))
      const best = plain.length > 0 ? plain : found
      // Copies of one kernel are one answer.
      return new Set(best.map(image => places.get(image)!.kernel)).size === 1 ? best.slice(0, 1) : best
    },
    inDisk(disk, path) {
      const images = inside.get(disk) ?? []
      if (path === undefined) return images
      const end = path.startsWith('/') ? path : `/${path}`
      return images.filter(image => image.endsWith(end))
    },
  }
}

/** The builds where a guest runs, with its hosts there; all builds where no host of it is known. */
function sitesOf(
  { hosts }: Guest,
  builds: readonly JudgedBuild[],
  buildOf: ReadonlyMap<string, number>,
): { build: number; hosts: readonly string[] }[] {
  if (hosts === undefined) return builds.map((build, index) => ({ build: index, hosts: build.hosts }))
  const sites = new Map<number, string[]>()
  for (const host of hosts) {
    const build = buildOf.get(host)
    if (build === undefined) continue
    const known = sites.get(build)
    if (known === undefined) sites.set(build, [host])
    else known.push(host)
  }
  return [...sites].map(([build, names]) => ({ build, hosts: names }))
}

function absent({ name, source: { file, line } }: Guest, found: string): InventoryProblem {
  const message = `expected the kernel of guest ${name} among the images, found no ${found}`
  return { code: 'unknown-image', severity: 'error', file, line, message }
}

/** Guests of one kernel on one build in one mode, counted. */
class Cells {
  readonly #kernels: readonly JudgedKernel[]
  readonly #cells = new Map<
    string,
    {
      kernel: number
      build: number
      mode: BootModeName
      guests: number
      hosts: Set<string>
      images: Set<string>
      paths: Set<string>
      names: Set<string>
      diskUnknown: boolean
    }
  >()

  constructor(kernels: readonly JudgedKernel[]) {
    this.#kernels = kernels
  }

  add(
    { kernel, image }: ImagePlace,
    build: number,
    mode: BootModeName,
    guest: Guest,
    hosts: readonly string[],
    diskUnknown = false,
  ) {
    const key = `${kernel} ${build} ${mode}`
    let cell = this.#cells.get(key)
    if (cell === undefined) {
      cell = {
        kernel,
        build,
        mode,
        guests: 0,
        hosts: new Set(),
        images: new Set(),
        paths: new Set(),
        names: new Set(),
        diskUnknown: false,
      }
      this.#cells.set(key, cell)
    }
    cell.guests++
    for (const host of hosts) cell.hosts.add(host)
    cell.images.add(image)
    cell.paths.add(guest.boot)
    cell.names.add(guest.name)
    cell.diskUnknown ||= diskUnknown
  }

  placed(): Placed[] {
    return [...this.#cells.values()]
      .sort(
        (a, b) =>
          a.kernel - b.kernel || a.build - b.build || bootModes.indexOf(a.mode) - bootModes.indexOf(b.mode),
      )
      .map(({ hosts, images, paths, names, ...cell }) => ({
        ...cell,
        hosts: [...hosts],
        images: this.#kernels[cell.kernel]!.images.filter(image => images.has(image)),
        paths: [...paths].sort(),
        names: [...names],
      }))
  }
}
