/**
 * The comparison for people at a terminal: counts, then images by what differs.
 * @module
 */
import { SCAN_DIFFERENCES } from '../../findings/scan-diff/model.ts'
import { kernelTitle } from '../audit/names.ts'
import { Page } from '../audit/page.ts'
import type { ScanDiffFormat } from './report.ts'
import {
  countRows,
  MEANING,
  originText,
  rowLines,
  rowsWith,
  SCAN_DIFF_TITLE,
  STYLE,
  summaryLines,
} from './words.ts'

/** Items of a section before they are cut. */
const ITEMS = 10

export const tableReport: ScanDiffFormat = (diff, options) => {
  const page = new Page(options)
  page.heading(SCAN_DIFF_TITLE)
  page.paragraph('old  ', originText(diff.old))
  page.paragraph('new  ', originText(diff.new))
  for (const remark of diff.remarks) page.paragraph('', `${remark}.`, 'yellow')
  page.counts(
    countRows(diff).map(([word, count]) => ({ label: word, style: STYLE[word], count })),
    { one: 'image', many: 'images' },
  )
  for (const line of summaryLines(diff)) page.paragraph('  ', line)
  for (const word of SCAN_DIFFERENCES) {
    const rows = rowsWith(diff, word)
    if (rows.length === 0) continue
    page.heading(`${word}: ${MEANING[word]}`)
    page.items(rows, ITEMS, row => {
      page.paragraph('  ', kernelTitle(row), STYLE[word])
      for (const line of rowLines(diff, row)) page.paragraph('    ', line)
    })
  }
  return page.text()
}
