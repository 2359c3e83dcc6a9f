/**
 * Lines of CSV that a spreadsheet takes for what they are.
 *
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front. Versions come after the word Xen: alone,
 * 4.10 would become the number 4.1, and 4.1.6 a day in January.
 * @module
 */
import Papa from 'papaparse'
import { FORMULA } from '../document/formula.ts'
import { printable } from '../document/printable.ts'

/** What some spreadsheets separate cells by, as their language has it. */
const hasOtherSeparator = (cell: unknown) => typeof cell === 'string' && cell.includes(';')

const LIST_SEPARATOR = ' | '

/** Names in one cell. One that could be taken for several, or for a quoted one, is written as a JSON string. */
export const csvList = (names: readonly string[]) =>
  names
    .map(printable)
    .map(name => (/\||^"|^\s|\s$|^$/.test(name) ? JSON.stringify(name) : name))
    .join(LIST_SEPARATOR)

/** A row as a line. */
export const csvLine = (cells: (string | number)[]): string => {
  const row = cells.map(cell => (typeof cell === 'string' ? printable(cell) : cell))
  return `${Papa.unparse([row], { escapeFormulae: FORMULA, newline: '\n', quotes: hasOtherSeparator })}\n`
}
