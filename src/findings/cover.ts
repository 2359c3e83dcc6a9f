/**
 * The smallest set of kernels and builds that between them are part of every broken pair.
 * @module
 */

/** A kernel that a build would refuse after a change. */
export interface Pair {
  kernel: number
  build: number
}

export interface Cover {
  kernels: Set<number>
  builds: Set<number>
}

/**
 * A minimum weighted vertex cover of the graph of pairs: a kernel weighs 1, a build its hosts. In a bipartite graph
 * it is what a maximum flow from the kernels to the builds cuts through (König, Egerváry).
 */
export function minimumCover(pairs: readonly Pair[], hosts: (build: number) => number): Cover {
  const buildsOf = new Map<number, number[]>()
  for (const { kernel, build } of pairs) {
    const builds = buildsOf.get(kernel)
    if (builds === undefined) buildsOf.set(kernel, [build])
    else builds.push(build)
  }
  const kernels = [...buildsOf.keys()]
  /** Where each kernel's only unit of flow goes. */
  const sentTo = new Map<number, number>()
  const takers = new Map<number, Set<number>>()

  const send = (kernel: number, visited: Set<number>): boolean => {
    for (const build of buildsOf.get(kernel)!) {
      if (visited.has(build)) continue
      visited.add(build)
      const taken = takers.get(build) ?? new Set()
      takers.set(build, taken)
      const room = taken.size < hosts(build)
      const moved = room ? undefined : [...taken].find(other => send(other, visited))
      if (!room && moved === undefined) continue
      if (moved !== undefined) taken.delete(moved)
      taken.add(kernel)
      sentTo.set(kernel, build)
      return true
    }
    return false
  }
  for (const kernel of kernels) send(kernel, new Set())
  return cutOf(kernels, buildsOf, sentTo, takers)
}

/** What can be reached from kernels without flow: the cover is the kernels outside and the builds inside. */
function cutOf(
  kernels: readonly number[],
  buildsOf: ReadonlyMap<number, readonly number[]>,
  sentTo: ReadonlyMap<number, number>,
  takers: ReadonlyMap<number, ReadonlySet<number>>,
): Cover {
  const reached = new Set(kernels.filter(kernel => !sentTo.has(kernel)))
  const builds = new Set<number>()
  for (const kernel of reached) {
    for (const build of buildsOf.get(kernel)!) {
      if (builds.has(build)) continue
      builds.add(build)
      for (const taker of takers.get(build) ?? []) reached.add(taker)
    }
  }
  return { kernels: new Set(kernels.filter(kernel => !reached.has(kernel))), builds }
}
