// `key : value` lines, as xl, xm and xe print them.

/** One record of such lines. */
export interface KeyRecord {
  /** The line of its first key, from 1. */
  line: number
  fields: Map<string, string>
  /** The line of each key. */
  lines: Map<string, number>
}

/**
 * The records of a text. A new one starts where a key comes again, and at each key for which `starts` says so.
 * `match` finds key and value in a line; other lines are passed over.
 */
export function keyRecords(
  lines: readonly string[],
  match: (line: string) => readonly [string, string] | undefined,
  starts: (key: string) => boolean,
): KeyRecord[] {
  const records: KeyRecord[] = []
  let record: KeyRecord | undefined
  for (const [index, line] of lines.entries()) {
    const found = match(line)
    if (!found) continue
    const [key, value] = found
    if (!record || starts(key) || record.fields.has(key)) {
      record = { line: index + 1, fields: new Map(), lines: new Map() }
      records.push(record)
    }
    record.fields.set(key, value)
    record.lines.set(key, index + 1)
  }
  return records
}
