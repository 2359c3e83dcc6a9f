/**
 * Form controls of the toolbar, each with its label.
 * @module
 */
import { button, h } from './dom.ts'

export interface Choice<Value extends string> {
  value: Value
  word: string
  /** Said after the word, in small. */
  note?: string
}

let made = 0
const nextId = () => `control-${made++}`

/** One of a few, all in sight. Returns the element and a way to set it. */
export function segments<Value extends string>(
  label: string,
  choices: readonly Choice<Value>[],
  act: (value: Value) => void,
): { element: HTMLElement; set(value: Value): void } {
  const name = nextId()
  const inputs = new Map<Value, HTMLInputElement>()
  const parts = choices.map(({ value, word, note }) => {
    const input = h('input', { type: 'radio', name, value })
    input.addEventListener('change', () => act(value))
    inputs.set(value, input)
    return h('label', {}, input, h('span', {}, word, note !== undefined && h('small', {}, ` ${note}`)))
  })
  const element = h('fieldset', { class: 'segments' }, h('legend', {}, label), h('div', {}, ...parts))
  return {
    element,
    set(value) {
      const input = inputs.get(value)
      if (input !== undefined) input.checked = true
    },
  }
}

/** One of many. */
export function select<Value extends string>(
  label: string,
  choices: readonly Choice<Value>[],
  act: (value: Value) => void,
): { element: HTMLElement; set(value: Value): void } {
  const options = choices.map(({ value, word }) => h('option', { value }, word))
  const id = nextId()
  const control = h('select', { id }, ...options)
  control.addEventListener('change', () => act(control.value as Value))
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, label), control),
    set(value) {
      control.value = value
    },
  }
}

export function searchField(
  label: string,
  hint: string,
  act: (text: string) => void,
): { element: HTMLElement; set(text: string): void } {
  const id = nextId()
  const attributes = { id, type: 'search', placeholder: hint, spellcheck: 'false', autocomplete: 'off' }
  const input = h('input', attributes)
  input.addEventListener('input', () => act(input.value))
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, label), input),
    set(text) {
      if (input.value !== text) input.value = text
    },
  }
}

/** A button that stays down. */
export function toggle(
  attributes: { class: string; title: string },
  act: () => void,
  ...children: (Node | string)[]
): { element: HTMLButtonElement; set(pressed: boolean): void } {
  const element = button({ ...attributes, 'aria-pressed': 'false' }, act, ...children)
  return { element, set: pressed => element.setAttribute('aria-pressed', String(pressed)) }
}
