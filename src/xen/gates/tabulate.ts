/** Spells spans of versions out: a value for each version. */

/** A gate's values by version index, and for each version the last one up to which its value holds. */
export interface GateTable {
  values: readonly unknown[]
  last: readonly number[]
}

/** Throws a RangeError for a span that starts with no known version. */
export function tabulate(
  spans: readonly (readonly [since: string, value: unknown])[],
  versions: readonly string[],
): GateTable {
  const values: unknown[] = []
  const last: number[] = []
  const starts = spans.map(([since]) => {
    const index = versions.indexOf(since)
    if (index < 0) throw new RangeError(`Cannot tabulate a gate: there is no version ${since}`)
    return index
  })
  spans.forEach(([, value], span) => {
    const end = starts[span + 1] ?? versions.length
    for (let index = starts[span]!; index < end; index++) {
      values[index] = value
      last[index] = end - 1
    }
  })
  return { values, last }
}
