/**
 * Rows of small numbers, as runs: neighbouring builds mostly answer alike.
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
