/**
 * The interface of every format of a comparison of scans. A format is pure: the same comparison gives the same bytes.
 * @module
 */
import type { ScanDiff } from '../../findings/scan-diff/model.ts'
import type { AuditReportOptions } from '../audit/report.ts'

/** Text, or text in pieces where it may be long. */
export type ScanDiffFormat = (diff: ScanDiff, options: AuditReportOptions) => string | Iterable<string>
