/** Fields of the page's forms. */
import { h } from '../../page/dom.ts'
import { modeWord } from '../../report/html/words.ts'
import { type BootModeName, bootModes } from '../../xen/boot-mode.ts'

/** A form that asks a worker; Enter in a field submits it. */
export function form(attributes: Record<string, string>, ask: () => void, ...children: (Node | false)[]) {
  const element = h('form', attributes, ...children)
  element.addEventListener('submit', event => {
    event.preventDefault()
    ask()
  })
  return element
}

/** A line of text that no spelling is checked of. */
export const textField = (id: string, placeholder: string): HTMLInputElement =>
  h('input', { id, type: 'text', placeholder, autocomplete: 'off', spellcheck: 'false' })

/** A label beside what it is of. */
export const labelled = (text: string, field: HTMLElement): HTMLElement =>
  h('span', { class: 'field' }, h('label', { for: field.id }, text), field)

export function checkbox(id: string, text: string, checked = false): [HTMLElement, HTMLInputElement] {
  const box = h('input', { id, type: 'checkbox', checked })
  return [h('label', { class: 'field', for: id }, box, text), box]
}

/** The modes that are asked where none is chosen, with hosts and without. */
export const usualModes = (hasHosts: boolean): string =>
  hasHosts ? `${modeWord['pv-domU']}, or as hosts declare` : modeWord['pv-domU']

/** Boot modes to choose from; `usual` is what the first choice is called. */
export const modeField = (id: string, usual: string): HTMLSelectElement =>
  h(
    'select',
    { id },
    h('option', { value: '' }, usual),
    ...bootModes.map(mode => h('option', { value: mode }, modeWord[mode])),
    h('option', { value: 'all' }, 'all modes'),
  )

/** The modes that a field of modes names, as a part of what is asked; nothing for the usual ones. */
export function modesIn({ value }: HTMLSelectElement): { modes?: readonly BootModeName[] } {
  if (value === '') return {}
  return { modes: value === 'all' ? bootModes : bootModes.filter(mode => mode === value) }
}
