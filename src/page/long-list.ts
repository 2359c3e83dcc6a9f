/**
 * A list that folds when it is long.
 * @module
 */
import { h } from './dom.ts'
import { count } from './names.ts'

const SHORT = 4

export function longList(items: readonly string[], one: string): HTMLElement {
  const list = h('ul', { class: 'paths' }, ...items.map(item => h('li', {}, h('bdi', {}, item))))
  if (items.length <= SHORT) return list
  return h('details', {}, h('summary', {}, count(items.length, one)), list)
}
