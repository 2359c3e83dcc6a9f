/**
 * The comparison as one HTML file.
 * @module
 */
import { plural } from '../../findings/plural.ts'
import { SCAN_DIFFERENCES, type ScanDiff, type ScanDifference } from '../../findings/scan-diff/model.ts'
import { groupDigits } from '../audit/counts.ts'
import { kernelTitle } from '../audit/names.ts'
import { html, type Markup } from '../html/markup.ts'
import { type PlainSection, plainPage } from '../html/plain-page.ts'
import type { ScanDiffFormat } from './report.ts'
import { countRows, MEANING, originText, rowLines, rowsWith, SCAN_DIFF_TITLE, summaryLines } from './words.ts'

export const htmlReport: ScanDiffFormat = diff =>
  plainPage({
    title: SCAN_DIFF_TITLE,
    lead: [`old: ${originText(diff.old)}`, `new: ${originText(diff.new)}`],
    origin: `${diff.tool}, ${diff.created}`,
    tool: diff.tool,
    sections: [summary(diff), ...SCAN_DIFFERENCES.flatMap(word => images(diff, word))],
  })

const summary = (diff: ScanDiff): PlainSection => ({
  id: 'summary',
  title: 'At a glance',
  notes: [...diff.remarks, ...summaryLines(diff)].map(line => `${line}.`),
  table: {
    columns: [{ name: 'Difference' }, { name: 'Images', look: 'number' }, { name: 'What it means' }],
    rows: countRows(diff).map(([word, count]) => [word, groupDigits(count), MEANING[word]]),
  },
})

const lines = (texts: readonly string[]): Markup =>
  html`${texts.map((text, index) => html`${index > 0 && html`<br>`}<bdi>${text}</bdi>`)}`

function images(diff: ScanDiff, word: ScanDifference): PlainSection[] {
  const rows = rowsWith(diff, word)
  if (rows.length === 0) return []
  return [
    {
      id: word,
      title: word,
      notes: [`${plural(diff.counts.differences[word], 'image')}: ${MEANING[word]}.`],
      table: {
        columns: [
          { name: 'Image', look: 'name' },
          { name: 'Kernel' },
          { name: 'What differs' },
          { name: 'Images', look: 'number' },
        ],
        rows: rows.map(row => {
          const [kernel, ...differing] = rowLines(diff, row)
          return [lines([kernelTitle(row)]), kernel!, lines(differing), groupDigits(row.images.length)]
        }),
      },
    },
  ]
}
