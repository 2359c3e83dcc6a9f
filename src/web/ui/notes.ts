/** The notes of a kernel, decoded. */
import { h } from '../../page/dom.ts'
import type { AnswerTo } from '../messages.ts'

export function notesParts({ notes, guest, remark }: AnswerTo<'notes'>): HTMLElement[] {
  const rows = [
    ...notes.map(({ offset, name, size, value, remark: about }) =>
      row(`0x${offset.toString(16)}`, name, String(size), value, about),
    ),
    ...guest.map(({ name, value, known }) =>
      row('', name, '', value, known ? undefined : 'no release knows this key'),
    ),
  ]
  if (rows.length === 0) return [h('p', {}, 'It has no notes.')]
  const heads = ['Offset', 'Note', 'Bytes', 'Value'].map(word => h('th', { scope: 'col' }, word))
  return [
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Notes' },
      h('table', { class: 'list' }, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows)),
    ),
    ...(remark === undefined ? [] : [h('p', { class: 'note' }, remark)]),
  ]
}

const row = (offset: string, name: string, size: string, value: string, remark?: string) =>
  h(
    'tr',
    {},
    h('td', {}, h('code', {}, offset)),
    h('th', { scope: 'row' }, name),
    h('td', { class: 'number' }, size),
    h(
      'td',
      {},
      h('code', {}, value),
      remark !== undefined && remark !== '' && h('div', { class: 'note' }, remark),
    ),
  )
