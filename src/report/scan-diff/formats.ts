/**
 * The formats of a comparison of scans by name: those of a comparison of reports.
 * @module
 */
import type { DiffFormatName } from '../diff/formats.ts'
import { csvReport } from './csv.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { ndjsonReport } from './ndjson.ts'
import type { ScanDiffFormat } from './report.ts'
import { sarifReport } from './sarif.ts'
import { tableReport } from './table.ts'

export const scanDiffFormats: Record<DiffFormatName, ScanDiffFormat> = {
  table: tableReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  csv: csvReport,
  markdown: markdownReport,
  sarif: sarifReport,
  junit: junitReport,
  html: htmlReport,
}
