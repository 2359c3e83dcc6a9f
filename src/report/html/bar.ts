/**
 * A stacked bar as SVG: it needs no script, and prints.
 * @module
 */

import { groupDigits } from '../audit/counts.ts'
import { html, type Markup } from './markup.ts'
import { type Look, looks, lookWord } from './words.ts'

export type Shares = Partial<Record<Look, number>>

const WIDTH = 1000
const HEIGHT = 10

const present = (shares: Shares) => looks.filter(look => (shares[look] ?? 0) > 0)

/** `refused 12, accepted 340`: what the bar says, for those who do not see it. */
export const sharesText = (shares: Shares) =>
  present(shares)
    .map(look => `${lookWord[look]} ${groupDigits(shares[look]!)}`)
    .join(', ')

/** `total` is what the whole width stands for; the sum of the shares unless told. */
export function bar(
  shares: Shares,
  total = Object.values(shares).reduce((sum, share) => sum + share, 0),
): Markup {
  let x = 0
  const parts = present(shares).map(look => {
    const width = Math.max(2, Math.round((shares[look]! / total) * WIDTH))
    const part = html`<rect class="fill-${look}" x="${x}" width="${width}" height="${HEIGHT}"/>`
    x += width
    return part
  })
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${sharesText(shares)}">${parts}</svg>`
}
