/**
 * Text that keeps within the columns of a terminal, whatever characters it is made of.
 * @module
 */

/** Characters that a terminal draws in two columns: East Asian wide and full-width ones (UAX #11), and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
/** Characters that are drawn over the one before them. */
const NO_WIDTH = /[\p{Mn}\p{Me}\u200c\u200d]/u

const columnsOfChar = (char: string) => (NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** The columns that a text without control characters takes. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const char of text) columns += char < '\u0300' ? 1 : columnsOfChar(char)
  return columns
}

export const padEnd = (text: string, columns: number) =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

export const padStart = (text: string, columns: number) =>
  ' '.repeat(Math.max(0, columns - columnsOf(text))) + text

/** The longest end of `chars` that takes at most `columns`. */
function tail(chars: readonly string[], columns: number): string {
  let start = chars.length
  let room = columns
  while (start > 0) {
    const next = chars[start - 1]!
    room -= columnsOf(next)
    if (room < 0) break
    start--
  }
  return chars.slice(start).join('')
}

/** The longest start of `chars` that takes at most `columns`. */
function start(chars: readonly string[], columns: number): string {
  let end = 0
  let room = columns
  for (const char of chars) {
    room -= columnsOf(char)
    if (room < 0) break
    end++
  }
  return chars.slice(0, end).join('')
}

/** Cuts the middle of a name that is too long; its end, which tells more of a path, gets the larger part. */
export function cutMiddle(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  const chars = [...text]
  const first = Math.floor((columns - 1) / 3)
  return `${start(chars, first)}…${tail(chars, columns - 1 - first)}`
}

/** Cuts a word into pieces of at most `columns`. */
function pieces(word: string, columns: number): string[] {
  const parts: string[] = []
  let part = ''
  let width = 0
  for (const char of word) {
    const next = columnsOf(char)
    if (width + next > columns && part !== '') {
      parts.push(part)
      part = ''
      width = 0
    }
    part += char
    width += next
  }
  return [...parts, part]
}

/** Breaks text at its spaces into lines of at most `columns`; a longer word is broken where it has to be. */
export function fold(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const word of text.split(' ')) {
    const length = columnsOf(word)
    if (line !== '' && width + 1 + length <= columns) {
      line += ` ${word}`
      width += 1 + length
      continue
    }
    if (line !== '') lines.push(line)
    const parts = length <= columns ? [word] : pieces(word, columns)
    lines.push(...parts.slice(0, -1))
    line = parts.at(-1)!
    width = columnsOf(line)
  }
  return [...lines, line]
}
