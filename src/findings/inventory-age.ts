/**
 * From when an inventory is.
 * @module
 */

/**
 * When the oldest and the newest of its files were last written, ISO 8601; undefined without files. No file is newer than
 * the report: where a report is made anew as of `created`, the times of a later checkout do not show.
 */
export function writtenBetween(
  times: readonly Date[],
  created: string,
): { oldest: string; newest: string } | undefined {
  if (times.length === 0) return undefined
  const written = times.map(time => time.toISOString()).map(time => (time < created ? time : created))
  written.sort()
  return { oldest: written[0]!, newest: written.at(-1)! }
}
