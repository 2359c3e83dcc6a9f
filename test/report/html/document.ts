/** What the tests of the document need. */
import type { Audit } from '../../../src/findings/model.ts'
import type { PageData } from '../../../src/report/html/data.ts'
import { htmlReport } from '../../../src/report/html/html.ts'

export const documentOf = (audit: Audit) => [...htmlReport(audit)].join('')

/** The text between the first `start` and the next `end`. */
export function between(text: string, start: string, end: string): string {
  const from = text.indexOf(start)
  if (from === -1) throw new Error(`Cannot find ${start} in the document`)
  return text.slice(from + start.length, text.indexOf(end, from + start.length))
}

export const dataOf = (document: string) =>
  JSON.parse(between(document, '<script type="application/json" id="data">', '</script>')) as PageData
