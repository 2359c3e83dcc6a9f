/**
 * Text of others in Markdown (CommonMark 0.31, GitHub's extensions): it stays text, whatever it says.
 * @module
 */
import { printable } from '../../document/printable.ts'

/** Names and log lines: a code span whose fence is longer than any run of backticks in it. */
export function code(text: string): string {
  const shown = printable(text)
  const runs = shown.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map(run => run.length)) + 1)
  // One space on either side is taken off again; without them a backtick would become part of the fence.
  const pad = /^[` ]|[` ]$/.test(shown) || shown === '' ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** Sentences: whatever would be markup is escaped, links and mentions are not made. */
export const prose = (text: string): string =>
  printable(text)
    .trimStart()
    .replace(/[\\`*[\]<>&~|]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/:\/\//g, ':\\//')
    .replace(/\bwww\./gi, 'www\\.')
    // Services look for mentions in the text that comes out: no escape helps, only a character in between.
    .replace(/@(?=\\?\w)/g, '@ ')
    .replace(/^[#+-]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
