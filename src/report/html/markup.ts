/**
 * HTML from templates. What is put into one is escaped, unless it is markup itself: nothing that a name or
 * a note holds can become an element or an attribute.
 * @module
 */
import { visibleLines } from './visible.ts'

export interface Markup {
  readonly markup: string
}

/** `undefined` and `false` leave nothing. */
export type Content = string | number | undefined | false | Markup | readonly Content[]

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe as text and inside a quoted attribute. */
export const escapeHtml = (text: string) => visibleLines(text).replace(/[&<>"']/g, char => ENTITIES[char]!)

const render = (content: Content): string => {
  if (content === undefined || content === false) return ''
  if (typeof content === 'string') return escapeHtml(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(render).join('')
}

/** A template: everything in `${}` is escaped, lists are joined. */
export const html = (strings: TemplateStringsArray, ...contents: Content[]): Markup => ({
  markup: strings.reduce((text, part, index) => text + render(contents[index - 1]) + part),
})

/** JSON inside a script element: nothing in it can end the element or start a comment. */
export const scriptJson = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
