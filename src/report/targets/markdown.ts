/**
 * The comparison for a ticket or a merge request.
 * @module
 */
import { BEST_RULE, type UpgradeTargets } from '../../findings/targets.ts'
import { items, kernelText, pageText, section, table } from '../audit/markdown-page.ts'
import { prose } from '../audit/markdown-text.ts'
import {
  COLUMNS,
  originOf,
  releasesWith,
  spansOf,
  subjectOf,
  type TargetsFormat,
  titleOf,
  troubledRows,
  verdictLine,
} from './report.ts'

export const markdownReport: TargetsFormat = found =>
  pageText([
    `# ${prose(titleOf(found))}`,
    '',
    `**${prose(verdictLine(found))}.**`,
    '',
    `${prose(subjectOf(found))}.`,
    '',
    ...table(
      { texts: ['to Xen'], numbers: ['hosts', ...COLUMNS] },
      spansOf(found).map(({ name, from, isBest }) => {
        const { hosts, changes } = found.targets[from]!
        return [isBest ? `**${prose(name)}**` : prose(name), hosts, ...COLUMNS.map(word => changes[word])]
      }),
    ),
    '',
    `Counted are ${found.unit}. ${BEST_RULE}.`,
    '',
    `Made by ${prose(originOf(found))}.`,
    ...section('Kernels that some release breaks, or may break', kernels(found)),
  ])

const kernels = (found: UpgradeTargets): string[] =>
  items(troubledRows(found), ({ kernel, mode, changes }) => {
    const words = (['breaks', 'uncertain'] as const).flatMap(word => {
      const where = releasesWith(found, changes, word)
      return where === '' ? [] : [`${word} ${prose(where)}`]
    })
    return `- ${kernelText(found.kernels[kernel]!)} as ${mode}: ${words.join('; ')}`
  })
