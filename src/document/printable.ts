/**
 * Text of others, made harmless for terminals and logs: names, notes and messages may hold characters that move the
 * cursor, change its colour, turn the direction of text or begin a new line.
 * @module
 */

/**
 * Control and format characters, the whole block of tags, line and paragraph separators, and halves of surrogate pairs.
 * The joiners U+200C and U+200D stay: names in several scripts need them.
 */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u{e0000}-\u{e007f}]|(?![\u200c\u200d])\p{Cf}/gu

/** Those that JSON.stringify() leaves as they are. It escapes controls below U+0020, which are its own line ends here. */
const INVISIBLE_IN_JSON = /[\u007f-\u009f\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]|(?![\u200c\u200d])\p{Cf}/gu

/** Nearly all text is without it, which is told in a fifth of the time. */
const BEYOND_ASCII = /[^\n -~]/

const escaped = (char: string) => {
  const code = char.codePointAt(0)!
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** The text on one line, with escapes for what would not be seen. */
export const printable = (text: string): string => text.replace(INVISIBLE, escaped)

/** JSON text with escapes for what would not be seen. Its value does not change. */
export function printableJson(json: string): string {
  if (!BEYOND_ASCII.test(json)) return json
  return json.replace(INVISIBLE_IN_JSON, char =>
    [...Array(char.length).keys()]
      .map(at => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** `value` as JSON that is harmless on a terminal; on one line, or with `indent` spaces a level. */
export const jsonText = (value: unknown, indent = 0): string =>
  printableJson(JSON.stringify(value, null, indent))
