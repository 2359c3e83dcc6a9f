/**
 * Text in XML 1.0, where some characters may not occur at all, not even as references.
 * @module
 */
import { printable } from '../../document/printable.ts'

/** What is not in the production Char (https://www.w3.org/TR/xml/#charsets) and is left after `printable`. */
const NOT_A_CHAR = /[\ufffe\uffff]/g

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Text for an element or an attribute, on one line. */
export const xmlText = (text: string): string =>
  printable(text)
    .replace(NOT_A_CHAR, char => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, char => ENTITIES[char]!)

/** ` name="value"` for each attribute that has a value. */
export const attributes = (values: Record<string, string | number | undefined>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${xmlText(String(value))}"`)
    .join('')
