/** Huffman tables of bzip2: the twin of asm/bzip2-table.ts. */

const MAX_LENGTH = 20
/** Codes of up to so many bits are looked up. */
const LOOKUP = 10

export interface HuffmanTable {
  /** For the next LOOKUP bits: the symbol, shifted by 5, and its length; 0 where the code is longer, or none. */
  entries: Uint16Array
  /** For each length the first code of the next one, left-aligned in 20 bits. */
  limits: Uint32Array
  /** For each length what a code's number lacks to its place among the symbols. */
  bases: Int32Array
  symbols: Uint16Array
}

/** Builds a table from the length of each symbol's code. Nothing where there are more codes than bits. */
export function buildTable(lengths: Uint8Array): HuffmanTable | undefined {
  const table: HuffmanTable = {
    entries: new Uint16Array(1 << LOOKUP),
    limits: new Uint32Array(MAX_LENGTH + 1),
    bases: new Int32Array(MAX_LENGTH + 1),
    symbols: new Uint16Array(lengths.length),
  }
  let code = 0
  let place = 0
  for (let length = 1; length <= MAX_LENGTH; length++) {
    table.bases[length] = place - code
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      if (code >> length !== 0) return undefined
      table.symbols[place++] = symbol
      const shift = LOOKUP - length
      if (shift >= 0) table.entries.fill((symbol << 5) | length, code << shift, (code + 1) << shift)
      code++
    }
    table.limits[length] = code << (MAX_LENGTH - length)
    code <<= 1
  }
  return table
}

/** The entry for the code that the next 20 bits start with; 0 where there is none. */
export function findCode(table: HuffmanTable, next: number): number {
  const entry = table.entries[next >> (MAX_LENGTH - LOOKUP)]!
  if (entry !== 0) return entry
  for (let length = LOOKUP + 1; length <= MAX_LENGTH; length++) {
    if (next >= table.limits[length]!) continue
    const place = (next >> (MAX_LENGTH - length)) + table.bases[length]!
    return (table.symbols[place]! << 5) | length
  }
  return 0
}
