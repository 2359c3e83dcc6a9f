/**
 * The comparison as one HTML file.
 * @module
 */
import { DIFFERENCES, type Diff } from '../../findings/diff/model.ts'
import { plural } from '../../findings/plural.ts'
import { groupDigits } from '../audit/counts.ts'
import { kernelTitle, listed } from '../audit/names.ts'
import { html, type Markup } from '../html/markup.ts'
import { type PlainSection, plainPage } from '../html/plain-page.ts'
import { buildRows, type KernelRow, kernelRows } from './gather.ts'
import type { DiffFormat } from './report.ts'
import {
  answerRows,
  answerText,
  countRows,
  DIFF_TITLE,
  inventoryLines,
  MEANING,
  originText,
  PAIR_REMARK,
  versionText,
} from './words.ts'

const VERSIONS = 12

export const htmlReport: DiffFormat = diff => {
  const rows = kernelRows(diff)
  return plainPage({
    title: DIFF_TITLE,
    lead: [`old: ${originText(diff.old)}`, `new: ${originText(diff.new)}`],
    origin: `${diff.tool}, ${diff.created}`,
    tool: diff.tool,
    sections: [
      summary(diff),
      answers(diff),
      ...causes(diff),
      ...hosts(diff),
      ...DIFFERENCES.flatMap(word => kernels(word, rows.get(word) ?? [])),
    ],
  })
}

const number = (name: string) => ({ name, look: 'number' as const })

const summary = (diff: Diff): PlainSection => ({
  id: 'summary',
  title: 'At a glance',
  notes: [...diff.remarks, ...inventoryLines(diff)].map(line => `${line}.`),
  table: {
    columns: [{ name: 'Difference' }, number('Pairs'), { name: 'What it means' }],
    rows: countRows(diff).map(([word, count]) => [word, groupDigits(count), MEANING[word]]),
  },
})

const answers = (diff: Diff): PlainSection => ({
  id: 'answers',
  title: 'Answers',
  notes: [`${PAIR_REMARK}.`],
  table: {
    columns: [{ name: 'Answer' }, number('Before'), number('After')],
    rows: answerRows(diff).map(([word, before, after]) => [word, groupDigits(before), groupDigits(after)]),
  },
})

const causes = ({ causes }: Diff): PlainSection[] =>
  causes.length === 0
    ? []
    : [
        {
          id: 'causes',
          title: 'Causes',
          table: {
            columns: [{ name: 'Cause' }, ...['Before', 'After', 'Appeared', 'Vanished'].map(number)],
            rows: causes.map(({ code, title, before, after, appeared, vanished }) => [
              html`${title} <code>${code}</code>`,
              ...[before, after, appeared, vanished].map(groupDigits),
            ]),
          },
        },
      ]

const bdi = (text: string): Markup => html`<bdi>${text}</bdi>`

function hosts(diff: Diff): PlainSection[] {
  const rows = buildRows(diff)
  if (rows.length === 0) return []
  return [
    {
      id: 'hosts',
      title: 'Hosts',
      table: {
        columns: [{ name: 'Xen' }, { name: 'Hosts' }, ...DIFFERENCES.map(number)],
        rows: rows.map(({ build, counts }) => [
          bdi(versionText(build)),
          bdi(listed(build.hosts, VERSIONS)),
          ...DIFFERENCES.map(word => groupDigits(counts[word] ?? 0)),
        ]),
      },
    },
  ]
}

function kernels(word: (typeof DIFFERENCES)[number], rows: readonly KernelRow[]): PlainSection[] {
  if (rows.length === 0) return []
  const columns = [
    ...['Kernel', 'Boot mode', 'Before', 'After', 'Reason', 'On Xen'].map(name => ({ name })),
    number('Hosts'),
    number('Pairs'),
  ]
  return [
    {
      id: word,
      title: word,
      notes: [`${plural(rows.length, 'kernel and boot mode', 'kernels and boot modes')}: ${MEANING[word]}.`],
      table: {
        columns,
        rows: rows.map(({ kernel, mode, before, after, builds, hosts, pairs }) => [
          bdi(kernelTitle(kernel)),
          mode,
          answerText(before),
          answerText(after),
          (after ?? before)!.reason,
          bdi(listed([...builds], VERSIONS)),
          groupDigits(hosts),
          groupDigits(pairs),
        ]),
      },
    },
  ]
}
