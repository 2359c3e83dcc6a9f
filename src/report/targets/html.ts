/**
 * The comparison as one HTML file: releases that change the same are one column.
 * @module
 */
import type { Change } from '../../findings/model.ts'
import { BEST_RULE, type UpgradeTargets } from '../../findings/targets.ts'
import { groupDigits } from '../audit/counts.ts'
import { kernelTitle } from '../audit/names.ts'
import { html, type Markup } from '../html/markup.ts'
import { type PlainSection, plainPage } from '../html/plain-page.ts'
import { lookSign, lookWord } from '../html/words.ts'
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
      { name: 'To Xen', look: 'whole' },
      { name: 'Breaks least' },
      { name: 'Hosts', look: 'number' },
      ...COLUMNS.map(change => ({ name: capitalized(lookWord[change]), look: 'number' as const })),
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
    notes: [
      `The gravest change on any host: ${COLUMNS.map(change => `${lookSign[change]} ${lookWord[change]}`).join(', ')}. Empty where no host would be upgraded.`,
    ],
    table: {
      columns: [
        { name: 'Kernel', look: 'name' },
        { name: 'Boot mode', look: 'whole' },
        ...spans.map(({ name }) => ({ name, look: 'narrow' as const })),
      ],
      rows: found.rows.map(({ kernel, mode, changes }) => [
        html`<bdi>${kernelTitle(found.kernels[kernel]!)}</bdi>`,
        mode,
        ...spans.map(({ from }) => signOf(changes[from])),
      ]),
    },
  }
}

const signOf = (change: Change | null | undefined): Markup | string =>
  change == null
    ? ''
    : html`<span class="look-${change}" role="img" aria-label="${lookWord[change]}" title="${lookWord[change]}">${lookSign[change]}</span>`

const capitalized = (word: string) => `${word[0]!.toUpperCase()}${word.slice(1)}`
