/**
 * The formats of a comparison by name.
 * @module
 */
import { csvReport } from './csv.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { ndjsonReport } from './ndjson.ts'
import type { DiffFormat } from './report.ts'
import { sarifReport } from './sarif.ts'
import { tableReport } from './table.ts'

export const diffFormats = {
  table: tableReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  csv: csvReport,
  markdown: markdownReport,
  sarif: sarifReport,
  junit: junitReport,
  html: htmlReport,
} satisfies Record<string, DiffFormat>

export type DiffFormatName = keyof typeof diffFormats
