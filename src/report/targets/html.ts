/**
 * The comparison as one HTML file: releases that change the same are one column.
 * @module
 */
import { BEST_RULE, type UpgradeTargets } from '../../findings/targets.ts'
import { groupDigits } from '../audit/counts.ts'
import { kernelTitle } from '../audit/names.ts'
import { html } from '../html/markup.ts'
import { type PlainSection, plainPage } from '../html/plain-page.ts'
import { COLUMNS, originOf, spansOf, subjectOf, type TargetsFormat, titleOf, verdictLine } from './report.ts'

export const htmlReport: TargetsFormat = found =>
  plainPage({
    title: titleOf(found),
    lead: [subjectOf(found)],
    origin: originOf(found),
    tool: found.tool,
    sections: [releases(found), kernels(found)],
  })

const releases = (found: UpgradeTargets): PlainSection => ({
  id: 'releases',
  title: 'Releases',
  notes: [`${verdictLine(found)}.`, `${BEST_RULE}. Counted are ${found.unit}.`],
  table: {
    columns: [
      { name: 'To Xen' },
      { name: 'Breaks least' },
      ...['hosts', ...COLUMNS].map(name => ({ name, isNumber: true })),
      { name: 'Why' },
    ],
    rows: spansOf(found).map(({ name, from, isBest }) => {
      const { hosts, changes, causes } = found.targets[from]!
      const why = causes.map(({ title, guests }) => `${title} (${groupDigits(guests)})`).join(', ')
      const counts = [hosts, ...COLUMNS.map(word => changes[word])].map(groupDigits)
      return [html`<bdi>${name}</bdi>`, isBest ? 'yes' : '', ...counts, why]
    }),
  },
})

const kernels = (found: UpgradeTargets): PlainSection => {
  const spans = spansOf(found)
  return {
    id: 'kernels',
    title: 'Kernels',
    notes: ['The gravest change on any host.'],
    table: {
      columns: [{ name: 'Kernel' }, { name: 'Boot mode' }, ...spans.map(({ name }) => ({ name }))],
      rows: found.rows.map(({ kernel, mode, changes }) => [
        html`<bdi>${kernelTitle(found.kernels[kernel]!)}</bdi>`,
        mode,
        ...spans.map(({ from }) => changes[from] ?? ''),
      ]),
    },
  }
}
