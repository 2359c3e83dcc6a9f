/**
 * The remedies of many verdicts with one cause as one list, in which each says how far it reaches.
 * @module
 */
import type { BootModeName } from '../xen/boot-mode.ts'

/** One verdict of the cause, and where it was given. */
export interface Treated {
  kernel: number
  build: number
  mode: BootModeName
  remedies: readonly string[]
}

/** A remedy, and where it holds: absent where it does everywhere. */
export interface CommonRemedy {
  text: string
  reach?: string
}

/** All remedies, the cheapest first. */
export function commonRemedies(treated: readonly Treated[]): CommonRemedy[] {
  const known = new Map<string, Treated[]>()
  let order: string[] = []
  for (const place of treated) {
    for (const text of place.remedies) {
      const places = known.get(text) ?? []
      known.set(text, places)
      places.push(place)
    }
    order = mergeRemedies(order, place.remedies)
  }
  return order.map(text => {
    const places = known.get(text)!
    const reach = places.length === treated.length ? undefined : reachOf(places, treated)
    return { text, ...(reach !== undefined && { reach }) }
  })
}

/** A remedy as a line that says where it holds, unless it does everywhere. */
export const commonRemedyText = ({ text, reach }: CommonRemedy): string =>
  reach === undefined ? text : `${text} (${reach})`

/** What is new in `list` goes after what is before it there: each list has the cheapest first. */
export function mergeRemedies(order: readonly string[], list: readonly string[]): string[] {
  if (list.every(item => order.includes(item))) return [...order]
  const merged = [...order]
  let at = 0
  for (const item of list) {
    const index = merged.indexOf(item)
    if (index === -1) merged.splice(at++, 0, item)
    else at = index + 1
  }
  return merged
}

/** In what those places differ from all: the boot mode, the kernels, the builds. */
function reachOf(places: readonly Treated[], all: readonly Treated[]): string {
  const covers = <T>(key: (place: Treated) => T) => {
    const keys = new Set(places.map(key))
    return all.filter(place => keys.has(key(place))).length === places.length ? keys : undefined
  }
  const count = (key: (place: Treated) => number) => new Set(all.map(key)).size
  const modes = covers(({ mode }) => mode)
  if (modes !== undefined) return `as ${[...modes].join(', ')}`
  const kernels = covers(({ kernel }) => kernel)
  if (kernels !== undefined) return `${kernels.size} of ${count(({ kernel }) => kernel)} kernels`
  const builds = covers(({ build }) => build)
  if (builds !== undefined) return `${builds.size} of ${count(({ build }) => build)} builds`
  return `${places.length} of ${all.length} cases`
}
