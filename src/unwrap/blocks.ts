/** Streams of blocks that do not depend on each other (lz4, lzo): unpacked out of order, into their places. */

/** The unpacked bytes of one block: those from `start` to `output` are in memory. */
export interface BlockRange {
  start: number
  output: number
}

/** How far from `start` on the bytes are in memory without a gap, at most to `end`. `blocks` are in order. */
export function unpackedUpTo(blocks: readonly BlockRange[], start: number, end: number): number {
  let position = start
  for (const block of blocks) {
    if (block.start > position) break
    if (block.output > position) position = block.output
    if (position >= end) return end
  }
  return position
}
