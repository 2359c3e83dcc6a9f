/**
 * The comparison for people at a terminal: a line a release, then the kernels that some release breaks.
 * @module
 */
import { BEST_RULE, type UpgradeTargets } from '../../findings/targets.ts'
import { kernelTitle } from '../audit/names.ts'
import { Page } from '../audit/page.ts'
import { padEnd } from '../fit.ts'
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

/** Items of a section before they are cut. */
const ITEMS = 10

export const tableReport: TargetsFormat = (found, options) => {
  const page = new Page(options)
  page.heading(titleOf(found))
  page.paragraph('', subjectOf(found))
  page.paragraph('', originOf(found), 'dim')
  page.line()
  page.paragraph('', `${verdictLine(found)}.`, 'bold')
  page.paragraph('', `${BEST_RULE}.`, 'dim')
  releases(page, found)
  causes(page, found)
  kernels(page, found)
  return page.text()
}

function releases(page: Page, found: UpgradeTargets): void {
  const spans = spansOf(found)
  page.heading('Releases')
  page.columns(
    ['to Xen', 'hosts', ...COLUMNS],
    spans.map(({ name, from }) => {
      const { hosts, changes } = found.targets[from]!
      return [name, hosts, ...COLUMNS.map(word => changes[word])]
    }),
    index => spans[index]!.isBest,
  )
  page.paragraph('  ', `Counted are ${found.unit}; * breaks least`, 'dim')
}

function causes(page: Page, { targets, best, unit }: UpgradeTargets): void {
  const { to, causes } = targets[best]!
  if (causes.length === 0) return
  page.heading(`Why, on Xen ${to}`)
  page.items(causes, ITEMS, ({ code, title, reason, guests }) => {
    page.paragraph('  ', `${title} (${code}): ${guests} ${unit}`)
    page.paragraph('    ', reason)
  })
}

function kernels(page: Page, found: UpgradeTargets): void {
  const rows = troubledRows(found)
  if (rows.length === 0) {
    page.line()
    page.paragraph('', 'No release breaks a kernel that starts today, and none is in doubt.', 'green')
    return
  }
  page.heading('Kernels that some release breaks, or may break')
  page.items(rows, ITEMS, ({ kernel, mode, changes }) => {
    page.paragraph('  ', `${kernelTitle(found.kernels[kernel]!)} as ${mode}`)
    for (const [word, style] of [
      ['breaks', 'red'],
      ['uncertain', 'yellow'],
    ] as const) {
      const where = releasesWith(found, changes, word)
      if (where !== '') page.paragraph(`    ${padEnd(`${word}:`, 11)}`, where, style)
    }
  })
}
