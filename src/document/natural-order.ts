/**
 * The order in which people read names: `web9` comes before `web10`. The same on every machine, whatever its locale.
 * @module
 */

const collator = new Intl.Collator('en', { numeric: true })

/** Compares names; those that read alike are ordered by their code units. */
export const naturally = (a: string, b: string): number =>
  collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)

/** The place of each name in natural order. */
export function ranks(names: readonly string[]): number[] {
  const order = names.map((_, index) => index).sort((a, b) => naturally(names[a]!, names[b]!) || a - b)
  const places = names.map(() => 0)
  for (const [place, index] of order.entries()) places[index] = place
  return places
}
