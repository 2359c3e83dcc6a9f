/**
 * Which rows of a long list lie in view. No DOM.
 * @module
 */

export interface Window {
  first: number
  /** One past the last row. */
  end: number
}

/** Rows on either side of what is seen, so that a quick scroll finds them drawn. */
const OVERSCAN = 12

/** The rows to draw of `rows`, each `height` high, where `top` is scrolled away and `room` can be seen. */
export function windowOf(rows: number, height: number, top: number, room: number): Window {
  if (!(height > 0)) return { first: 0, end: Math.min(rows, 2 * OVERSCAN) }
  const first = Math.max(0, Math.floor(top / height) - OVERSCAN)
  const end = Math.min(rows, Math.ceil((top + room) / height) + OVERSCAN)
  return { first: Math.min(first, Math.max(0, end)), end }
}
