/**
 * Rows of the matrix as elements.
 * @module
 */
import { lookSign, lookWord } from '../report/html/words.ts'
import type { AlikeRow, Cells, GroupRow, KernelRow } from './arrange.ts'
import { shareBar, sharesText } from './badge.ts'
import type { CellView } from './cell.ts'
import { h } from './dom.ts'
import { fullName } from './full-name.ts'
import type { Model } from './model.ts'
import { count, kernelName } from './names.ts'
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

/** A row of cells behind its head. */
function cellRow(view: View, kind: string, head: HTMLTableCellElement, cells: Cells): HTMLTableRowElement {
  const wide = isWide(view)
  return h('tr', { class: kind }, head, ...cells.map((cell, column) => cellElement(cell, column, wide)))
}

export function kernelRow(
  model: Model,
  view: View,
  { kernel: index, cells, shares, isMember }: KernelRow,
): HTMLTableRowElement {
  const kernel = model.data.kernels[index]!
  const images = kernel.images.length
  const head = h(
    'th',
    {
      scope: 'row',
      class: isMember ? 'row-head member' : 'row-head',
      tabindex: -1,
      'data-column': -1,
      'aria-label': `${fullName(kernel)}, ${count(images, 'image')}: ${sharesText(shares)}`,
    },
    h(
      'span',
      { class: 'row-label' },
      kernelName(kernel),
      kernel.added && h('span', { class: 'tag' }, 'new'),
      images > 1 && h('span', { class: 'times' }, `×${images}`),
      shareBar(shares, 'to right'),
    ),
  )
  return cellRow(view, 'kernel', head, cells)
}

export function alikeRow(
  model: Model,
  view: View,
  { kernels, cells, shares, folded }: AlikeRow,
): HTMLTableRowElement {
  const first = model.data.kernels[kernels[0]!]!
  const all = count(kernels.length, 'kernel')
  const head = h(
    'th',
    {
      scope: 'row',
      class: 'row-head',
      tabindex: -1,
      'data-column': -1,
      'aria-expanded': String(!folded),
      'aria-label': `${all} with the same answers, the first ${fullName(first)}: ${sharesText(shares)}`,
    },
    h(
      'span',
      { class: 'row-label' },
      h('span', { class: 'fold', 'aria-hidden': 'true' }, folded ? '▸' : '▾'),
      kernelName(first),
      h('span', { class: 'times' }, `+${kernels.length - 1}`),
      shareBar(shares, 'to right'),
    ),
  )
  return cellRow(view, 'kernel alike', head, cells)
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
