/**
 * Fills the lists of kernels and builds that are closed in the document, when they are opened.
 * @module
 */

import { fromRanges } from '../report/html/runs.ts'
import { button, h } from './dom.ts'
import { fullName } from './full-name.ts'
import type { Model } from './model.ts'
import { count } from './names.ts'
import type { Target } from './target.ts'

type Open = (target: Target, back: () => void) => void

function item(model: Model, what: string, index: number, open: Open): HTMLElement {
  const isKernel = what === 'kernels'
  const build = model.data.builds[index]
  const name = isKernel ? fullName(model.data.kernels[index]!) : build!.label
  const note = isKernel ? undefined : count(build!.hosts.length, 'host')
  const target: Target = isKernel
    ? { kind: 'kernel', kernel: index }
    : { kind: 'builds', label: name, builds: [index] }
  const element = button({ class: 'link' }, () => open(target, () => element.focus()), h('bdi', {}, name))
  return h('li', {}, element, note !== undefined && h('small', {}, note))
}

function fill(details: HTMLDetailsElement, model: Model, open: Open): void {
  const { what = '', indices = '' } = details.dataset
  if (indices === '') return
  details.dataset.indices = ''
  const places = what === 'kernels' ? model.nameRanks : undefined
  const listed = fromRanges(indices)
  if (places !== undefined) listed.sort((a, b) => places[a]! - places[b]!)
  const items = listed.map(index => item(model, what, index, open))
  details.querySelector('p')?.replaceWith(h('ul', { class: 'names' }, ...items))
}

/** Returns what fills all of them at once, for print. */
export function fillLists(model: Model, open: Open): () => void {
  const lists = document.querySelectorAll<HTMLDetailsElement>('details.affects')
  for (const details of lists) {
    details.addEventListener('toggle', () => {
      if (details.open) fill(details, model, open)
    })
  }
  return () => {
    for (const details of lists) fill(details, model, open)
  }
}
