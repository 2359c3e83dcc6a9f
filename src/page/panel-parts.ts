/**
 * Parts that several panels have.
 * @module
 */
import { button, type Child, h } from './dom.ts'
import { fullName } from './full-name.ts'
import type { Model, Show } from './model.ts'
import { count } from './names.ts'
import type { Go } from './target.ts'

export interface Asked {
  model: Model
  show: Show
  /** Goes on to another panel. */
  go: Go
}

export interface Content {
  title: Node
  body: Child[]
}

export const title = (...parts: Child[]) => h('span', {}, ...parts)

export const kernelLink = ({ model, go }: Asked, kernel: number) =>
  button(
    { class: 'link' },
    () => go({ kind: 'kernel', kernel }),
    h('bdi', {}, fullName(model.data.kernels[kernel]!)),
  )

export function buildLink({ model, go }: Asked, build: number): HTMLElement {
  const { label } = model.data.builds[build]!
  return button({ class: 'link' }, () => go({ kind: 'builds', label, builds: [build] }), h('bdi', {}, label))
}

/** A term and what it stands for. */
export type Term = readonly [string, Node | string] | false

export const terms = (...pairs: Term[]) =>
  h('dl', {}, ...pairs.flatMap(pair => (pair === false ? [] : [h('dt', {}, pair[0]), h('dd', {}, pair[1])])))

export const hostTerms = (hosts: readonly string[], pools: readonly string[]): Term[] => [
  [count(hosts.length, 'host'), longList(hosts, 'host')],
  pools.length > 0 && [count(pools.length, 'pool'), longList(pools, 'pool')],
]

export const imageTerm = (images: readonly string[]): Term => [
  count(images.length, 'image'),
  longList(images, 'path'),
]

export const remarkList = (remarks: readonly string[]) =>
  remarks.length > 0 &&
  h('div', {}, h('h3', {}, 'About this build'), h('ul', {}, ...remarks.map(remark => h('li', {}, remark))))

/** Kernels to go on to. */
export function kernelList(asked: Asked, kernels: readonly number[]): HTMLElement {
  const items = kernels.map(kernel => h('li', {}, kernelLink(asked, kernel)))
  return foldedList(h('ul', { class: 'paths' }, ...items), items.length, 'kernel')
}

/** A longer list is folded. */
const SHORT = 4

/** A list of paths that folds when it is long; `one` is the word for one of them. */
const longList = (items: readonly string[], one: string): HTMLElement =>
  foldedList(
    h('ul', { class: 'paths' }, ...items.map(item => h('li', {}, h('bdi', {}, item)))),
    items.length,
    one,
  )

const foldedList = (list: HTMLElement, items: number, one: string): HTMLElement =>
  items <= SHORT ? list : h('details', {}, h('summary', {}, count(items, one)), list)
