/**
 * The interface of every format of a comparison of reports. A format is pure: the same comparison gives the same bytes.
 * @module
 */
import type { Diff } from '../../findings/diff/model.ts'
import type { AuditReportOptions } from '../audit/report.ts'

/** Text, or text in pieces where it may be long. */
export type DiffFormat = (diff: Diff, options: AuditReportOptions) => string | Iterable<string>
