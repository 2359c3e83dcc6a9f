/**
 * The formats of a comparison of upgrades by name: those of one upgrade.
 * @module
 */
import { codequalityReport } from './codequality.ts'
import { csvReport } from './csv.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { ndjsonReport } from './ndjson.ts'
import { prometheusReport } from './prometheus.ts'
import type { TargetsFormat } from './report.ts'
import { sarifReport } from './sarif.ts'
import { tableReport } from './table.ts'

export const targetsFormats = {
  table: tableReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  csv: csvReport,
  markdown: markdownReport,
  sarif: sarifReport,
  junit: junitReport,
  codequality: codequalityReport,
  prometheus: prometheusReport,
  html: htmlReport,
} satisfies Record<string, TargetsFormat>

export type TargetsFormatName = keyof typeof targetsFormats
