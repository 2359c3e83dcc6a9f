/**
 * Lists of indices as the document writes them. No DOM.
 * @module
 */

/** `0-2 7` as numbers. */
export const fromRanges = (text: string): number[] =>
  text.split(' ').flatMap(range => {
    const [from, to = from] = range.split('-').map(Number)
    return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index)
  })
