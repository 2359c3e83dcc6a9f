import { UsageError } from './usage-error.ts'

/**
 * When a report says that it was made. SOURCE_DATE_EPOCH, in seconds, stands in for the clock where the same input has
 * to give the same bytes (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function timeOfReport(): string {
  const given = process.env.SOURCE_DATE_EPOCH
  if (given === undefined || given === '') return new Date().toISOString()
  const date = new Date(Number(given) * 1000)
  if (!/^\d+$/.test(given) || Number.isNaN(date.getTime())) {
    throw new UsageError(`Cannot take the time from SOURCE_DATE_EPOCH: expected seconds, found ${given}`)
  }
  return date.toISOString()
}
