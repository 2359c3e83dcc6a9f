/**
 * The comparison for a ticket or a merge request.
 * @module
 */
import { BEST_RULE, type UpgradeTargets } from '../../findings/targets.ts'
import { code, prose } from '../audit/markdown-text.ts'
import { few, kernelTitle } from '../audit/names.ts'
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

const ITEMS = 20

export const markdownReport: TargetsFormat = found => {
  const lines = [
    `# ${prose(titleOf(found))}`,
    '',
    `**${prose(verdictLine(found))}.**`,
    '',
    `${prose(subjectOf(found))}.`,
    '',
    `| to Xen | hosts | ${COLUMNS.join(' | ')} |`,
    `| --- | ---: | ${COLUMNS.map(() => '---:').join(' | ')} |`,
    ...spansOf(found).map(({ name, from, isBest }) => {
      const { hosts, changes } = found.targets[from]!
      const cells = [
        isBest ? `**${prose(name)}**` : prose(name),
        hosts,
        ...COLUMNS.map(word => changes[word]),
      ]
      return `| ${cells.join(' | ')} |`
    }),
    '',
    `Counted are ${found.unit}. ${BEST_RULE}.`,
    ...kernels(found),
    '',
    `Made by ${prose(originOf(found))}.`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

function kernels(found: UpgradeTargets): string[] {
  const { shown, more } = few(troubledRows(found), ITEMS)
  if (shown.length === 0) return []
  return [
    '',
    '## Kernels that some release breaks, or may break',
    '',
    ...shown.map(({ kernel, mode, changes }) => {
      const words = (['breaks', 'uncertain'] as const).flatMap(word => {
        const where = releasesWith(found, changes, word)
        return where === '' ? [] : [`${word} ${prose(where)}`]
      })
      return `- ${code(kernelTitle(found.kernels[kernel]!))} as ${mode}: ${words.join('; ')}`
    }),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ]
}
