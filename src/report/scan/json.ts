/**
 * One JSON document: every image, then the summary.
 * @module
 */
import { jsonText } from '../../document/printable.ts'
import { SCAN_VERSION } from '../../record/scan-document.ts'
import { imageJson } from './ndjson.ts'
import type { ScanContext, ScanReport } from './report.ts'

export function jsonReport({ version, columns }: ScanContext): ScanReport {
  let separator = '\n'
  return {
    begin() {
      const builds = columns === undefined ? '' : `"builds":${jsonText(columns)},\n`
      return `{"version":${SCAN_VERSION},"tool":${jsonText(`xen-preflight ${version}`)},\n${builds}"images":[`
    },
    image(entry) {
      const text = separator + imageJson(entry)
      separator = ',\n'
      return text
    },
    end: summary => `\n],\n"summary":${jsonText(summary)}}\n`,
  }
}
