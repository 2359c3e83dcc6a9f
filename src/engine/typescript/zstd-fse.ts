/** zstd's FSE tables: the twin of asm/zstd-fse.ts. */
import { readU32, writeU32 } from '../block-stop.ts'
import * as zstd from '../zstd-state.ts'

/** A distribution over symbols (RFC 8878, section 4.1.1), and the states that it makes. */
export interface Distribution {
  log: number
  counts: number[]
}

/** A state: its symbol, and the state that so many more bits are added to. */
export interface FseState {
  symbol: number
  next: number
  bits: number
}

interface TableKind {
  table: number
  logAt: number
  /** Baselines of the codes, and their extra bits; absent for offsets. */
  codes?: { base: readonly number[]; bits: readonly number[] }
  last: number
  maxLog: number
  predefined: Distribution
}

const PREDEFINED = 0
const ONE_SYMBOL = 1
const DESCRIBED = 2

const repeated = (value: number, times: number) => new Array<number>(times).fill(value)
const counting = (from: number, times: number) => Array.from({ length: times }, (_, index) => from + index)
const powers = (from: number, to: number, add = 0) =>
  Array.from({ length: to - from + 1 }, (_, index) => 2 ** (from + index) + add)

/** Section 3.1.1.3.2.1.1, and the distributions of section 3.1.1.3.2.2. */
const KINDS: readonly TableKind[] = [
  {
    table: zstd.ZSTD_LENGTHS,
    logAt: zstd.ZSTD_LENGTH_LOG,
    codes: {
      base: [...counting(0, 16), 16, 18, 20, 22, 24, 28, 32, 40, 48, ...powers(6, 16)],
      bits: [...repeated(0, 16), 1, 1, 1, 1, 2, 2, 3, 3, 4, ...counting(6, 11)],
    },
    last: 35,
    maxLog: 9,
    predefined: {
      log: 6,
      counts: [
        4,
        3,
        ...repeated(2, 11),
        1,
        1,
        1,
        ...repeated(2, 9),
        3,
        2,
        ...repeated(1, 5),
        ...repeated(-1, 4),
      ],
    },
  },
  {
    table: zstd.ZSTD_OFFSETS,
    logAt: zstd.ZSTD_OFFSET_LOG,
    last: 31,
    maxLog: 8,
    predefined: { log: 5, counts: [...repeated(1, 6), 2, 2, 2, ...repeated(1, 15), ...repeated(-1, 5)] },
  },
  {
    table: zstd.ZSTD_MATCHES,
    logAt: zstd.ZSTD_MATCH_LOG,
    codes: {
      base: [...counting(3, 32), 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, ...powers(7, 16, 3)],
      bits: [...repeated(0, 32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, ...counting(7, 10)],
    },
    last: 52,
    maxLog: 9,
    predefined: { log: 6, counts: [1, 4, 3, ...repeated(2, 6), ...repeated(1, 37), ...repeated(-1, 7)] },
  },
]

/** Up to 25 bits from bit `position` of [input, inputEnd) on; zeros after the end. */
function peek(memory: Uint8Array, input: number, inputEnd: number, position: number): number {
  const at = input + (position >> 3)
  let word = 0
  for (let byte = 0; byte < 4 && at + byte < inputEnd; byte++) word |= memory[at + byte]! << (8 * byte)
  return word >>> (position & 7)
}

/** Reads the description of a distribution over the symbols up to `last`, and how many bytes it takes. */
export function readCounts(
  memory: Uint8Array,
  input: number,
  inputEnd: number,
  last: number,
  maxLog: number,
): (Distribution & { size: number }) | undefined {
  const log = (peek(memory, input, inputEnd, 0) & 15) + 5
  if (log > maxLog) return undefined
  const counts: number[] = []
  let position = 4
  let left = (1 << log) + 1
  while (left > 1 && counts.length <= last) {
    // Values below `low` take a bit less than the others.
    const bits = 32 - Math.clz32(left)
    const half = 1 << (bits - 1)
    const word = peek(memory, input, inputEnd, position)
    const low = 2 * half - 1 - left
    let value = word & (half - 1)
    if (value < low) {
      position += bits - 1
    } else {
      value = word & (2 * half - 1)
      if (value >= half) value -= low
      position += bits
    }
    const count = value - 1
    left -= Math.abs(count)
    counts.push(count)
    if (count !== 0) continue
    // How many more symbols do not occur, two bits at a time: three says that another two follow.
    let more: number
    do {
      more = peek(memory, input, inputEnd, position) & 3
      position += 2
      for (let zero = 0; zero < more && counts.length <= last; zero++) counts.push(0)
    } while (more === 3 && counts.length <= last)
  }
  const size = (position + 7) >> 3
  return left === 1 && input + size <= inputEnd ? { log, counts, size } : undefined
}

/** The states of a distribution (section 4.1.1, "From normalized distribution to decoding tables"). */
export function makeStates({ log, counts }: Distribution): FseState[] {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  let top = size
  for (const [symbol, count] of counts.entries()) if (count === -1) symbols[--top] = symbol
  const step = (size >> 1) + (size >> 3) + 3
  let state = 0
  for (const [symbol, count] of counts.entries()) {
    for (let index = 0; index < count; index++) {
      symbols[state] = symbol
      do state = (state + step) & (size - 1)
      while (state >= top)
    }
  }
  const numbers = counts.map(Math.abs)
  return Array.from(symbols, symbol => {
    const number = numbers[symbol]!++
    const bits = log - (31 - Math.clz32(number))
    return { symbol, bits, next: (number << bits) - size }
  })
}

/** Writes a state as zstd-state.ts describes it. */
function writeState(
  memory: Uint8Array,
  at: number,
  { codes }: TableKind,
  { symbol, next, bits }: FseState,
): void {
  // An offset's baseline is less by three, but for codes 0 and 1, which stand for one of the last distances.
  const base = codes === undefined ? (symbol > 1 ? 2 ** symbol - 3 : symbol) : codes.base[symbol]!
  writeU32(memory, at, base)
  memory[at + 4] = next
  memory[at + 5] = next >> 8
  memory[at + 6] = bits
  memory[at + 7] = codes === undefined ? symbol : codes.bits[symbol]!
}

/** Reads the sequence tables as `modes` says. Returns where the sequences' bits start, or 0 where a rule is broken. */
export function readTables(memory: Uint8Array, modes: number, input: number, inputEnd: number): number {
  let next = input
  if ((modes & 3) !== 0) return 0
  for (const [index, kind] of KINDS.entries()) {
    const mode = (modes >> (6 - 2 * index)) & 3
    if (mode === ONE_SYMBOL) {
      const symbol = next < inputEnd ? memory[next++]! : kind.last + 1
      if (symbol > kind.last) return 0
      writeState(memory, kind.table, kind, { symbol, next: 0, bits: 0 })
      writeU32(memory, kind.logAt, 0)
    } else if (mode === PREDEFINED || mode === DESCRIBED) {
      let distribution = kind.predefined
      if (mode === DESCRIBED) {
        const described = readCounts(memory, next, inputEnd, kind.last, kind.maxLog)
        if (described === undefined) return 0
        next += described.size
        distribution = described
      }
      for (const [state, content] of makeStates(distribution).entries()) {
        writeState(memory, kind.table + 8 * state, kind, content)
      }
      writeU32(memory, kind.logAt, distribution.log)
    } else if ((readU32(memory, zstd.ZSTD_HAS) & zstd.ZSTD_HAS_SEQUENCES) === 0) {
      return 0
    }
  }
  writeU32(memory, zstd.ZSTD_HAS, readU32(memory, zstd.ZSTD_HAS) | zstd.ZSTD_HAS_SEQUENCES)
  return next
}
