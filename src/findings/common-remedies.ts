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

/** What else a payload may be packed by depends on the release; that it may be is the same. */
const ALTERNATIVES = / \([^()]* would do too\)$/

/** What a remedy says on every release, without the details that differ. */
export const remedyStem = (text: string) => text.replace(ALTERNATIVES, '')

interface Known {
  /** The texts that say it; more than one where the releases differ in a detail. */
  texts: Set<string>
  places: Treated[]
}

/** All remedies, the cheapest first; one that does not hold everywhere says where it does. */
export function commonRemedies(treated: readonly Treated[]): string[] {
  const known = new Map<string, Known>()
  let order: string[] = []
  for (const place of treated) {
    const stems: string[] = []
    for (const text of place.remedies) {
      const stem = remedyStem(text)
      const remedy = known.get(stem) ?? { texts: new Set<string>(), places: [] }
      known.set(stem, remedy)
      remedy.texts.add(text)
      remedy.places.push(place)
      stems.push(stem)
    }
    order = merge(order, stems)
  }
  return order.map(stem => {
    const { texts, places } = known.get(stem)!
    const text = texts.size === 1 ? [...texts][0]! : stem
    const reach = places.length === treated.length ? undefined : reachOf(places, treated)
    return reach === undefined ? text : `${text} (${reach})`
  })
}

/** What is new in `list` goes behind what stands before it there: each list has the cheapest first. */
function merge(order: readonly string[], list: readonly string[]): string[] {
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
