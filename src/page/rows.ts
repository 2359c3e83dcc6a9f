/**
 * Rows of the matrix as elements.
 * @module
 */
import { lookSign, lookWord } from '../report/html/words.ts'
import type { GroupRow, KernelRow } from './arrange.ts'
import { shareBar, sharesText } from './badge.ts'
import type { CellView } from './cell.ts'
import { h } from './dom.ts'
import type { Model } from './model.ts'
import { count, fullName, kernelName } from './names.ts'
import type { View } from './view.ts'

/** What a cell says, for those who do not see it. */
export function cellText(cell: CellView | undefined): string {
  if (cell === undefined) return 'not asked'
  return [
    lookWord[cell.look],
    cell.mixed && 'not by every build of the series',
    cell.code,
    cell.laterRefusal !== undefined && `refused from ${cell.laterRefusal} on`,
    cell.ignored && 'ignored by policy',
    cell.known && 'known from the baseline',
  ]
    .filter(Boolean)
    .join(', ')
}

/** Where there are few columns, a cell has room for a word beside its sign. */
export const isWide = ({ columns }: View) => columns.length <= 12

function cellElement(cell: CellView | undefined, column: number, wide: boolean): HTMLTableCellElement {
  const looks = cell === undefined ? 'empty' : `look-${cell.look}`
  const marks = [
    cell !== undefined && !cell.picked && 'faded',
    cell?.mixed && 'mixed',
    cell?.laterRefusal !== undefined && 'refused-later',
    cell?.ignored && 'ignored',
  ]
  return h(
    'td',
    {
      class: ['cell', looks, ...marks.filter(Boolean)].join(' '),
      tabindex: -1,
      'aria-label': cellText(cell),
      'data-column': column,
    },
    cell === undefined ? '' : lookSign[cell.look],
    cell !== undefined && wide && h('span', { class: 'word' }, ` ${lookWord[cell.look]}`),
  )
}

export function kernelRow(model: Model, view: View, row: KernelRow): HTMLTableRowElement {
  const kernel = model.data.kernels[row.kernel]!
  const images = kernel.images.length
  const wide = isWide(view)
  const head = h(
    'th',
    {
      scope: 'row',
      class: 'row-head',
      tabindex: -1,
      'data-column': -1,
      'aria-label': `${fullName(kernel)}, ${count(images, 'image')}: ${sharesText(row.shares)}`,
    },
    h(
      'span',
      { class: 'row-label' },
      kernelName(kernel),
      kernel.added && h('span', { class: 'tag' }, 'new'),
      images > 1 && h('span', { class: 'times' }, `×${images}`),
      shareBar(row.shares, 'to right'),
    ),
  )
  return h(
    'tr',
    { class: 'kernel' },
    head,
    ...row.cells.map((cell, column) => cellElement(cell, column, wide)),
  )
}

export function groupRow(
  { columns }: View,
  { title, kernels, folded, shares }: GroupRow,
): HTMLTableRowElement {
  const label = h(
    'span',
    { class: 'group-label' },
    h('span', { class: 'fold', 'aria-hidden': 'true' }, folded ? '▸' : '▾'),
    h('bdi', {}, title),
    h('span', { class: 'times' }, count(kernels, 'kernel')),
    shareBar(shares, 'to right'),
  )
  const head = h(
    'th',
    {
      scope: 'rowgroup',
      class: 'group-head',
      colspan: columns.length + 1,
      tabindex: -1,
      'data-column': -1,
      'aria-expanded': String(!folded),
      'aria-label': `${title}, ${count(kernels, 'kernel')}`,
    },
    label,
  )
  return h('tr', { class: 'group' }, head)
}
