/**
 * The head of the matrix: a band of series over one upright label a column.
 * @module
 */
import { shareBar, sharesText } from './badge.ts'
import type { Column } from './columns.ts'
import { h } from './dom.ts'
import { count, shortLabel } from './names.ts'
import type { View } from './view.ts'

/** Neighbouring columns of one series. */
function bands(columns: readonly Column[]): { series: string; columns: number }[] {
  const found: { series: string; columns: number }[] = []
  for (const { series } of columns) {
    const last = found.at(-1)
    if (last?.series === series) last.columns++
    else found.push({ series, columns: 1 })
  }
  return found
}

const bandRow = (columns: readonly Column[]) =>
  h(
    'tr',
    { class: 'bands', 'aria-rowindex': 1 },
    h('td', { class: 'corner' }),
    ...bands(columns).map(({ series, columns: span }) =>
      h('th', { scope: 'colgroup', colspan: span, class: 'band' }, h('bdi', {}, series)),
    ),
  )

function columnHead({ label, hosts }: Column, index: number, view: View): HTMLTableCellElement {
  const shares = view.columnShares[index]!
  return h(
    'th',
    {
      scope: 'col',
      class: 'column-head',
      tabindex: -1,
      'data-column': index,
      'aria-label': `${label}, ${count(hosts, 'host')}: ${sharesText(shares)}`,
    },
    h(
      'span',
      { class: 'column-label' },
      h(
        'bdi',
        { class: 'upright', title: label === shortLabel(label) ? undefined : label },
        shortLabel(label),
      ),
      shareBar(shares, 'to top'),
      h('span', { class: 'hosts' }, String(hosts)),
    ),
  )
}

export const columnWidths = ({ columns }: View) =>
  h(
    'colgroup',
    {},
    h('col', { class: 'names-column' }),
    h('col', { class: 'build-column', span: columns.length }),
  )

/** How many rows the head has. */
export const headRows = (banded: boolean) => (banded ? 2 : 1)

export function headOf(view: View, banded: boolean): HTMLTableSectionElement {
  const { columns } = view
  const row = h(
    'tr',
    { class: 'columns', 'aria-rowindex': headRows(banded) },
    h(
      'th',
      { scope: 'col', class: 'corner', tabindex: -1, 'data-column': -1 },
      h('span', {}, 'Kernel'),
      h('span', { class: 'corner-note' }, 'Hosts'),
    ),
    ...columns.map((column, index) => columnHead(column, index, view)),
  )
  return h('thead', {}, banded && bandRow(columns), row)
}
