/** Text on a terminal of 80 columns. */

/** The columns of a report on a terminal. */
export const WIDTH = 80

/** Cuts the front of a path that is too long: its end tells more. */
export const shortenPath = (path: string, width: number) =>
  path.length <= width ? path : `…${path.slice(path.length - width + 1)}`

/** Breaks text at spaces into lines of at most `width`; a longer word gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

/**
 * Control and format characters, line and paragraph separators, and halves of surrogate pairs. The joiners U+200C
 * and U+200D stay: names in several scripts need them.
 */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu

const escaped = (char: string) => {
  const code = char.codePointAt(0)!
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/**
 * Characters that would move the cursor, change its colour or turn the direction of text, made visible: names and
 * notes are not ours.
 */
export const printable = (text: string) => text.replace(INVISIBLE, escaped)
