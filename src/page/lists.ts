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
  const few = details.querySelector('p')
  // On paper the few names that the document has are enough.
  if (few === null || document.documentElement.classList.contains('printing')) return
  const listed = fromRanges(indices)
  if (what === 'kernels') listed.sort((a, b) => model.nameRanks[a]! - model.nameRanks[b]!)
  const items = listed.map(index => item(model, what, index, open))
  few.replaceWith(h('ul', { class: 'names' }, ...items))
}

export function fillLists(model: Model, open: Open): void {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('details.affects')) {
    details.addEventListener('toggle', () => {
      if (details.open) fill(details, model, open)
    })
  }
}
