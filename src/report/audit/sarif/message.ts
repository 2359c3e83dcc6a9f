/**
 * Text in SARIF messages, where braces and brackets have a meaning.
 * @module
 */
import { printable } from '../../../document/printable.ts'

/** Braces are doubled (3.11.5), and no text of others becomes a link (3.11.6). */
export const messageText = (text: string): string =>
  printable(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (')

export interface Message {
  text: string
}

export const message = (text: string): Message => ({ text: messageText(text) })
