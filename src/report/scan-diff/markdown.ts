/**
 * The comparison for a ticket or a merge request.
 * @module
 */
import { SCAN_DIFFERENCES } from '../../findings/scan-diff/model.ts'
import { items, kernelText, pageText, section } from '../audit/markdown-page.ts'
import { prose } from '../audit/markdown-text.ts'
import { comparisonHead } from '../diff/markdown-head.ts'
import type { ScanDiffFormat } from './report.ts'
import { countRows, MEANING, originText, rowLines, rowsWith, SCAN_DIFF_TITLE, summaryLines } from './words.ts'

export const markdownReport: ScanDiffFormat = diff =>
  pageText([
    ...comparisonHead({
      title: SCAN_DIFF_TITLE,
      old: originText(diff.old),
      new: originText(diff.new),
      remarks: [...diff.remarks, ...summaryLines(diff)],
      unit: 'images',
      counts: countRows(diff).map(([word, count]) => [word, count, MEANING[word]]),
    }),
    ...SCAN_DIFFERENCES.flatMap(word =>
      section(
        `${word}: ${MEANING[word]}`,
        items(rowsWith(diff, word), row => [
          `- ${kernelText(row)}`,
          ...rowLines(diff, row).map(line => `  - ${prose(line)}`),
        ]),
      ),
    ),
  ])
