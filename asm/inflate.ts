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
import { COPY_MARGIN, repeat, repeatNear } from './copy'
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
const SHIFT: u32 = layout.BUFFER_SHIFT
const LITERAL_MASK: usize = ((1 << layout.LITERAL_LOG) - 1) << layout.BUFFER_SHIFT
const DISTANCE_MASK: usize = ((1 << layout.DISTANCE_LOG) - 1) << layout.BUFFER_SHIFT
const OTHER: u32 = layout.ENTRY_OTHER
const END: u32 = layout.ENTRY_END
const INVALID: u32 = layout.ENTRY_INVALID
const EXTRA: u32 = layout.ENTRY_EXTRA

const LONGEST_MATCH: usize = 258
/** A round of the fast loop takes up to 70 bits, and may load a word after them. It writes two literals and a match. */
const ROUND_INPUT_LOG: usize = 4
const ROUND_OUTPUT_LOG: usize = 9
const FAST_INPUT: usize = 16
const FAST_OUTPUT: usize = 2 + LONGEST_MATCH + 3 * COPY_MARGIN

/** Masks of so many bits as their index says. */
const MASKS = memory.data<u32>([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383, 32767])

/** None of the statuses: the block ended, and another may follow; it goes on. */
const BLOCK_DONE: i32 = -1
const GO_ON: i32 = -2

// `buffer` has the next bits from bit SHIFT on, up to bit `filled`; what is above them is right, or zero. `input` is where
// it is filled from next.
let buffer: u64
let filled: u32
let input: usize
let loaded: usize
let output: usize

function refill(): void {
  if (input + 8 <= loaded) {
    buffer |= load<u64>(input) << filled
    input += (63 - filled) >> 3
    filled |= 56
    return
  }
  while (filled < 56) {
    // Zeros are counted like input, so that it is seen later how far reading went.
    if (input < loaded) buffer |= (<u64>load<u8>(input)) << filled
    input++
    filled += 8
  }
}

/** The bits of the buffer that count. */
function available(): u32 {
  return filled - SHIFT
}

function skip(count: u32): void {
  buffer >>= count
  filled -= count
}

/** The next bits, 16 at most. */
function bits(count: u32): u32 {
  if (available() < count) refill()
  const value = <u32>(buffer >> SHIFT) & (((<u32>1) << count) - 1)
  skip(count)
  return value
}

/** How many bits there are from here on to the end of what is loaded; negative after it. */
function bitsLeft(): i32 {
  return ((<i32>min<isize>(<isize>(loaded - input), 1 << 24)) << 3) + <i32>available()
}

/** Starts a stream. */
export function inflateReset(): void {
  store<u32>(layout.INFLATE_BITS, 0)
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_BLOCK)
  store<u32>(layout.INFLATE_FIXED, 0)
  store<u32>(layout.INFLATE_NO_DISTANCES, 0)
  store<u32>(layout.INFLATE_LAST, 0)
}

function stop(status: i32): i32 {
  const unused: usize = available() >> 3
  const part = available() & 7
  store<u32>(BLOCK_INPUT, <u32>(input - unused - usize(part !== 0)))
  store<u32>(layout.INFLATE_BITS, (8 - part) & 7)
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
  filled = SHIFT
  input = from
  loaded = to
  output = outputFrom
  bits(load<u32>(layout.INFLATE_BITS))
  const isAll = to === inputEnd
  while (true) {
    const phase = load<u32>(layout.INFLATE_PHASE)
    if (phase === layout.PHASE_END) {
      skip(available() & 7)
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
  const noDistances = load<u32>(layout.INFLATE_NO_DISTANCES)
  const status = readHeader()
  const isOver = bitsLeft() < 0
  if (status === BLOCK_DONE && !isOver) return status
  store<u32>(BLOCK_INPUT, block)
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_BLOCK)
  store<u32>(layout.INFLATE_NO_DISTANCES, noDistances)
  return isOver ? MORE_INPUT : status
}

function readHeader(): i32 {
  store<u32>(layout.INFLATE_LAST, bits(1))
  const type = bits(2)
  if (type === 3) return layout.INFLATE_BAD_TYPE
  if (type === 0) {
    skip(available() & 7)
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
    const status = readTables()
    if (status !== 0) return status
  }
  store<u32>(layout.INFLATE_PHASE, layout.PHASE_CODES)
  return BLOCK_DONE
}

/** Reads the code lengths of section 3.2.7, and makes their tables: 0, or what is wrong. */
function readTables(): i32 {
  const literals = bits(5) + 257
  const distances = bits(5) + 1
  const codes = bits(4) + 4
  if (literals > 286 || distances > 30) return layout.INFLATE_BAD_TABLES
  for (let index: u32 = 0; index < CODE_LENGTHS; index++) setCodeLength(index, index < codes ? bits(3) : 0)
  const status = buildLengthCodes()
  if (status !== 0) return status
  let last: u32 = 0
  for (let index: u32 = 0; index < literals + distances; ) {
    if (available() < 16) refill()
    const entry = load<u32>(<usize>buffer & (((1 << layout.CODE_LOG) - 1) << SHIFT), CODES)
    skip(entry & 0xff)
    const symbol = entry >> 16
    if (symbol < 16) {
      last = symbol
      store<u8>(LENGTHS + index++, last)
      continue
    }
    let times: u32
    if (symbol === 16) {
      if (index === 0) return layout.INFLATE_UNCHECKED
      times = bits(2) + 3
    } else {
      last = 0
      times = symbol === 17 ? bits(3) + 3 : bits(7) + 11
    }
    if (times > literals + distances - index) return layout.INFLATE_BAD_TABLES
    memory.fill(LENGTHS + index, <u8>last, times)
    index += times
  }
  const built = buildTables(literals, distances)
  if (built !== 0) return built
  let used: u32 = 0
  for (let index = literals; index < literals + distances; index++) used |= load<u8>(LENGTHS + index)
  if (used === 0) store<u32>(layout.INFLATE_NO_DISTANCES, 1)
  return load<u8>(LENGTHS + 256) !== 0 ? 0 : layout.INFLATE_NO_END
}

/** Copies of a stored block what there is, what fits, and what is asked for. */
function copyStored(outputEnd: usize, target: usize): i32 {
  // The buffer holds whole bytes here: they are given back.
  input -= available() >> 3
  buffer = 0
  filled = SHIFT
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
  const inputLimit: usize = loaded > FAST_INPUT ? loaded - FAST_INPUT : 0
  const outputLimit: usize = min(target, outputEnd > FAST_OUTPUT ? outputEnd - FAST_OUTPUT : 0)
  refill()
  let status = GO_ON
  while (status === GO_ON && input < inputLimit && output < outputLimit) {
    const rounds = min((inputLimit - input) >> ROUND_INPUT_LOG, (outputLimit - output) >> ROUND_OUTPUT_LOG)
    if (rounds === 0) break
    status = runRounds(rounds, start)
  }
  return status === GO_ON ? runSlowly(isAll, start, outputEnd, target) : status
}

/**
 * Decodes `rounds` times up to three literals, or fewer and a match, without a look at the ends. In between the buffer is
 * full: 54 bits are enough for two literals and a match, if each code is one that the tables look up at once.
 */
function runRounds(rounds: usize, start: usize): i32 {
  let ip = input
  let op = output
  let word = buffer
  // How many bits there is room for, in the lowest six bits: whole entries are added to it.
  let room = 63 - filled
  let status = GO_ON
  let entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
  do {
    word >>= entry
    room += entry
    if (<i32>entry < 0) {
      store<u8>(op++, entry >> 16)
      entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
      word >>= entry
      room += entry
      if (<i32>entry < 0) {
        store<u8>(op++, entry >> 16)
        entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
        word >>= entry
        room += entry
        if (<i32>entry < 0) {
          store<u8>(op++, entry >> 16)
          word |= load<u64>(ip) << ~room
          ip += (room >> 3) & 7
          room &= 7
          entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
          continue
        }
      }
    }
    let length: usize = entry >> 16
    if (entry & OTHER) {
      if ((entry & (END | INVALID | EXTRA)) === 0) {
        const mask = load<usize>((entry >> 6) & (15 << 2), MASKS)
        entry = load<u32>(((<usize>(entry >> 16)) << SHIFT) + (<usize>word & (mask << SHIFT)), LITERALS)
        word >>= entry
        room += entry
        if (<i32>entry < 0) {
          store<u8>(op++, entry >> 16)
          word |= load<u64>(ip) << ~room
          ip += (room >> 3) & 7
          room &= 7
          entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
          continue
        }
        length = entry >> 16
      }
      if (entry & OTHER) {
        if (entry & (END | INVALID)) {
          status = entry & END ? BLOCK_DONE : layout.INFLATE_BAD_CODE
          break
        }
        const extra = (entry >> 8) & 15
        length += <usize>(word >> SHIFT) & load<usize>(extra << 2, MASKS)
        word >>= extra
        room += extra
      }
      word |= load<u64>(ip) << ~room
      ip += (room >> 3) & 7
      room &= 7
    }
    entry = load<u32>(<usize>word & DISTANCE_MASK, DISTANCES)
    if (entry & OTHER) {
      if ((entry & INVALID) === 0) {
        const mask = load<usize>((entry >> 6) & (15 << 2), MASKS)
        word >>= layout.DISTANCE_LOG
        room += layout.DISTANCE_LOG
        word |= load<u64>(ip) << ~room
        ip += (room >> 3) & 7
        room &= 7
        entry = load<u32>(((<usize>(entry >> 16)) << SHIFT) + (<usize>word & (mask << SHIFT)), DISTANCES)
      }
      if (entry & OTHER) {
        status = layout.INFLATE_BAD_CODE
        break
      }
    }
    const distance: usize =
      (entry >> 16) + <u32>((word & ((((<u64>1) << SHIFT) << entry) - 1)) >> (entry >> 8))
    word >>= entry
    room += entry
    if (distance > op - start) {
      status = BAD_DISTANCE
      break
    }
    // The next entry is on its way while the match is copied: 10 % of all the time.
    word |= load<u64>(ip) << ~room
    ip += (room >> 3) & 7
    room &= 7
    entry = load<u32>(<usize>word & LITERAL_MASK, LITERALS)
    let from = op - distance
    const end = op + length
    if (distance >= 16) {
      v128.store(op, v128.load(from))
      v128.store(op, v128.load(from, 16), 16)
      if (length > 32) {
        op += 32
        from += 32
        do {
          v128.store(op, v128.load(from))
          op += 16
          from += 16
        } while (op < end)
      }
    } else {
      repeatNear(op, distance, length)
    }
    op = end
  } while (--rounds)
  input = ip
  output = op
  buffer = word
  filled = 63 - (room & 63)
  return status
}

/** The same symbol by symbol. Near the input's end one that needs bits from after it is left, whatever it says. */
function runSlowly(isAll: bool, start: usize, outputEnd: usize, target: usize): i32 {
  while (output < target) {
    refill()
    const isNear = bitsLeft() < layout.MOST_SYMBOL
    if (isNear && !isAll) return MORE_INPUT
    const bufferBefore = buffer
    const filledBefore = filled
    const inputBefore = input
    const status = runSymbol(start, outputEnd)
    // How many bits a code has that no symbol has is not known.
    if (bitsLeft() < 0 || (isNear && status === layout.INFLATE_BAD_CODE)) {
      buffer = bufferBefore
      filled = filledBefore
      input = inputBefore
      return MORE_INPUT
    }
    if (status !== GO_ON) return status
    output = next
  }
  return AT_TARGET
}

/** The entry for the bits that come next, none of them taken but those of a prefix. */
function findEntry(table: usize, mask: usize, log: u32): u32 {
  const entry = load<u32>(table + (<usize>buffer & mask))
  if (<i32>entry < 0 || (entry & OTHER) === 0 || (entry & (END | INVALID | EXTRA)) !== 0) return entry
  skip(log)
  const within: usize = ((1 << ((entry >> 8) & 15)) - 1) << SHIFT
  return load<u32>(table + ((<usize>(entry >> 16)) << SHIFT) + (<usize>buffer & within))
}

// Where the output goes on after the symbol that was decoded last.
let next: usize

/** Decodes the symbol for whose bits the buffer is full enough, and writes after the output, which stays. */
function runSymbol(start: usize, outputEnd: usize): i32 {
  let entry = findEntry(LITERALS, LITERAL_MASK, layout.LITERAL_LOG)
  skip(entry & 0xff)
  let length: usize = entry >> 16
  if (<i32>entry < 0) {
    if (output === outputEnd) return OUTPUT_FULL
    store<u8>(output, <u32>length)
    next = output + 1
    return GO_ON
  }
  if (entry & OTHER) {
    if (entry & (END | INVALID)) return entry & END ? BLOCK_DONE : layout.INFLATE_BAD_CODE
    length += bits((entry >> 8) & 15)
  }
  entry = findEntry(DISTANCES, DISTANCE_MASK, layout.DISTANCE_LOG)
  if (entry & OTHER) return layout.INFLATE_BAD_CODE
  const distance: usize =
    (entry >> 16) + <u32>((buffer & ((((<u64>1) << SHIFT) << entry) - 1)) >> (entry >> 8))
  skip(entry & 0xff)
  if (distance > output - start) return BAD_DISTANCE
  if (length > outputEnd - output) return OUTPUT_FULL
  repeat(output, distance, length, outputEnd - output)
  next = output + length
  return GO_ON
}
