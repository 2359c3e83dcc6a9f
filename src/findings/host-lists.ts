/**
 * The hosts in the cells of placements. A fleet has thousands of cells for a few lists of hosts: cells with the same areas
 * share one list, so that what adds up cells need not go through it again.
 * @module
 */
import type { BootPathText } from '../inventory/host.ts'
import type { JudgedBuild } from './builds.ts'
import { ListKeys } from './list-keys.ts'
import { together } from './name-index.ts'
import { remember } from './remember.ts'

/** Images of a kernel on hosts of a build, by their indexes, that a placement names. */
export interface Area {
  hosts: readonly number[]
  images: readonly number[]
  boot: BootPathText | undefined
}

export class HostLists {
  readonly #builds: readonly JudgedBuild[]
  readonly #keys = new ListKeys()
  readonly #known = new Map<string, HostList>()

  constructor(builds: readonly JudgedBuild[]) {
    this.#builds = builds
  }

  /** The hosts of a cell on a build, of which these are the areas. */
  of(build: number, areas: readonly Area[]): HostList {
    const lists = areas.map(({ hosts }) => hosts)
    return remember(this.#known, this.#keys.of(build, lists), () => {
      const { members } = this.#builds[build]!
      const names = together(lists).map(index => members[index]!.name)
      return { names, groups: apart(lists, members.length) ?? groupsByAreas(lists) }
    })
  }
}

/** The hosts of a cell, all together, and by the areas that they are in. */
export interface HostList {
  names: readonly string[]
  groups: readonly HostGroup[]
}

/** Hosts that are in the same areas. */
export interface HostGroup {
  count: number
  /** The areas, by their index. */
  areas: readonly number[]
}

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
