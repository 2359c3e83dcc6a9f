// Huffman tables of bzip2: canonical codes of 1 to 20 bits.
import {
  BZIP2_BASES,
  BZIP2_CODES,
  BZIP2_LENGTHS,
  BZIP2_LIMITS,
  BZIP2_LOOKUP,
  BZIP2_SYMBOLS,
} from '../src/engine/bzip2-state.ts'

const LENGTHS: usize = BZIP2_LENGTHS
const LOOKUP: u32 = BZIP2_LOOKUP
const MAX_LENGTH: u32 = 20

/**
 * Builds a table from the code lengths at BZIP2_LENGTHS. A look-up entry is the symbol, shifted by 5, and its
 * length; 0 where the code is longer than the look-up, or none. False where there are more codes than bits.
 */
export function buildTable(table: usize, symbols: u32): bool {
  memory.fill(table, 0, BZIP2_LIMITS)
  let code: u32 = 0
  let place: u32 = 0
  for (let length: u32 = 1; length <= MAX_LENGTH; length++) {
    store<u32>(table + (length << 2), place - code, BZIP2_BASES)
    const first = place
    for (let symbol: u32 = 0; symbol < symbols; symbol++) {
      if (<u32>load<u8>(LENGTHS + symbol) !== length) continue
      if (code >> length !== 0) return false
      store<u16>(table + (place << 1), symbol, BZIP2_SYMBOLS)
      if (length <= LOOKUP) {
        const shift = LOOKUP - length
        const entry = (symbol << 5) | length
        const entries = table + ((code << shift) << 1)
        for (let at = entries; at < entries + (((<usize>1) << shift) << 1); at += 2) store<u16>(at, entry)
      }
      code++
      place++
    }
    if (place - first > load<u32>(BZIP2_CODES)) store<u32>(BZIP2_CODES, place - first)
    store<u32>(table + (length << 2), code << (MAX_LENGTH - length), BZIP2_LIMITS)
    code <<= 1
  }
  return true
}

/** The entry for a code that is longer than the look-up, from the next 20 bits; 0 where there is none. */
export function longCode(table: usize, next: u32): u32 {
  for (let length: u32 = LOOKUP + 1; length <= MAX_LENGTH; length++) {
    if (next >= load<u32>(table + (length << 2), BZIP2_LIMITS)) continue
    const place = (next >> (MAX_LENGTH - length)) + load<u32>(table + (length << 2), BZIP2_BASES)
    return ((<u32>load<u16>(table + (place << 1), BZIP2_SYMBOLS)) << 5) | length
  }
  return 0
}
