/**
 * The terminal that a person watches. It shows a progress bar on its bottom line, and gets reports and messages from
 * several streams: the bar is cleared before anything else is written, and the cursor is never moved to another line.
 * @module
 */
import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { printable } from '../document/printable.ts'
import type { TextStyle } from '../report/text-setter.ts'

/** Where bytes go: to a terminal, to a program that may write to the same terminal, or to where nobody sees them. */
export type Place = 'terminal' | 'program' | 'elsewhere'

const CLEAR_LINE = '\r\u001b[K'
const NEWLINE = 0x0a
/** Of a terminal that does not know its size, and of files and pipes. */
export const DEFAULT_COLUMNS = 80

/** Tells where the bytes go that are written to `fd`. */
export function placeOf(fd: number): Place {
  if (isatty(fd)) return 'terminal'
  try {
    const stats = fstatSync(fd)
    return stats.isFIFO() || stats.isSocket() ? 'program' : 'elsewhere'
  } catch {
    return 'program'
  }
}

/** The columns of a terminal; 80 where there is none, or where it does not know. */
export const terminalColumns = (stream: { isTTY?: boolean; columns?: number }): number =>
  (stream.isTTY === true && stream.columns) || DEFAULT_COLUMNS

/** Text, or its bytes in UTF-8. */
export type Written = string | Uint8Array

class Screen {
  #bar = ''
  #isAtLineStart = true
  #isShared = false
  #writing = 0

  /**
   * Shows `text` on the bottom line, cut to the width of the terminal. Does nothing while something else is written,
   * after an unfinished line, and once another program may write to the terminal.
   */
  draw(text: string): void {
    if (this.#isShared || this.#writing > 0 || !this.#isAtLineStart) return
    // The last column stays free: a terminal that wraps there would need two lines.
    const bar = text.slice(0, terminalColumns(process.stderr) - 1)
    if (bar === this.#bar) return
    process.stderr.write(`\r${bar}\u001b[K`)
    this.#bar = bar
  }

  clear(): void {
    if (this.#bar === '') return
    process.stderr.write(CLEAR_LINE)
    this.#bar = ''
  }

  /** Has to be called before `text` is written to `place`, and `endWriting` after it has been written. */
  beginWriting(place: Place, text: Written): void {
    if (text.length === 0 || place === 'elsewhere') return
    this.clear()
    if (place === 'program') this.#isShared = true
    else this.#isAtLineStart = text.at(-1) === (typeof text === 'string' ? '\n' : NEWLINE)
    this.#writing++
  }

  endWriting(place: Place, text: Written): void {
    if (text.length > 0 && place !== 'elsewhere') this.#writing--
  }
}

/** A process has one terminal. */
export const screen = new Screen()

/** A terminal would break the line in the midst of a word. */
function folded(line: string): string {
  if (process.stderr.isTTY !== true) return line
  const width = terminalColumns(process.stderr)
  return line.replace(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), '$1\n').trimEnd()
}

/** Prints a line for people on stderr, and below it what it is about. What others have named cannot forge a line. */
export function tell(message: string, details: readonly string[] = []): void {
  screen.clear()
  const lines = [`xen-preflight: ${printable(message)}`, ...details.map(printable)]
  process.stderr.write(`${lines.map(folded).join('\n')}\n`)
}

/** Whether colours are wanted on standard output: a terminal, and nobody said no (no-color.org). */
const wantsColour = (): boolean => process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === ''

/** How text for people is set on standard output. */
export const stdoutStyle = (): TextStyle => ({
  colour: wantsColour(),
  width: terminalColumns(process.stdout),
})
