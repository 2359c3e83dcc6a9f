// The Huffman tables of deflate (RFC 1951, section 3.2.2), for codes that come with their lowest bit first.
import * as inflate from '../src/engine/inflate-state.ts'

const LENGTHS: usize = inflate.INFLATE_LENGTHS
const ORDER: usize = inflate.INFLATE_ORDER
const COUNTS: usize = inflate.INFLATE_COUNTS
const STARTS: usize = inflate.INFLATE_COUNTS + 64

const LONGEST: u32 = 15
const END_OF_BLOCK: u32 = 256
const FIRST_LENGTH: u32 = 257
/** Symbols after these have fixed codes, and stand for nothing (section 3.2.6). */
const LENGTH_SYMBOLS: u32 = 286
const DISTANCE_SYMBOLS: u32 = 30
const INVALID: u32 = inflate.ENTRY_OTHER | inflate.ENTRY_INVALID

/** Section 3.2.5: baselines, with the number of extra bits above them. */
const LENGTH_CODES = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 0x1000b, 0x1000d, 0x1000f, 0x10011, 0x20013, 0x20017, 0x2001b, 0x2001f, 0x30023,
  0x3002b, 0x30033, 0x3003b, 0x40043, 0x40053, 0x40063, 0x40073, 0x50083, 0x500a3, 0x500c3, 0x500e3, 258,
])
const DISTANCE_CODES = memory.data<u32>([
  1, 2, 3, 4, 0x10005, 0x10007, 0x20009, 0x2000d, 0x30011, 0x30019, 0x40021, 0x40031, 0x50041, 0x50061,
  0x60081, 0x600c1, 0x70101, 0x70181, 0x80201, 0x80301, 0x90401, 0x90601, 0xa0801, 0xa0c01, 0xb1001, 0xb1801,
  0xc2001, 0xc3001, 0xd4001, 0xd6001,
])

/** What the codes of a table stand for. */
const OF_LITERALS: u32 = 0
const OF_DISTANCES: u32 = 1
const OF_LENGTHS: u32 = 2

/** A table entry for a symbol whose code has `bits` bits here. */
function entryOf(kind: u32, symbol: u32, bits: u32): u32 {
  if (kind === OF_LENGTHS) return bits | (symbol << 16)
  let code: u32
  if (kind === OF_LITERALS) {
    if (symbol < END_OF_BLOCK) return inflate.ENTRY_LITERAL | (symbol << 16) | bits
    if (symbol === END_OF_BLOCK) return inflate.ENTRY_OTHER | inflate.ENTRY_END | bits
    if (symbol >= LENGTH_SYMBOLS) return INVALID
    code = load<u32>(LENGTH_CODES + ((symbol - FIRST_LENGTH) << 2))
    const extra = code >> 16
    if (extra === 0) return (code << 16) | bits
    return inflate.ENTRY_OTHER | inflate.ENTRY_EXTRA | (code << 16) | (extra << 8) | bits
  }
  if (symbol >= DISTANCE_SYMBOLS) return INVALID
  code = load<u32>(DISTANCE_CODES + (symbol << 2))
  return (code << 16) | ((bits + inflate.BUFFER_SHIFT) << 8) | (bits + (code >> 16))
}

/** Writes the entry of a `code` of `length` bits wherever it is what a table's index starts with. */
function fillEntry(table: usize, mask: u32, code: u32, length: u32, entry: u32): void {
  for (let at = code; at <= mask; at += (<u32>1) << length) store<u32>(table + (at << 2), entry)
}

/** Writes the entries of a symbol whose code the table looks up, with the extra bits of a length where they fit. */
function fillSymbol(kind: u32, symbol: u32, table: usize, mask: u32, code: u32, length: u32): void {
  const entry = entryOf(kind, symbol, length)
  if (kind === OF_LITERALS && entry & inflate.ENTRY_EXTRA) {
    const extra = (entry >> 8) & 15
    const all = length + extra
    if ((<u32>1) << all <= mask + 1) {
      for (let value: u32 = 0; value < (<u32>1) << extra; value++) {
        fillEntry(table, mask, code | (value << length), all, (((entry >> 16) + value) << 16) | all)
      }
      return
    }
  }
  fillEntry(table, mask, code, length, entry)
}

/**
 * Makes a table of the `count` code lengths at `lengths`. Codes of more than `log` bits have their entries after the
 * others. Answers 0, or what the lengths are that make no code: too many or none (INFLATE_OVERSUBSCRIBED), or too few
 * (`incomplete`), though there may be no distance, or a single code of one bit (as zlib takes it, inflate_table() of
 * inftrees.c).
 */
function build(
  kind: u32,
  lengths: usize,
  count: u32,
  table: usize,
  log: u32,
  entries: u32,
  incomplete: i32,
): i32 {
  memory.fill(COUNTS, 0, 64)
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const at: usize = COUNTS + ((<usize>load<u8>(lengths + symbol)) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  store<u32>(COUNTS, 0)
  let longest = LONGEST
  while (longest > 0 && load<u32>(COUNTS + (longest << 2)) === 0) longest--
  let left: i32 = 1
  let start: u32 = 0
  for (let length: u32 = 1; length <= LONGEST; length++) {
    const codes = load<u32>(COUNTS + (length << 2))
    left = (left << 1) - <i32>codes
    if (left < 0) return inflate.INFLATE_OVERSUBSCRIBED
    store<u32>(STARTS + (length << 2), start)
    start += codes
  }
  if (left > 0) {
    if (longest === 0 && kind !== OF_DISTANCES) return inflate.INFLATE_OVERSUBSCRIBED
    if (longest > 1) return incomplete
    if (kind === OF_LENGTHS) return inflate.INFLATE_UNCHECKED
    for (let entry: u32 = 0; entry < (<u32>1) << log; entry++) store<u32>(table + (entry << 2), INVALID)
  }
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <usize>load<u8>(lengths + symbol)
    if (length === 0) continue
    const at = STARTS + (length << 2)
    store<u16>(ORDER + (load<u32>(at) << 1), symbol)
    store<u32>(at, load<u32>(at) + 1)
  }
  return fill(kind, start, table, log, entries, longest) ? 0 : inflate.INFLATE_BAD_TABLES
}

/** Writes the entries of `count` symbols in the order of their codes. */
function fill(kind: u32, count: u32, table: usize, log: u32, entries: u32, longest: u32): bool {
  const mask: u32 = ((<u32>1) << log) - 1
  // The code with its lowest bit first, which is the order of the index.
  let code: u32 = 0
  let length: u32 = 1
  let next: u32 = 1 << log
  let prefix: u32 = 0xffffffff
  let sub: u32 = 0
  let subLog: u32 = 0
  for (let index: u32 = 0; index < count; index++) {
    while (load<u32>(COUNTS + (length << 2)) === 0) length++
    const symbol = <u32>load<u16>(ORDER + (index << 1))
    if (length <= log) {
      fillSymbol(kind, symbol, table, mask, code, length)
    } else {
      if ((code & mask) !== prefix) {
        prefix = code & mask
        sub = next
        subLog = subtableLog(length - log, log, longest)
        next += (<u32>1) << subLog
        if (next > entries) return false
        store<u32>(table + (prefix << 2), (sub << 16) | inflate.ENTRY_OTHER | (subLog << 8) | log)
      }
      const entry = entryOf(kind, symbol, length - log)
      fillEntry(table + (sub << 2), ((<u32>1) << subLog) - 1, code >> log, length - log, entry)
    }
    // From here on the counts are of the symbols that are left.
    const at: usize = COUNTS + (length << 2)
    store<u32>(at, load<u32>(at) - 1)
    code = nextCode(code, length)
  }
  return true
}

/** The code after `code`, both of them with their lowest bit first: one is added from the other end. */
function nextCode(code: u32, length: u32): u32 {
  const zeros = ~code & (((<u32>1) << length) - 1)
  if (zeros === 0) return 0
  const bit: u32 = (<u32>1) << (31 - clz(zeros))
  return (code & (bit - 1)) | bit
}

/** How many bits choose among the codes that share a prefix, of which the first has `first` bits after it. */
function subtableLog(first: u32, log: u32, longest: u32): u32 {
  let bits = first
  let left: i32 = 1 << bits
  while (bits + log < longest) {
    left -= <i32>load<u32>(COUNTS + ((bits + log) << 2))
    if (left <= 0) break
    bits++
    left <<= 1
  }
  return bits
}

/** The order in which the lengths of the length codes come (section 3.2.7). */
const CODE_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])
export const CODE_LENGTHS: u32 = 19

/** Sets the `index`th code length of the codes that the lengths come in. */
export function setCodeLength(index: u32, length: u32): void {
  store<u8>(LENGTHS + load<u8>(CODE_ORDER + index), length)
}

/** Makes the table of the codes that the lengths come in: 0, or what is wrong. */
export function buildLengthCodes(): i32 {
  return build(
    OF_LENGTHS,
    LENGTHS,
    CODE_LENGTHS,
    inflate.INFLATE_CODES,
    inflate.CODE_LOG,
    (<u32>1) << inflate.CODE_LOG,
    inflate.INFLATE_BAD_TABLES,
  )
}

/** Makes the tables of the `literals` and `distances` code lengths that are one after the other: 0, or what is wrong. */
export function buildTables(literals: u32, distances: u32): i32 {
  const status = build(
    OF_LITERALS,
    LENGTHS,
    literals,
    inflate.INFLATE_LITERALS,
    inflate.LITERAL_LOG,
    inflate.LITERAL_ENTRIES,
    inflate.INFLATE_INCOMPLETE_LITERALS,
  )
  if (status !== 0) return status
  return build(
    OF_DISTANCES,
    LENGTHS + literals,
    distances,
    inflate.INFLATE_DISTANCES,
    inflate.DISTANCE_LOG,
    inflate.DISTANCE_ENTRIES,
    inflate.INFLATE_INCOMPLETE_DISTANCES,
  )
}

/** Makes the tables of section 3.2.6. */
export function buildFixedTables(): void {
  memory.fill(LENGTHS, 8, 144)
  memory.fill(LENGTHS + 144, 9, 112)
  memory.fill(LENGTHS + 256, 7, 24)
  memory.fill(LENGTHS + 280, 8, 8)
  memory.fill(LENGTHS + 288, 5, 32)
  buildTables(288, 32)
}
