/** The Huffman tables of deflate: the twin of asm/inflate-tables.ts. */
import * as inflate from '../inflate-state.ts'

const LONGEST = 15
const END_OF_BLOCK = 256
const FIRST_LENGTH = 257
/** Symbols after these have fixed codes, and stand for nothing (RFC 1951, section 3.2.6). */
const LENGTH_SYMBOLS = 286
const DISTANCE_SYMBOLS = 30
const INVALID = inflate.ENTRY_OTHER | inflate.ENTRY_INVALID

/** Section 3.2.5: the extra bits of a code, and its baseline after those of the codes before. */
const LENGTH_BITS = Array.from({ length: 28 }, (_, code) => Math.max(0, (code >> 2) - 1))
const LENGTH_BASES = LENGTH_BITS.map((_, code) => 3 + sumOfPowers(LENGTH_BITS.slice(0, code)))
const DISTANCE_BITS = Array.from({ length: DISTANCE_SYMBOLS }, (_, code) => Math.max(0, (code >> 1) - 1))
const DISTANCE_BASES = DISTANCE_BITS.map((_, code) => 1 + sumOfPowers(DISTANCE_BITS.slice(0, code)))
// The longest length has a code of its own.
LENGTH_BITS.push(0)
LENGTH_BASES.push(258)

function sumOfPowers(bits: readonly number[]): number {
  return bits.reduce((sum, count) => sum + 2 ** count, 0)
}

/** Makes a table entry for a symbol whose code has so many bits. */
type EntryOf = (symbol: number, bits: number) => number

const lengthEntry: EntryOf = (symbol, bits) => bits | (symbol << 16)

const literalEntry: EntryOf = (symbol, bits) => {
  if (symbol < END_OF_BLOCK) return inflate.ENTRY_LITERAL | (symbol << 16) | bits
  if (symbol === END_OF_BLOCK) return inflate.ENTRY_OTHER | inflate.ENTRY_END | bits
  if (symbol >= LENGTH_SYMBOLS) return INVALID
  const base = (LENGTH_BASES[symbol - FIRST_LENGTH]! << 16) | bits
  const extra = LENGTH_BITS[symbol - FIRST_LENGTH]!
  return extra === 0 ? base : base | inflate.ENTRY_OTHER | inflate.ENTRY_EXTRA | (extra << 8)
}

const distanceEntry: EntryOf = (symbol, bits) =>
  symbol >= DISTANCE_SYMBOLS
    ? INVALID
    : (DISTANCE_BASES[symbol]! << 16) | ((bits + inflate.BUFFER_SHIFT) << 8) | (bits + DISTANCE_BITS[symbol]!)

/** Writes an entry wherever a code of `length` bits is what the index in a table of `size` entries from `start` on starts with. */
function fillEntry(
  table: Uint32Array,
  start: number,
  size: number,
  code: number,
  length: number,
  entry: number,
): void {
  for (let at = code; at < size; at += 1 << length) table[start + at] = entry
}

/** The code with its lowest bit first, which is the order of a table's index. */
function reversed(code: number, length: number): number {
  let result = 0
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit)
  return result
}

/**
 * Makes a table of code lengths. Codes of more than `log` bits have their entries after the others. Answers 0, or what
 * the lengths are that make no code: too many or none (INFLATE_OVERSUBSCRIBED), or too few (`incomplete`), though
 * there may be no distance, or a single code of one bit.
 */
function build(
  table: Uint32Array,
  log: number,
  lengths: Uint8Array,
  entryOf: EntryOf,
  incomplete: number,
): number {
  const counts = new Uint32Array(LONGEST + 1)
  for (const length of lengths) if (length > 0) counts[length]!++
  let left = 1
  for (let length = 1; length <= LONGEST; length++) {
    left = left * 2 - counts[length]!
    if (left < 0) return inflate.INFLATE_OVERSUBSCRIBED
  }
  const longest = counts.findLastIndex(count => count > 0)
  if (left > 0) {
    if (longest <= 0 && entryOf !== distanceEntry) return inflate.INFLATE_OVERSUBSCRIBED
    if (longest > 1) return incomplete
    if (entryOf === lengthEntry) return inflate.INFLATE_UNCHECKED
    table.fill(INVALID, 0, 1 << log)
  }

  const mask = (1 << log) - 1
  let code = 0
  let next = 1 << log
  let prefix = -1
  let sub = 0
  let subLog = 0
  for (let length = 1; length <= longest; length++) {
    code <<= 1
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      const index = reversed(code++, length)
      if (length <= log) {
        fillSymbol(table, log, index, length, entryOf(symbol, length), entryOf === literalEntry)
      } else {
        if ((index & mask) !== prefix) {
          prefix = index & mask
          sub = next
          subLog = subtableLog(counts, length - log, log, longest)
          next += 1 << subLog
          if (next > table.length) return inflate.INFLATE_BAD_TABLES
          table[prefix] = (sub << 16) | inflate.ENTRY_OTHER | (subLog << 8) | log
        }
        fillEntry(table, sub, 1 << subLog, index >> log, length - log, entryOf(symbol, length - log))
      }
      // From here on the counts are of the symbols that are left.
      counts[length]!--
    }
  }
  return 0
}

/** Writes the entries of a symbol whose code the table looks up, with the extra bits of a length where they fit. */
function fillSymbol(
  table: Uint32Array,
  log: number,
  code: number,
  length: number,
  entry: number,
  isLiteral: boolean,
): void {
  const extra = isLiteral && (entry & inflate.ENTRY_EXTRA) !== 0 ? (entry >> 8) & 15 : 0
  const all = length + extra
  if (extra === 0 || all > log) {
    fillEntry(table, 0, 1 << log, code, length, entry)
    return
  }
  for (let value = 0; value < 1 << extra; value++) {
    fillEntry(table, 0, 1 << log, code | (value << length), all, (((entry >>> 16) + value) << 16) | all)
  }
}

/** How many bits choose among the codes that share a prefix, of which the first has `first` bits after it. */
function subtableLog(counts: Uint32Array, first: number, log: number, longest: number): number {
  let bits = first
  let left = 1 << bits
  while (bits + log < longest) {
    left -= counts[bits + log]!
    if (left <= 0) break
    bits++
    left <<= 1
  }
  return bits
}

/** The tables where both engines have them, in one engine's memory. */
export class InflateTables {
  readonly literals: Uint32Array
  readonly distances: Uint32Array
  readonly codes: Uint32Array

  constructor({ buffer, byteOffset }: Uint8Array) {
    this.literals = new Uint32Array(buffer, byteOffset + inflate.INFLATE_LITERALS, inflate.LITERAL_ENTRIES)
    this.distances = new Uint32Array(buffer, byteOffset + inflate.INFLATE_DISTANCES, inflate.DISTANCE_ENTRIES)
    this.codes = new Uint32Array(buffer, byteOffset + inflate.INFLATE_CODES, 1 << inflate.CODE_LOG)
  }

  /** Makes the table of the codes that the lengths come in: 0, or what is wrong. */
  buildCodes(lengths: Uint8Array): number {
    return build(this.codes, inflate.CODE_LOG, lengths, lengthEntry, inflate.INFLATE_BAD_TABLES)
  }

  /** Makes the tables of literals and distances: 0, or what is wrong. */
  build(literals: Uint8Array, distances: Uint8Array): number {
    return (
      build(
        this.literals,
        inflate.LITERAL_LOG,
        literals,
        literalEntry,
        inflate.INFLATE_INCOMPLETE_LITERALS,
      ) ||
      build(
        this.distances,
        inflate.DISTANCE_LOG,
        distances,
        distanceEntry,
        inflate.INFLATE_INCOMPLETE_DISTANCES,
      )
    )
  }

  /** Makes the tables of section 3.2.6. */
  buildFixed(): void {
    const literals = Uint8Array.from({ length: 288 }, (_, at) =>
      at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8,
    )
    this.build(literals, new Uint8Array(32).fill(5))
  }
}
