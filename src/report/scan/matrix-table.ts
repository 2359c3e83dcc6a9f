/** The matrix of images by builds: one word a cell. */
import { printable } from '../../document/printable.ts'
import type { Column } from '../../findings/judgement.ts'
import { plural } from '../../findings/plural.ts'
import type { VerdictWord } from '../../xen/verdict.ts'
import { cutMiddle, padEnd } from '../fit.ts'
import { VERDICT_CELL, VERDICT_STYLE } from '../style.ts'
import {
  loaderLines,
  MODE_WIDTH,
  NAME_WIDTH,
  nameWidth,
  plainRow,
  problemLines,
  type Row,
  type Style,
  type Table,
} from './table-row.ts'

/** Names for columns that are too many to be headed by their version: a to z, then A to Z, then a' … */
const letter = (index: number) => {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
  return letters[index % letters.length]! + "'".repeat(Math.floor(index / letters.length))
}

/** A version over two lines, so that a column is narrow: `4.1` over `.6.1`. */
function splitLabel(label: string): readonly [string, string] {
  const [series] = label.match(/^\d+\.\d+/) ?? ['']
  return [series, label.slice(series.length)]
}

const LETTERED = 3
/** Wider columns get letters, and a legend for these. */
const MAX_COLUMN = 9

/** What is over the columns of a matrix: their versions on two lines, or letters where a version is long. */
interface ColumnHeads {
  /** Of a column, with the space before it. */
  width: number
  legend: string[]
  /** Lines of one cell a column; each with what is over the names. */
  lines: { name: string; cells: string[] }[]
}

function columnHeads(columns: readonly Column[]): ColumnHeads {
  const labels = columns.map(({ label }) => printable(label))
  const parts = labels.map(splitLabel)
  const width = Math.max(2, ...parts.flat().map(part => part.length)) + 1
  if (width <= MAX_COLUMN) {
    const hosts = columns.map(column => String(column.hosts.length))
    return {
      width,
      legend: [],
      lines: [
        { name: '', cells: parts.map(([series]) => series) },
        { name: 'image', cells: parts.map(([, rest]) => rest) },
        { name: 'hosts', cells: hosts },
      ],
    }
  }
  const legend = columns.map(
    ({ hosts }, index) => `  ${letter(index)}  ${labels[index]} (${plural(hosts.length, 'host')})`,
  )
  return {
    width: LETTERED,
    legend: [...legend, ''],
    lines: [{ name: 'image', cells: columns.map((_, index) => letter(index)) }],
  }
}

/** Where the columns do not fit, one matrix after another has some of them. */
export function matrixTable(columns: readonly Column[], style: Style): Table {
  const { paint, width } = style
  const heads = columnHeads(columns)
  const cell = (verdict: VerdictWord) =>
    ' '.repeat(Math.max(0, heads.width - VERDICT_CELL[verdict].length)) +
    paint(VERDICT_STYLE[verdict], VERDICT_CELL[verdict])
  const fitting = (names: number) => Math.max(1, Math.floor((width - names - MODE_WIDTH - 2) / heads.width))
  const isSplit = fitting(NAME_WIDTH) < columns.length
  let names: number | undefined
  const headLines = (names: number, from: number, to: number) =>
    heads.lines.map(
      ({ name, cells }) =>
        name.padEnd(names + MODE_WIDTH + 2) +
        cells
          .slice(from, to)
          .map(text => text.padStart(heads.width))
          .join(''),
    )
  const part = (rows: readonly Row[], names: number, from: number, to: number) =>
    rows.flatMap(({ name, cells, lines }) => {
      const cut = padEnd(cutMiddle(name, names), names)
      const drawn = cells.map(
        ({ mode, verdicts }, index) =>
          `${index === 0 ? cut : ' '.repeat(names)} ${mode.padEnd(MODE_WIDTH)} ${verdicts.slice(from, to).map(cell).join('')}`,
      )
      // What is wrong with an image is said once.
      return [...(drawn.length > 0 ? drawn : [cut.trimEnd()]), ...(from === 0 ? lines : [])]
    })
  return {
    head: heads.legend,
    isSplit,
    row(entry) {
      const cells = new Map<string, VerdictWord[]>()
      for (const { mode, verdict } of entry.judgements ?? []) {
        cells.set(mode, [...(cells.get(mode) ?? []), verdict])
      }
      return {
        ...plainRow(entry, style),
        cells: [...cells].map(([mode, verdicts]) => ({ mode, verdicts })),
        lines: [...problemLines(entry, style), ...loaderLines(entry, paint)],
      }
    },
    draw(rows) {
      const isFirst = names === undefined
      const room = width - MODE_WIDTH - 2 - heads.width * columns.length
      names ??= nameWidth(rows, NAME_WIDTH, Math.max(room, NAME_WIDTH))
      const lines: string[] = []
      const step = fitting(names)
      for (let from = 0; from < columns.length; from += step) {
        if (lines.length > 0 || (isSplit && !isFirst)) lines.push('')
        if (isFirst || isSplit) lines.push(...headLines(names, from, from + step))
        lines.push(...part(rows, names, from, from + step))
      }
      return lines
    },
  }
}
