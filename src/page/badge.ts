/**
 * A look in a word, with its sign and colour; and shares of looks as a bar.
 * @module
 */
import { type Look, lookSign, looks, lookWord } from '../report/html/words.ts'
import type { Shares } from './arrange.ts'
import { h } from './dom.ts'

export const badge = (look: Look) =>
  h(
    'span',
    { class: `badge look-${look}` },
    h('span', { 'aria-hidden': 'true' }, lookSign[look]),
    ` ${lookWord[look]}`,
  )

const total = (shares: Shares) => looks.reduce((sum, look) => sum + (shares[look] ?? 0), 0)

/** `refused 12, accepted 340`. */
export const sharesText = (shares: Shares) =>
  looks
    .filter(look => (shares[look] ?? 0) > 0)
    .map(look => `${lookWord[look]} ${shares[look]!.toLocaleString('en')}`)
    .join(', ')

/** One element a bar, drawn by its background: a matrix has hundreds of them. */
export function shareBar(shares: Shares, direction: 'to right' | 'to top'): HTMLElement {
  const all = total(shares)
  let at = 0
  const stops = looks
    .filter(look => (shares[look] ?? 0) > 0)
    .map(look => {
      const from = at
      at += (shares[look]! / all) * 100
      return `var(--fill-${look}) ${from.toFixed(1)}% ${at.toFixed(1)}%`
    })
  const bar = h('span', { class: 'share', 'aria-hidden': 'true' })
  if (stops.length > 0) bar.style.background = `linear-gradient(${direction}, ${stops.join(', ')})`
  return bar
}
