/**
 * Elements from data. Texts become text nodes and attributes are set one by one: no data is ever read as HTML.
 * @module
 */

export type Child = Node | string | undefined | false

export type Attributes = Record<string, string | number | boolean | undefined>

/** `true` sets an empty attribute; `undefined` and `false` set none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes,
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.filter(child => child !== undefined && child !== false))
  return element
}

/** A button that does something; never submits. */
export function button(attributes: Attributes, act: () => void, ...children: Child[]): HTMLButtonElement {
  const element = h('button', { type: 'button', ...attributes }, ...children)
  element.addEventListener('click', act)
  return element
}

/** The element that the document promises to have. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new Error(`Cannot find the element ${id} in this document`)
  return element
}
