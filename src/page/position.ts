/**
 * Where the focus of the matrix is, and where a key takes it. Row -1 is the head, column -1 the kernels. No DOM.
 * @module
 */

export interface Position {
  row: number
  column: number
}

export interface Extent {
  rows: number
  columns: number
  /** Rows of a page. */
  page: number
}

const clamp = (number: number, low: number, high: number) => Math.min(Math.max(number, low), high)

/** Undefined for keys that move nothing. */
export function moveBy(
  key: string,
  control: boolean,
  { row, column }: Position,
  { rows, columns, page }: Extent,
): Position | undefined {
  const to = (toRow: number, toColumn: number): Position => ({
    row: clamp(toRow, -1, rows - 1),
    column: clamp(toColumn, -1, columns - 1),
  })
  switch (key) {
    case 'ArrowUp':
      return to(row - 1, column)
    case 'ArrowDown':
      return to(row + 1, column)
    case 'ArrowLeft':
      return to(row, column - 1)
    case 'ArrowRight':
      return to(row, column + 1)
    case 'PageUp':
      return to(Math.max(0, row - page), column)
    case 'PageDown':
      return to(row + page, column)
    case 'Home':
      return to(control ? 0 : row, -1)
    case 'End':
      return to(control ? rows - 1 : row, columns - 1)
    default:
      return undefined
  }
}
