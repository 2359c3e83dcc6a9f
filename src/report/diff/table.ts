/**
 * The comparison for people at a terminal: counts, then causes, then kernels by what differs.
 * @module
 */
import { DIFFERENCES, type Diff } from '../../findings/diff/model.ts'
import { kernelTitle } from '../audit/names.ts'
import { Page } from '../audit/page.ts'
import { buildRows, type KernelRow, kernelRows } from './gather.ts'
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
  STYLE,
  versionText,
} from './words.ts'

/** Items of a section, and versions in a list, before they are cut. */
const ITEMS = 10
const VERSIONS = 12
const HOSTS = 6

export const tableReport: DiffFormat = (diff, options) => {
  const page = new Page(options)
  page.heading(DIFF_TITLE)
  page.paragraph('old  ', originText(diff.old))
  page.paragraph('new  ', originText(diff.new))
  for (const remark of diff.remarks) page.paragraph('', `${remark}.`, 'yellow')
  counts(page, diff)
  answers(page, diff)
  causes(page, diff)
  hosts(page, diff)
  const rows = kernelRows(diff)
  for (const word of DIFFERENCES) {
    const own = rows.get(word)
    if (own === undefined) continue
    page.heading(`${word}: ${MEANING[word]}`)
    page.items(own, ITEMS, row => kernelItem(page, row))
  }
  return page.text()
}

function counts(page: Page, diff: Diff): void {
  page.counts(
    countRows(diff).map(([word, count]) => ({ label: word, style: STYLE[word], count })),
    { one: 'pair', many: 'pairs' },
  )
  page.paragraph('  ', PAIR_REMARK, 'dim')
  for (const line of inventoryLines(diff)) page.paragraph('  ', line)
}

function answers(page: Page, diff: Diff): void {
  page.heading('Answers')
  page.columns(['', 'before', 'after'], answerRows(diff))
}

function causes(page: Page, diff: Diff): void {
  if (diff.causes.length === 0) return
  page.heading('Causes, those of most new pairs first')
  page.items(diff.causes, ITEMS, ({ code, title, before, after, appeared, vanished }) => {
    page.paragraph('  ', title === code ? code : `${title} (${code})`)
    page.paragraph(
      '    ',
      `${pairs(before)} before, ${after} after; ${appeared} appeared, ${vanished} vanished`,
    )
  })
}

function hosts(page: Page, diff: Diff): void {
  const rows = buildRows(diff)
  if (rows.length === 0) return
  page.heading('Hosts')
  page.items(rows, ITEMS, ({ build, counts }) => {
    page.paragraph('  ', `Xen ${versionText(build)}: ${countsText(counts)}`)
    page.names('    hosts: ', build.hosts, HOSTS)
  })
}

function kernelItem(
  page: Page,
  { difference, kernel, mode, before, after, builds, pairs: count }: KernelRow,
): void {
  page.paragraph('  ', kernelTitle(kernel), STYLE[difference])
  const answer =
    difference === 'new'
      ? answerText(after)
      : difference === 'gone'
        ? answerText(before)
        : `${answerText(before)} → ${answerText(after)}`
  page.paragraph('    ', `${mode}, ${pairs(count)}: ${answer}`)
  page.names('    on Xen: ', [...builds], VERSIONS)
}
