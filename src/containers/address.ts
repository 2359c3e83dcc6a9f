/**
 * Addresses of what is inside a container: `web01.qcow2!/part2/boot/vmlinuz-6.1.0`. `!` ends the path of the container.
 * Volumes and snapshots come first, then the path in the file system or archive; a container in a file adds `!` again.
 */

/** One level: the names after one `!`. */
export type AddressPart = readonly string[]

/** What no shell takes for its own, and no address. */
const PLAIN = /^[\p{L}\p{M}\p{N}._+,:@=~^-]$/u

/** A name as an address has it: each byte of every other character as `%XX`. */
export function escapeName(name: string): string {
  let text = ''
  for (const character of name) text += PLAIN.test(character) ? character : percent(character)
  return text
}

function percent(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('')
}

/** The name that was escaped. Throws a URIError where `%` is followed by what is no UTF-8. */
export const unescapeName = (text: string): string => decodeURIComponent(text)

/** What follows the first `!/` of an address. */
export const writeInside = (parts: readonly AddressPart[]): string =>
  parts.map(names => names.map(escapeName).join('/')).join('!/')

/** The parts of what follows the first `!/`. Throws a URIError. */
export const parseInside = (inside: string): AddressPart[] =>
  inside.split('!/').map(part =>
    part
      .split('/')
      .filter(name => name !== '')
      .map(unescapeName),
  )
