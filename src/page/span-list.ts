/**
 * One kernel on all builds: a strip to look at, and the same in words.
 * @module
 */
import { lookSign } from '../report/html/words.ts'
import { badge } from './badge.ts'
import { button, h } from './dom.ts'
import type { Model, Show } from './model.ts'
import { count } from './names.ts'
import { type Span, spansOf } from './spans.ts'
import type { Go } from './target.ts'

function strip(spans: readonly Span[], marked: readonly number[]): HTMLElement {
  const parts = spans.flatMap(({ look, builds }) =>
    builds.map(build =>
      h('span', { class: `look-${look}${marked.includes(build) ? ' marked' : ''}` }, lookSign[look]),
    ),
  )
  return h('div', { class: 'strip', 'aria-hidden': 'true' }, ...parts)
}

export function spanList(
  model: Model,
  kernel: number,
  mode: number,
  show: Show,
  marked: readonly number[],
  go: Go,
): HTMLElement {
  const { builds } = model.data
  const spans = spansOf(model, kernel, mode, show)
  const item = ({ look, cause, builds: own, hosts }: Span) => {
    const first = builds[own[0]!]!.label
    const last = builds[own.at(-1)!]!.label
    const range = own.length === 1 ? first : `${first} – ${last}`
    const open = () => go({ kind: 'cell', kernel, builds: own, mode })
    return h(
      'li',
      {},
      badge(look),
      button({ class: 'link' }, open, h('bdi', {}, range)),
      h('small', {}, [count(hosts, 'host'), model.causeCode(cause)].filter(Boolean).join(' · ')),
    )
  }
  return h('div', {}, strip(spans, marked), h('ul', { class: 'spans' }, ...spans.map(item)))
}
