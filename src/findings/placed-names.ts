/**
 * The names of hosts and images in the cells of placements. A fleet has thousands of cells for a few lists of hosts: cells
 * with the same areas share one list, so that what adds up cells need not go through it again.
 * @module
 */
import type { BootPathText } from '../inventory/host.ts'
import type { JudgedBuild } from './builds.ts'
import type { JudgedKernel } from './kernels.ts'
import { inOrder } from './name-index.ts'

/** Images of a kernel on hosts of a build, by their indexes, that a placement names. */
export interface Area {
  hosts: readonly number[]
  images: readonly number[]
  boot: BootPathText | undefined
}

export class PlacedNames {
  readonly #kernels: readonly JudgedKernel[]
  readonly #builds: readonly JudgedBuild[]
  /** Lists of indexes are told apart as objects: placements with the same globs share theirs. */
  readonly #ids = new Map<readonly number[], number>()
  readonly #hosts = new Map<string, PlacedHosts>()
  readonly #images = new Map<string, readonly string[]>()

  constructor(kernels: readonly JudgedKernel[], builds: readonly JudgedBuild[]) {
    this.#kernels = kernels
    this.#builds = builds
  }

  hosts(build: number, areas: readonly Area[]): PlacedHosts {
    const lists = areas.map(({ hosts }) => hosts)
    const key = this.#key(build, lists)
    let known = this.#hosts.get(key)
    if (known === undefined) {
      const { members } = this.#builds[build]!
      const names = together(lists).map(index => members[index]!.name)
      known = { names, groups: apart(lists, members.length) ?? groupsByAreas(lists) }
      this.#hosts.set(key, known)
    }
    return known
  }

  images(kernel: number, areas: readonly Area[]): readonly string[] {
    const lists = areas.map(({ images }) => images)
    const key = this.#key(kernel, lists)
    let known = this.#images.get(key)
    if (known === undefined) {
      const { images } = this.#kernels[kernel]!
      known = together(lists).map(index => images[index]!)
      this.#images.set(key, known)
    }
    return known
  }

  #key(owner: number, lists: readonly (readonly number[])[]): string {
    let key = `${owner}`
    for (const list of lists) key += ` ${this.#idOf(list)}`
    return key
  }

  #idOf(list: readonly number[]): number {
    const known = this.#ids.get(list)
    if (known !== undefined) return known
    this.#ids.set(list, this.#ids.size)
    return this.#ids.size - 1
  }
}

interface PlacedHosts {
  names: readonly string[]
  groups: readonly HostGroup[]
}

/** Hosts that are in the same areas. */
export interface HostGroup {
  count: number
  /** The areas, by their index. */
  areas: readonly number[]
}

const together = (lists: readonly (readonly number[])[]): readonly number[] =>
  lists.length === 1 ? lists[0]! : inOrder(lists.flat())

/** The lists one by one, where no host is in two of them. */
function apart(lists: readonly (readonly number[])[], hostCount: number): HostGroup[] | undefined {
  const seen = new Uint8Array(hostCount)
  for (const hosts of lists) {
    for (const host of hosts) {
      if (seen[host] === 1) return undefined
      seen[host] = 1
    }
  }
  return lists.map((hosts, index) => ({ count: hosts.length, areas: [index] }))
}

function groupsByAreas(lists: readonly (readonly number[])[]): HostGroup[] {
  const areasOf = new Map<number, number[]>()
  for (const [index, hosts] of lists.entries()) {
    for (const host of hosts) {
      const areas = areasOf.get(host)
      if (areas === undefined) areasOf.set(host, [index])
      else areas.push(index)
    }
  }
  const groups = new Map<string, { count: number; areas: number[] }>()
  for (const areas of areasOf.values()) {
    const key = areas.join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { count: 1, areas })
    else group.count++
  }
  return [...groups.values()]
}
