/** The table of images without verdicts: layers and guest of each. */
import {
  factsLine,
  LAYERS_WIDTH,
  loaderLines,
  pathWidth,
  plainRow,
  problemLines,
  type Style,
  type Table,
} from './table-row.ts'

export function factsTable(style: Style): Table {
  let width: number | undefined
  return {
    head: [],
    isSplit: false,
    row: entry => ({
      ...plainRow(entry, style),
      lines: [...problemLines(entry, style), ...loaderLines(entry, style.paint)],
    }),
    draw(rows) {
      const lines: string[] = []
      if (width === undefined) {
        width = pathWidth(rows, style.width)
        lines.push(`${'image'.padEnd(width)}  ${'layers'.padEnd(LAYERS_WIDTH)}  guest`)
      }
      for (const row of rows) lines.push(factsLine(row, width), ...row.lines)
      return lines
    },
  }
}
