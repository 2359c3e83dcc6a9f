/**
 * The release series of a build's label, by which builds are grouped.
 * @module
 */

/** `4.17` for `4.17.2-rc1`; the label itself where it holds no version. */
export const seriesInLabel = (label: string): string => label.match(/\d+\.\d+/)?.[0] ?? label

/** The label's numbers in order, for sorting: `4.9.1` comes before `4.10.0`. */
const numbersOf = (label: string) => (label.match(/\d+/g) ?? []).map(Number)

/** Orders labels as versions, and as text where their numbers are equal. */
export function compareLabels(a: string, b: string): number {
  const left = numbersOf(a)
  const right = numbersOf(b)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? -1) - (right[index] ?? -1)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}
