/**
 * The interface of every format of an audit. A format is pure: no clock and no files, and the same audit gives the
 * same bytes.
 * @module
 */
import type { Audit } from '../../findings/model.ts'

export interface AuditReportOptions {
  /** True where colours are wanted. */
  colour: boolean
  /** The columns of the terminal; without a bound no line is broken, and no list cut. */
  width: number
  /** True where no list is to be cut. */
  all?: boolean
}

/** Text, or text in pieces where it may be long. */
export type AuditFormat = (audit: Audit, options: AuditReportOptions) => string | Iterable<string>
