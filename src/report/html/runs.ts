/**
 * Rows of small numbers as runs, since neighbouring builds mostly have the same verdicts, and lists of indexes as ranges.
 * @module
 */

/** `[5, 5, 5, 2]` becomes `[5, 3, 2, 1]`: each number and how often it follows. */
export function toRuns(row: readonly number[]): number[] {
  const runs: number[] = []
  for (const value of row) {
    if (runs.length > 0 && runs.at(-2) === value) runs[runs.length - 1]!++
    else runs.push(value, 1)
  }
  return runs
}

/** Writes what `runs` hold into `target`, from `start` on. */
export function fillRuns(runs: readonly number[], target: Int32Array, start: number): void {
  let at = start
  for (let index = 0; index + 1 < runs.length; index += 2) {
    const end = at + runs[index + 1]!
    target.fill(runs[index]!, at, end)
    at = end
  }
}

/** Indices as ranges: `0-4 7`. */
export function toRanges(indices: readonly number[]): string {
  const sorted = [...new Set(indices)].sort((a, b) => a - b)
  const ranges: [number, number][] = []
  for (const index of sorted) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === index - 1) last[1] = index
    else ranges.push([index, index])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ')
}

/** The indexes that toRanges wrote. */
export const fromRanges = (text: string): number[] =>
  text.split(' ').flatMap(range => {
    const [from, to = from] = range.split('-').map(Number)
    return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index)
  })
