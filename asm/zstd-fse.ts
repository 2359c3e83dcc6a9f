// zstd's FSE tables (RFC 8878, section 4.1): their descriptions, and the decoding tables made from these.
import * as zstd from '../src/engine/zstd-state.ts'

const COUNTS: usize = zstd.ZSTD_COUNTS
const SPREAD: usize = zstd.ZSTD_SPREAD

/** Section 3.1.1.3.2.1.1: for each code its baseline, its extra bits in the highest byte. */
const LENGTH_CODES = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x1000010, 0x1000012, 0x1000014, 0x1000016, 0x2000018,
  0x200001c, 0x3000020, 0x3000028, 0x4000030, 0x6000040, 0x7000080, 0x8000100, 0x9000200, 0xa000400,
  0xb000800, 0xc001000, 0xd002000, 0xe004000, 0xf008000, 0x10010000,
])
const MATCH_CODES = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 0x1000023, 0x1000025, 0x1000027, 0x1000029, 0x200002b, 0x200002f, 0x3000033, 0x300003b,
  0x4000043, 0x4000053, 0x5000063, 0x7000083, 0x8000103, 0x9000203, 0xa000403, 0xb000803, 0xc001003,
  0xd002003, 0xe004003, 0xf008003, 0x10010003,
])
const LAST_LENGTH: u32 = 35
const LAST_OFFSET: u32 = 31
const LAST_MATCH: u32 = 52

/** Section 3.1.1.3.2.2: the distributions that need no description. */
const DEFAULT_LENGTHS = memory.data<i8>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1,
  -1,
])
const DEFAULT_OFFSETS = memory.data<i8>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
])
const DEFAULT_MATCHES = memory.data<i8>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
])
const DEFAULT_LENGTH_LOG: u32 = 6
const DEFAULT_OFFSET_LOG: u32 = 5
const DEFAULT_MATCH_LOG: u32 = 6
const MAX_LENGTH_LOG: u32 = 9
const MAX_OFFSET_LOG: u32 = 8
const MAX_MATCH_LOG: u32 = 9

/** Section 3.1.1.3.2.1: how a table comes. */
const PREDEFINED: u32 = 0
const ONE_SYMBOL: u32 = 1
const DESCRIBED: u32 = 2

// What the description that was read last says.
let log: u32
let symbols: u32

/** The accuracy log of the description that was read last. */
export function describedLog(): u32 {
  return log
}

/** Up to 25 bits from bit `position` of [input, inputEnd) on; zeros after the end. */
function peek(input: usize, inputEnd: usize, position: u32): u32 {
  const at = input + (position >> 3)
  let word: u32 = 0
  if (at + 4 <= inputEnd) word = load<u32>(at)
  else for (let byte: u32 = 0; at + byte < inputEnd; byte++) word |= (<u32>load<u8>(at + byte)) << (byte << 3)
  return word >> (position & 7)
}

/**
 * Reads the description of a distribution over the symbols up to `last` into COUNTS (section 4.1.1). Returns how
 * many bytes it takes, or 0 where it breaks the rules.
 */
export function readCounts(input: usize, inputEnd: usize, last: u32, maxLog: u32): usize {
  log = (peek(input, inputEnd, 0) & 15) + 5
  if (log > maxLog) return 0
  let position: u32 = 4
  let left: u32 = ((<u32>1) << log) + 1
  symbols = 0
  while (left > 1 && symbols <= last) {
    // Values below `low` take a bit less than the others.
    const bits = 32 - clz(left)
    const word = peek(input, inputEnd, position)
    const low = ((<u32>1) << bits) - 1 - left
    const short = word & (((<u32>1) << (bits - 1)) - 1)
    let value: u32
    if (short < low) {
      value = short
      position += bits - 1
    } else {
      value = word & (((<u32>1) << bits) - 1)
      if (value >= (<u32>1) << (bits - 1)) value -= low
      position += bits
    }
    const count = <i32>value - 1
    left -= count < 0 ? 1 : <u32>count
    store<i16>(COUNTS + (symbols++ << 1), count)
    if (count !== 0) continue
    // How many more symbols do not occur, two bits at a time: three says that another two follow.
    let more: u32
    do {
      more = peek(input, inputEnd, position) & 3
      position += 2
      for (let zero: u32 = 0; zero < more && symbols <= last; zero++) store<i16>(COUNTS + (symbols++ << 1), 0)
      if (symbols > last) break
    } while (more === 3)
  }
  const size: usize = (position + 7) >> 3
  return left === 1 && input + size <= inputEnd ? size : 0
}

/** Gives every state its symbol (section 4.1.1, "From normalized distribution to decoding tables"). */
export function spreadSymbols(): void {
  const size: u32 = 1 << log
  const mask = size - 1
  let top = size
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    if (load<i16>(COUNTS + (symbol << 1)) === -1) store<u8>(SPREAD + --top, symbol)
  }
  const step = (size >> 1) + (size >> 3) + 3
  let state: u32 = 0
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = <i32>load<i16>(COUNTS + (symbol << 1))
    for (let index = 0; index < count; index++) {
      store<u8>(SPREAD + state, symbol)
      do state = (state + step) & mask
      while (state >= top)
    }
    // From here on the counts are the next of each symbol's states, numbered from its count on.
    if (count === -1) store<i16>(COUNTS + (symbol << 1), 1)
  }
}

/** The number of bits to the next state, and above them that state without these, for a state. To be asked in order. */
export function transition(state: u32): u32 {
  const next: usize = COUNTS + ((<usize>load<u8>(SPREAD + state)) << 1)
  const number = <u32>load<u16>(next)
  store<u16>(next, number + 1)
  const bits = log - (31 - clz(number))
  return bits | (((number << bits) - ((<u32>1) << log)) << 8)
}

/** The baseline of a code with its extra bits in the highest byte; an offset's is less by three, but for codes 0 and 1. */
function codeOf(symbol: u32, codes: usize): u64 {
  if (codes !== 0) {
    const code = load<u32>(codes + (symbol << 2))
    return (code & 0xffffff) | ((<u64>(code >> 24)) << 56)
  }
  const base: u32 = symbol > 1 ? ((<u32>1) << symbol) - 3 : symbol
  return base | ((<u64>symbol) << 56)
}

function buildTable(table: usize, codes: usize): void {
  spreadSymbols()
  const size: u32 = 1 << log
  for (let state: u32 = 0; state < size; state++) {
    const step = transition(state)
    const code = codeOf(load<u8>(SPREAD + state), codes)
    store<u64>(table + (state << 3), code | ((<u64>(step >> 8)) << 32) | ((<u64>(step & 0xff)) << 48))
  }
}

function useDefault(distribution: usize, count: u32, defaultLog: u32): void {
  log = defaultLog
  symbols = count
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    store<i16>(COUNTS + (symbol << 1), load<i8>(distribution + symbol))
  }
}

// After the description that was read last.
let next: usize

/** Makes one table in the way that `mode` says; false where that breaks the rules. */
function readTable(
  mode: u32,
  inputEnd: usize,
  table: usize,
  logAt: usize,
  codes: usize,
  last: u32,
  maxLog: u32,
  distribution: usize,
  distributionLog: u32,
  distributionSize: u32,
): bool {
  if (mode === ONE_SYMBOL) {
    if (next >= inputEnd) return false
    const symbol = <u32>load<u8>(next++)
    if (symbol > last) return false
    store<u64>(table, codeOf(symbol, codes))
    store<u32>(logAt, 0)
    return true
  }
  if (mode === PREDEFINED) {
    useDefault(distribution, distributionSize, distributionLog)
  } else if (mode === DESCRIBED) {
    const size = readCounts(next, inputEnd, last, maxLog)
    if (size === 0) return false
    next += size
  } else {
    return (load<u32>(zstd.ZSTD_HAS) & zstd.ZSTD_HAS_SEQUENCES) !== 0
  }
  buildTable(table, codes)
  store<u32>(logAt, log)
  return true
}

/** Reads the sequence tables as `modes` says. Returns where the sequences' bits start, or 0 where a rule is broken. */
export function readTables(modes: u32, input: usize, inputEnd: usize): usize {
  next = input
  if ((modes & 3) !== 0) return 0
  const ok =
    readTable(
      modes >> 6,
      inputEnd,
      zstd.ZSTD_LENGTHS,
      zstd.ZSTD_LENGTH_LOG,
      LENGTH_CODES,
      LAST_LENGTH,
      MAX_LENGTH_LOG,
      DEFAULT_LENGTHS,
      DEFAULT_LENGTH_LOG,
      36,
    ) &&
    readTable(
      (modes >> 4) & 3,
      inputEnd,
      zstd.ZSTD_OFFSETS,
      zstd.ZSTD_OFFSET_LOG,
      0,
      LAST_OFFSET,
      MAX_OFFSET_LOG,
      DEFAULT_OFFSETS,
      DEFAULT_OFFSET_LOG,
      29,
    ) &&
    readTable(
      (modes >> 2) & 3,
      inputEnd,
      zstd.ZSTD_MATCHES,
      zstd.ZSTD_MATCH_LOG,
      MATCH_CODES,
      LAST_MATCH,
      MAX_MATCH_LOG,
      DEFAULT_MATCHES,
      DEFAULT_MATCH_LOG,
      53,
    )
  if (!ok) return 0
  store<u32>(zstd.ZSTD_HAS, load<u32>(zstd.ZSTD_HAS) | zstd.ZSTD_HAS_SEQUENCES)
  return next
}
