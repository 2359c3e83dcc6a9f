/**
 * The formats of a comparison of upgrades by name. SARIF is about findings of one fleet, and has no columns.
 * @module
 */
import { csvReport } from './csv.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { ndjsonReport } from './ndjson.ts'
import type { TargetsFormat } from './report.ts'
import { tableReport } from './table.ts'

export const targetsFormats = {
  table: tableReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  csv: csvReport,
  markdown: markdownReport,
  junit: junitReport,
  html: htmlReport,
} satisfies Record<string, TargetsFormat>

export type TargetsFormatName = keyof typeof targetsFormats
