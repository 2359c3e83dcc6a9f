/** The table of images without verdicts: layers and guest of each. */
import {
  factsLines,
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
        const head = { name: 'image', layers: 'layers', guest: 'guest', cells: [], lines: [] }
        lines.push(...factsLines(head, width, style.width))
      }
      for (const row of rows) lines.push(...factsLines(row, width, style.width), ...row.lines)
      return lines
    },
  }
}
