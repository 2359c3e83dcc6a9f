/**
 * Text that is not ours, so that it shows what it holds: controls, characters that turn the reading direction
 * or take no room, and halves of surrogate pairs become escapes.
 * @module
 */

const escapeOf = (char: string) => {
  const code = char.codePointAt(0)!
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** One line: names, paths, labels. */
export const visible = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escapeOf)

/** Text that may have lines: messages and reasons. */
export const visibleLines = (text: string) => text.split('\n').map(visible).join('\n')
