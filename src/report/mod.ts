/**
 * Reports of audits: an audit in, text out.
 * @module
 */
export { type AuditFormatName, auditFormats } from './audit/formats.ts'
export type { AuditFormat, AuditReportOptions } from './audit/report.ts'
export { htmlReport } from './html/html.ts'
