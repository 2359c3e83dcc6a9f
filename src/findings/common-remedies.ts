/**
 * The remedies of many verdicts as one list, in which each says how far it reaches.
 * @module
 */
import type { BootModeName } from '../xen/boot-mode.ts'
import { cheapestFirst, type Remedy } from '../xen/remedies/remedy.ts'
import { remedyText } from '../xen/remedies/remedy-text.ts'
import { finalVerdict } from './counting-verdict.ts'
import type { Cell, CommonRemedy, FullVerdict } from './model.ts'

/** One verdict of the cause, and where it was given. */
export interface Treated {
  kernel: number
  build: number
  mode: BootModeName
  remedies: readonly Remedy[]
}

/** For how many of a fleet's refusals remedies are. What reads alike is one remedy. */
export class CureCounts {
  readonly #counts = new Map<string, number>()

  /** Counts cells by their final verdicts, weighed by guests. */
  constructor(cells: readonly Cell[], verdicts: readonly FullVerdict[]) {
    const refused = new Map<number, number>()
    for (const cell of cells) {
      const index = finalVerdict(cell)
      refused.set(index, (refused.get(index) ?? 0) + cell.guests)
    }
    for (const [index, guests] of refused) {
      const { verdict, remedies } = verdicts[index]!
      if (verdict !== 'refuses') continue
      for (const text of new Set(remedies.map(remedyText))) {
        this.#counts.set(text, (this.#counts.get(text) ?? 0) + guests)
      }
    }
  }

  /** Guests whose refusal names it. */
  readonly of = (remedy: Remedy): number => this.#counts.get(remedyText(remedy)) ?? 0
}

/** A verdict with its remedies in the order of `cheapestFirst`, as this fleet counts them. */
export const ordered = (verdict: FullVerdict, counts: CureCounts): FullVerdict =>
  verdict.verdict === 'refuses' && verdict.remedies.length > 1
    ? { ...verdict, remedies: verdict.remedies.toSorted(cheapestFirst(counts.of)) }
    : verdict

/** All remedies of the places, each once, in the order of `cheapestFirst`. */
export function commonRemedies(treated: readonly Treated[], counts: CureCounts): CommonRemedy[] {
  const known = new Map<string, { remedy: Remedy; places: Treated[] }>()
  // Places with the same verdict share its list.
  const texts = new Map<readonly Remedy[], readonly string[]>()
  for (const place of treated) {
    const { remedies } = place
    const own = texts.get(remedies) ?? remedies.map(remedyText)
    texts.set(remedies, own)
    for (const [index, remedy] of remedies.entries()) {
      const text = own[index]!
      const found = known.get(text) ?? { remedy, places: [] }
      known.set(text, found)
      found.places.push(place)
      // Where any of the guests has a tenant, there is someone who can do it.
      if (remedy.by === 'tenant') found.remedy = remedy
    }
  }
  const all = [...known.values()].map(item => ({ ...item, cures: counts.of(item.remedy) }))
  const differ = new Set(all.map(({ cures }) => cures)).size > 1
  return all
    .map(({ remedy, places, cures }): CommonRemedy => {
      const reach = places.length === treated.length ? undefined : reachOf(places, treated)
      return { ...remedy, ...(reach !== undefined && { reach }), ...(differ && cures > 0 && { cures }) }
    })
    .sort(cheapestFirst(counts.of))
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
