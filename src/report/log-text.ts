/**
 * The log lines of a verdict as text: all of them, in order, with those marked that mean nothing.
 * @module
 */
import type { LogLines } from '../xen/log-lines.ts'

export interface LogRow {
  text: string
  /** True for a line that is logged of kernels that load, too. */
  isNoise: boolean
}

/** What is said after a line that means nothing. */
export const NOISE = ' (noise: also logged of kernels that load)'

/** The lines in the order of the log; none where there is no log. */
export const logRows = (log: LogLines | undefined): LogRow[] =>
  (log?.lines ?? []).map(text => ({ text, isNoise: log?.noise?.includes(text) ?? false }))

/** The mark that goes after a line. */
export const noiseMark = ({ isNoise }: LogRow): string => (isNoise ? NOISE : '')

/** The lines as text, marked. */
export const logTexts = (log: LogLines | undefined): string[] =>
  logRows(log).map(row => row.text + noiseMark(row))
