/**
 * Colours and signs of verdicts on a terminal. A colour is never the only sign: the word or sign says the same.
 * @module
 */
import type { CauseCode, VerdictWord } from '../xen/verdict.ts'

const SGR = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const

export type Paint = (style: keyof typeof SGR, text: string) => string

/** Paints with SGR sequences, or not at all. */
export const painter = (colour: boolean): Paint =>
  colour ? (style, text) => `\u001b[${SGR[style]}m${text}\u001b[0m` : (_, text) => text

export const VERDICT_STYLE: Record<VerdictWord, keyof typeof SGR> = {
  accepts: 'green',
  refuses: 'red',
  uncertain: 'yellow',
  unavailable: 'dim',
  'not-asked': 'dim',
}

/** `refuses (unknown-feature)`. */
export const verdictText = ({ verdict, code }: { verdict: VerdictWord; code?: CauseCode }): string =>
  code === undefined ? verdict : `${verdict} (${code})`

/** The word in a cell of a matrix. */
export const VERDICT_CELL: Record<VerdictWord, string> = {
  accepts: 'ok',
  refuses: 'NO',
  uncertain: '?',
  unavailable: '-',
  'not-asked': '-',
}
