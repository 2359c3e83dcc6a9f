/**
 * The formats of an audit by name.
 * @module
 */
import { codequalityReport } from './codequality.ts'
import { csvReport } from './csv.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { ndjsonReport } from './ndjson.ts'
import { prometheusReport } from './prometheus.ts'
import type { AuditFormat } from './report.ts'
import { sarifReport } from './sarif.ts'
import { tableReport } from './table.ts'

export const auditFormats = {
  table: tableReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  csv: csvReport,
  markdown: markdownReport,
  sarif: sarifReport,
  junit: junitReport,
  codequality: codequalityReport,
  prometheus: prometheusReport,
} satisfies Record<string, AuditFormat>

export type AuditFormatName = keyof typeof auditFormats
