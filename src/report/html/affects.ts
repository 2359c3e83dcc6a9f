/**
 * A list of kernels or builds that stays closed until it is asked for. Without the script it names a few; the script
 * fills it with all, each a button that opens its panel.
 * @module
 */

import { countOf } from '../audit/counts.ts'
import { html, type Markup } from './markup.ts'
import { toRanges } from './runs.ts'

const NAMED = 6

export interface Names {
  kernels: readonly string[]
  builds: readonly string[]
  /** Their places in natural order. */
  ranks: Record<'kernels' | 'builds', readonly number[]>
}

type What = 'kernels' | 'builds'

const WORDS = { kernels: 'kernel', builds: 'build' } as const

export function affects(what: What, indices: readonly number[], names: Names): Markup | false {
  if (indices.length === 0) return false
  const ordered = [...indices].sort((a, b) => names.ranks[what][a]! - names.ranks[what][b]!)
  const named = ordered.slice(0, NAMED).map(index => names[what][index] ?? '')
  const more = indices.length - named.length
  return html`<details class="affects" data-what="${what}" data-indices="${toRanges(indices)}"><summary>${countOf(indices.length, WORDS[what])}</summary><p>${named.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)}${more > 0 && `, and ${more} more`}</p></details>`
}
