// Deflate (RFC 1951), as gzip carries it. Decoding stops and goes on between two symbols.
import {
  AT_BLOCK_END,
  AT_TARGET,
  BAD_DISTANCE,
  BLOCK_INPUT,
  BLOCK_OUTPUT,
  MORE_INPUT,
  OUTPUT_FULL,
} from '../src/engine/block-state.ts'
import * as layout from '../src/engine/inflate-state.ts'
import { COPY_MARGIN, copyWide, repeat } from './copy'
import {
  buildFixedTables,
  buildLengthCodes,
  buildTables,
  CODE_LENGTHS,
  setCodeLength,
} from './inflate-tables'

const LENGTHS: usize = layout.INFLATE_LENGTHS
const LITERALS: usize = layout.INFLATE_LITERALS
const DISTANCES: usize = layout.INFLATE_DISTANCES
const CODES: usize = layout.INFLATE_CODES
const LITERAL_MASK: u64 = (1 << layout.LITERAL_LOG) - 1
const DISTANCE_MASK: u64 = (1 << layout.DISTANCE_LOG) - 1
const LITERAL: u32 = layout.ENTRY_LITERAL
const OTHER: u32 = layout.ENTRY_OTHER
const END: u32 = layout.ENTRY_END
const INVALID: u32 = layout.ENTRY_INVALID

const LONGEST_MATCH: usize = 258
/** Literals that are decoded in a row without a look at the bounds. */
const ROW: usize = 3
/** A round of the fast loop loads two words, one of them for the next, and writes a row, a match, and after it. */
const FAST_INPUT: usize = 16
const FAST_OUTPUT: usize = ROW + LONGEST_MATCH + 2 * COPY_MARGIN

/** None of the statuses: the block ended, and another may follow; it goes on. */
const BLOCK_DONE: i32 = -1
const GO_ON: i32 = -2

// `buffer` has the next bits in its lowest ones. `input` is where it is filled from next, `available` how many of its
// bits count; what is above them is right, or zero.
let buffer: u64
let available: u32
let input: usize
let loaded: usize
let output: usize

function refill(): void {
  if (input + 8 <= loaded) {
    buffer |= load<u64>(input) << available
    input += (63 - available) >> 3
    available |= 56
    return
  }
  while (available <= 56) {
    // Zeros are counted like input, so that it is seen later how far reading went.
    if (input < loaded) buffer |= (<u64>load<u8>(input)) << available
    input++
    available += 8
  }
}

/** The next bits, 16 at most. */
function bits(count: u32): u32 {
  if (available < count) refill()
  const value = <u32>buffer & (((<u32>1) << count) - 1)
  buffer >>= count
  available -= count
  return value
}

/** How many bits there are from here on to the end of what is loaded; negative after it. */
function bitsLeft(): i32 {
  return ((<i32>min<isize>(<isize>(loaded - input), 1 << 24)) << 3) + <i32>available
}

/** Starts a stream. */
export function inflateReset(): void {
  store<u32>(layout.INFLATE_BITS, 0)
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_BLOCK)
  store<u32>(layout.INFLATE_FIXED, 0)
  store<u32>(layout.INFLATE_LAST, 0)
}

function stop(status: i32): i32 {
  const unused: usize = available >> 3
  store<u32>(BLOCK_INPUT, <u32>(input - unused - usize((available & 7) !== 0)))
  store<u32>(layout.INFLATE_BITS, (8 - (available & 7)) & 7)
  store<u32>(BLOCK_OUTPUT, <u32>output)
  return status
}

export function inflate(
  from: usize,
  to: usize,
  inputEnd: usize,
  start: usize,
  outputFrom: usize,
  outputEnd: usize,
  target: usize,
): i32 {
  buffer = 0
  available = 0
  input = from
  loaded = to
  output = outputFrom
  bits(load<u32>(layout.INFLATE_BITS))
  const isAll = to === inputEnd
  while (true) {
    const phase = load<u32>(layout.INFLATE_PHASE)
    if (phase === layout.PHASE_END) {
      bits(available & 7)
      return stop(AT_BLOCK_END)
    }
    if (output >= target) return stop(AT_TARGET)
    let status: i32
    if (phase === layout.PHASE_BLOCK) {
      status = startBlock(isAll)
      if (status !== BLOCK_DONE) return status
    } else {
      status =
        phase === layout.PHASE_STORED
          ? copyStored(outputEnd, target)
          : runCodes(isAll, start, outputEnd, target)
      if (status !== BLOCK_DONE) return stop(status)
      store<u32>(
        layout.INFLATE_PHASE,
        load<u32>(layout.INFLATE_LAST) !== 0 ? layout.PHASE_END : layout.PHASE_BLOCK,
      )
    }
  }
}

/** Reads a block's header; where that fails, nothing of it is read. */
function startBlock(isAll: bool): i32 {
  if (!isAll && bitsLeft() < layout.MOST_HEADER << 3) return stop(MORE_INPUT)
  // Where to go back to.
  stop(0)
  const block = load<u32>(BLOCK_INPUT)
  store<u32>(layout.INFLATE_BLOCK, block)
  const status = readHeader()
  const isOver = bitsLeft() < 0
  if (status === BLOCK_DONE && !isOver) return status
  store<u32>(BLOCK_INPUT, block)
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_BLOCK)
  return isOver ? MORE_INPUT : status
}

function readHeader(): i32 {
  store<u32>(layout.INFLATE_LAST, bits(1))
  const type = bits(2)
  if (type === 3) return layout.INFLATE_BAD_TYPE
  if (type === 0) {
    bits(available & 7)
    const size = bits(16)
    if (bits(16) !== (size ^ 0xffff)) return layout.INFLATE_BAD_STORED
    store<u32>(layout.INFLATE_STORED, size)
    store<u32>(layout.INFLATE_PHASE, layout.PHASE_STORED)
    return BLOCK_DONE
  }
  if (type === 1) {
    if (load<u32>(layout.INFLATE_FIXED) === 0) buildFixedTables()
    store<u32>(layout.INFLATE_FIXED, 1)
  } else {
    store<u32>(layout.INFLATE_FIXED, 0)
    if (!readTables()) return layout.INFLATE_BAD_TABLES
  }
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_CODES)
  return BLOCK_DONE
}

/** Reads the code lengths of section 3.2.7, and makes their tables; false where a rule is broken. */
function readTables(): bool {
  const literals = bits(5) + 257
  const distances = bits(5) + 1
  const codes = bits(4) + 4
  if (literals > 286 || distances > 30) return false
  for (let index: u32 = 0; index < CODE_LENGTHS; index++) setCodeLength(index, index < codes ? bits(3) : 0)
  if (!buildLengthCodes()) return false
  let last: u32 = 0
  for (let index: u32 = 0; index < literals + distances; ) {
    if (available < 16) refill()
    const entry = load<u32>(CODES + ((<usize>buffer & ((1 << layout.CODE_LOG) - 1)) << 2))
    bits(entry & 0xff)
    const symbol = entry >> 16
    if (symbol < 16) {
      last = symbol
      store<u8>(LENGTHS + index++, last)
      continue
    }
    let times: u32
    if (symbol === 16) {
      if (index === 0) return false
      times = bits(2) + 3
    } else {
      last = 0
      times = symbol === 17 ? bits(3) + 3 : bits(7) + 11
    }
    if (times > literals + distances - index) return false
    memory.fill(LENGTHS + index, <u8>last, times)
    index += times
  }
  // Without a code for its end a block would have none.
  return load<u8>(LENGTHS + 256) !== 0 && buildTables(literals, distances)
}

/** Copies of a stored block what there is, what fits, and what is asked for. */
function copyStored(outputEnd: usize, target: usize): i32 {
  // The buffer holds whole bytes here: they are given back.
  input -= available >> 3
  buffer = 0
  available = 0
  const left = load<u32>(layout.INFLATE_STORED)
  const wanted = min<usize>(left, target - output)
  const size = min(wanted, min(loaded - input, outputEnd - output))
  memory.copy(output, input, size)
  input += size
  output += size
  store<u32>(layout.INFLATE_STORED, left - <u32>size)
  if (<u32>size === left) return BLOCK_DONE
  if (size === wanted) return AT_TARGET
  return input === loaded ? MORE_INPUT : OUTPUT_FULL
}

/** Decodes symbols: fast where both ends are far, and then one by one. */
function runCodes(isAll: bool, start: usize, outputEnd: usize, target: usize): i32 {
  const fastInput: usize = loaded > FAST_INPUT ? loaded - FAST_INPUT : 0
  const fastOutput: usize = min(
    outputEnd > FAST_OUTPUT ? outputEnd - FAST_OUTPUT : 0,
    target > ROW ? target - ROW + 1 : 0,
  )
  let ip = input
  let op = output
  let word = buffer
  let count = <u64>available
  let status = GO_ON
  let entry: u32 = 0
  if (ip < fastInput && op < fastOutput) {
    word |= load<u64>(ip) << count
    ip += <usize>((63 - count) >> 3)
    count |= 56
    entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
  }
  while (ip < fastInput && op < fastOutput) {
    let before = word
    word >>= entry
    count -= entry & 63
    if (entry & LITERAL) {
      store<u8>(op++, entry >> 16)
      entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
      before = word
      word >>= entry
      count -= entry & 63
      if (entry & LITERAL) {
        store<u8>(op++, entry >> 16)
        entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
        before = word
        word >>= entry
        count -= entry & 63
        if (entry & LITERAL) {
          store<u8>(op++, entry >> 16)
          word |= load<u64>(ip) << count
          ip += <usize>((63 - count) >> 3)
          count |= 56
          entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
          continue
        }
      }
    }
    if (entry & OTHER) {
      if ((entry & (END | INVALID)) === 0) {
        const mask: u64 = ((<u64>1) << ((entry >> 8) & 15)) - 1
        entry = load<u32>(LITERALS + ((<usize>((entry >> 16) + <u32>(word & mask))) << 2))
        before = word
        word >>= entry
        count -= entry & 63
        if (entry & LITERAL) {
          store<u8>(op++, entry >> 16)
          word |= load<u64>(ip) << count
          ip += <usize>((63 - count) >> 3)
          count |= 56
          entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
          continue
        }
      }
      if (entry & OTHER) {
        status = entry & END ? BLOCK_DONE : layout.INFLATE_BAD_CODE
        break
      }
    }
    const length: usize =
      (entry >> 16) + <u32>((before & (((<u64>1) << (entry & 63)) - 1)) >> ((entry >> 8) & 15))
    word |= load<u64>(ip) << count
    ip += <usize>((63 - count) >> 3)
    count |= 56
    entry = load<u32>(DISTANCES + ((<usize>(word & DISTANCE_MASK)) << 2))
    if (entry & OTHER && (entry & INVALID) === 0) {
      word >>= layout.DISTANCE_LOG
      count -= layout.DISTANCE_LOG
      const mask: u64 = ((<u64>1) << ((entry >> 8) & 15)) - 1
      entry = load<u32>(DISTANCES + ((<usize>((entry >> 16) + <u32>(word & mask))) << 2))
    }
    if (entry & OTHER) {
      status = layout.INFLATE_BAD_CODE
      break
    }
    const distance: usize =
      (entry >> 16) + <u32>((word & (((<u64>1) << (entry & 63)) - 1)) >> ((entry >> 8) & 15))
    word >>= entry
    count -= entry & 63
    if (distance > op - start) {
      status = BAD_DISTANCE
      break
    }
    // The next entry is on its way while the match is copied: 10 % of all the time.
    word |= load<u64>(ip) << count
    ip += <usize>((63 - count) >> 3)
    count |= 56
    entry = load<u32>(LITERALS + ((<usize>(word & LITERAL_MASK)) << 2))
    if (distance >= 16) copyWide(op, op - distance, length)
    else repeat(op, distance, length, outputEnd - op)
    op += length
  }
  input = ip
  output = op
  buffer = word
  available = <u32>count
  return status === GO_ON ? runSlowly(isAll, start, outputEnd, target) : status
}

/** The same symbol by symbol. Near the input's end one that needs bits from after it is left, whatever it says. */
function runSlowly(isAll: bool, start: usize, outputEnd: usize, target: usize): i32 {
  while (output < target) {
    refill()
    const isNear = bitsLeft() < layout.MOST_SYMBOL
    if (isNear && !isAll) return MORE_INPUT
    const bufferBefore = buffer
    const availableBefore = available
    const inputBefore = input
    const status = runSymbol(start, outputEnd)
    if (bitsLeft() < 0 || (isNear && (status === layout.INFLATE_BAD_CODE || status === BAD_DISTANCE))) {
      buffer = bufferBefore
      available = availableBefore
      input = inputBefore
      return MORE_INPUT
    }
    if (status !== GO_ON) return status
    output = next
  }
  return AT_TARGET
}

/** The entry for the bits that come next, which are taken. */
function takeEntry(table: usize, log: u32): u32 {
  let entry = load<u32>(table + ((<usize>(<u32>buffer & (((<u32>1) << log) - 1))) << 2))
  if (entry & OTHER && (entry & (END | INVALID)) === 0) {
    bits(log)
    const mask = ((<u32>1) << ((entry >> 8) & 15)) - 1
    entry = load<u32>(table + ((<usize>((entry >> 16) + (<u32>buffer & mask))) << 2))
  }
  before = buffer
  buffer >>= entry
  available -= entry & 63
  return entry
}

/** The baseline of an entry with its extra bits. */
function valueFor(entry: u32): u32 {
  return (entry >> 16) + <u32>((before & (((<u64>1) << (entry & 63)) - 1)) >> ((entry >> 8) & 15))
}

// The bits in front of the entry that was taken last, and where the output goes on after the symbol.
let before: u64
let next: usize

/** Decodes the symbol for whose bits the buffer is full enough, and writes after the output, which stays. */
function runSymbol(start: usize, outputEnd: usize): i32 {
  let entry = takeEntry(LITERALS, layout.LITERAL_LOG)
  if (entry & LITERAL) {
    if (output === outputEnd) return OUTPUT_FULL
    store<u8>(output, entry >> 16)
    next = output + 1
    return GO_ON
  }
  if (entry & OTHER) return entry & END ? BLOCK_DONE : layout.INFLATE_BAD_CODE
  const length: usize = valueFor(entry)
  entry = takeEntry(DISTANCES, layout.DISTANCE_LOG)
  if (entry & OTHER) return layout.INFLATE_BAD_CODE
  const distance: usize = valueFor(entry)
  if (distance > output - start) return BAD_DISTANCE
  if (length > outputEnd - output) return OUTPUT_FULL
  repeat(output, distance, length, outputEnd - output)
  next = output + length
  return GO_ON
}
