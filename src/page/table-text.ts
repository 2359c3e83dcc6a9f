/**
 * Tables as text to be pasted: aligned by tabs, as Markdown, as CSV. No DOM.
 * @module
 */
import { FORMULA } from '../document/formula.ts'
import { prose } from '../report/audit/markdown-text.ts'

export type Table = readonly (readonly string[])[]

export const TEXT_FORMS = ['Text', 'Markdown', 'CSV'] as const
export type TextForm = (typeof TEXT_FORMS)[number]

const oneLine = (text: string) => text.replaceAll('\n', ' ')

const WRITE: Record<TextForm, (table: Table) => string> = {
  // Tabs: a mail keeps the columns, and a spreadsheet takes them for cells.
  Text: table => table.map(row => row.map(cell => oneLine(cell).replaceAll('\t', ' ')).join('\t')).join('\n'),
  Markdown: ([head = [], ...rows]) =>
    [head.map(markdownCell), head.map(() => '---'), ...rows.map(row => row.map(markdownCell))]
      .map(row => `| ${row.join(' | ')} |`)
      .join('\n'),
  CSV: table => table.map(row => row.map(csvCell).join(',')).join('\n'),
}

const markdownCell = (cell: string) => prose(oneLine(cell)) || ' '

function csvCell(cell: string): string {
  const text = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",;\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The table as text; its first row is the head. */
export const tableText = (table: Table, form: TextForm): string => `${WRITE[form](table)}\n`
