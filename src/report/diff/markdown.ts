/**
 * The comparison for a ticket or a merge request.
 * @module
 */
import { DIFFERENCES, type Diff } from '../../findings/diff/model.ts'
import { plural } from '../../findings/plural.ts'
import { ITEMS, items, kernelText, names, pageText, section, table } from '../audit/markdown-page.ts'
import { code, prose } from '../audit/markdown-text.ts'
import { few } from '../audit/names.ts'
import { type BuildRow, buildRows, type KernelRow, kernelRows } from './gather.ts'
import { comparisonHead } from './markdown-head.ts'
import type { DiffFormat } from './report.ts'
import {
  answerRows,
  answerText,
  countRows,
  countsText,
  DIFF_TITLE,
  inventoryLines,
  MEANING,
  originText,
  PAIR_REMARK,
  pairs,
  versionText,
} from './words.ts'

export const markdownReport: DiffFormat = diff => {
  const rows = kernelRows(diff)
  return pageText([
    ...comparisonHead({
      title: DIFF_TITLE,
      old: originText(diff.old),
      new: originText(diff.new),
      remarks: [...diff.remarks, ...inventoryLines(diff)],
      unit: 'pairs',
      counts: countRows(diff).map(([word, count]) => [word, count, MEANING[word]]),
    }),
    '',
    `${PAIR_REMARK}.`,
    '',
    ...table({ texts: ['answer'], numbers: ['before', 'after'] }, answerRows(diff)),
    ...section('Causes', causes(diff)),
    ...section('Hosts', items(buildRows(diff), hostItem)),
    ...DIFFERENCES.flatMap(word =>
      section(`${word}: ${MEANING[word]}`, items(rows.get(word) ?? [], kernelItem)),
    ),
  ])
}

function causes({ causes }: Diff): string[] {
  if (causes.length === 0) return []
  const { shown, more } = few(causes, ITEMS)
  return [
    ...table(
      { texts: ['cause'], numbers: ['before', 'after', 'appeared', 'vanished'] },
      shown.map(({ code, before, after, appeared, vanished }) => [
        prose(code),
        ...[before, after, appeared, vanished],
      ]),
    ),
    ...(more > 0 ? ['', `And ${plural(more, 'more cause')}.`] : []),
  ]
}

const hostItem = ({ build, counts }: BuildRow) =>
  `- Xen ${code(versionText(build))} (${names(build.hosts)}): ${countsText(counts)}`

function kernelItem({ kernel, mode, before, after, builds, pairs: count }: KernelRow): string {
  const answers = `${prose(answerText(before))} → ${prose(answerText(after))}`
  return `- ${kernelText(kernel)} as ${mode} on Xen ${names([...builds])}: ${answers} (${pairs(count)})`
}
