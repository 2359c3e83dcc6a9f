// Compressed zstd blocks (RFC 8878, section 3.1.1.3): literals, and sequences that say how they and what came before
// make the output.
import {
  AT_BLOCK_END,
  BAD_DISTANCE,
  BLOCK_INPUT,
  BLOCK_OUTPUT,
  OUTPUT_FULL,
} from '../src/engine/block-state.ts'
import {
  ZSTD_BAD_LITERALS,
  ZSTD_BAD_SEQUENCES,
  ZSTD_BAD_TABLES,
  ZSTD_DISTANCES,
  ZSTD_HAS,
  ZSTD_LENGTH_LOG,
  ZSTD_LENGTHS,
  ZSTD_LITERALS_AT,
  ZSTD_LITERALS_END,
  ZSTD_MATCH_LOG,
  ZSTD_MATCHES,
  ZSTD_OFFSET_LOG,
  ZSTD_OFFSETS,
} from '../src/engine/zstd-state.ts'
import { COPY_MARGIN, copyWide, repeat } from './copy'
import { readTables } from './zstd-fse'
import { readLiterals } from './zstd-literals'

const DISTANCES: usize = ZSTD_DISTANCES
const LENGTHS: usize = ZSTD_LENGTHS
const OFFSETS: usize = ZSTD_OFFSETS
const MATCHES: usize = ZSTD_MATCHES

/** Section 3.1.1.3.2.1: the count's last form starts here. */
const LONG_COUNT: u32 = 0x7f00
/** With more bits used up than this, a word has too few left for both lengths, for all three states. */
const LENGTHS_NEED: u32 = 64 - 32
const STATES_NEED: u32 = 64 - 26

/** Starts a frame: section 3.1.1.5 says what the last distances are then. */
export function zstdReset(): void {
  store<u32>(ZSTD_HAS, 0)
  store<u32>(DISTANCES, 1)
  store<u32>(DISTANCES, 4, 4)
  store<u32>(DISTANCES, 8, 8)
}

function stop(status: i32, input: usize, output: usize): i32 {
  store<u32>(BLOCK_INPUT, <u32>input)
  store<u32>(BLOCK_OUTPUT, <u32>output)
  return status
}

export function zstdBlock(input: usize, inputEnd: usize, start: usize, output: usize, outputEnd: usize): i32 {
  let at = readLiterals(input, inputEnd, <u32>(outputEnd - output))
  if (at === 0) return stop(ZSTD_BAD_LITERALS, input, output)
  if (at >= inputEnd) return stop(ZSTD_BAD_TABLES, at, output)
  let count = <u32>load<u8>(at++)
  if (count === 255 && at + 2 <= inputEnd) {
    count = <u32>load<u16>(at) + LONG_COUNT
    at += 2
  } else if (count >= 128 && count < 255 && at < inputEnd) {
    count = ((count - 128) << 8) | load<u8>(at++)
  } else if (count >= 128) {
    return stop(ZSTD_BAD_TABLES, at, output)
  }
  if (count === 0) {
    if (at !== inputEnd) return stop(ZSTD_BAD_TABLES, at, output)
    return copyRest(load<u32>(ZSTD_LITERALS_AT), inputEnd, output, outputEnd)
  }
  const from = at
  const bits = at < inputEnd ? readTables(load<u8>(at), at + 1, inputEnd) : 0
  if (bits === 0) return stop(ZSTD_BAD_TABLES, from, output)
  return runSequences(count, bits, inputEnd, start, output, outputEnd)
}

/** Copies the literals that no sequence took. */
function copyRest(literals: usize, inputEnd: usize, output: usize, outputEnd: usize): i32 {
  const length = <usize>load<u32>(ZSTD_LITERALS_END) - literals
  if (length > outputEnd - output) return stop(OUTPUT_FULL, inputEnd, output)
  memory.copy(output, literals, length)
  return stop(AT_BLOCK_END, inputEnd, output + length)
}

/**
 * Runs `count` sequences, whose bits are read from the end of [input, inputEnd) backwards. `word` holds the 8 bytes
 * at `ip`, shifted up by the bits that are used up already; what lies in front of `input` is read, but never believed.
 */
function runSequences(
  count: u32,
  input: usize,
  inputEnd: usize,
  start: usize,
  output: usize,
  outputEnd: usize,
): i32 {
  if (inputEnd <= input || load<u8>(inputEnd - 1) === 0) return stop(ZSTD_BAD_SEQUENCES, input, output)
  let literals: usize = load<u32>(ZSTD_LITERALS_AT)
  const literalsEnd: usize = load<u32>(ZSTD_LITERALS_END)
  const fastEnd: usize = outputEnd - output > 2 * COPY_MARGIN ? outputEnd - 2 * COPY_MARGIN : 0
  let distance1 = load<u32>(DISTANCES)
  let distance2 = load<u32>(DISTANCES, 4)
  let distance3 = load<u32>(DISTANCES, 8)

  let ip = inputEnd - 8
  let word = load<u64>(ip)
  let used = <u32>clz(word) + 1
  word <<= used
  let bits = load<u32>(ZSTD_LENGTH_LOG)
  let lengthState: usize = LENGTHS + ((<usize>take(word, bits)) << 3)
  word <<= bits
  used += bits
  bits = load<u32>(ZSTD_OFFSET_LOG)
  let offsetState: usize = OFFSETS + ((<usize>take(word, bits)) << 3)
  word <<= bits
  used += bits
  bits = load<u32>(ZSTD_MATCH_LOG)
  let matchState: usize = MATCHES + ((<usize>take(word, bits)) << 3)
  used += bits

  while (true) {
    ip -= <usize>(used >> 3)
    used &= 7
    word = load<u64>(ip) << used
    const offsetEntry = load<u64>(offsetState)
    const matchEntry = load<u64>(matchState)
    const lengthEntry = load<u64>(lengthState)

    const offsetBits = <u32>(offsetEntry >> 56)
    const offsetValue = <u32>offsetEntry + take(word, offsetBits)
    word <<= offsetBits
    used += offsetBits
    if (used > LENGTHS_NEED) {
      ip -= <usize>(used >> 3)
      used &= 7
      word = load<u64>(ip) << used
    }
    bits = <u32>(matchEntry >> 56)
    const length: usize = <u32>matchEntry + take(word, bits)
    word <<= bits
    used += bits
    bits = <u32>(lengthEntry >> 56)
    const literalLength: usize = <u32>lengthEntry + take(word, bits)
    word <<= bits
    used += bits
    // More bits than there are: `ip` has gone by the first byte.
    if (ip + 8 < input + ((used + 7) >> 3)) return stop(ZSTD_BAD_SEQUENCES, input, output)

    // Section 3.1.1.5: the values up to 3 stand for one of the last distances.
    let distance = offsetValue
    if (offsetBits > 1) {
      distance3 = distance2
      distance2 = distance1
      distance1 = distance
    } else {
      const which = offsetValue + u32(literalLength === 0)
      if (which === 0) {
        distance = distance1
      } else {
        distance = which === 1 ? distance2 : which === 2 ? distance3 : distance1 - 1
        if (which !== 1) distance3 = distance2
        distance2 = distance1
        distance1 = distance
      }
    }

    const nextLiterals = literals + literalLength
    const to = output + literalLength
    const end = to + length
    if (nextLiterals > literalsEnd) return stop(ZSTD_BAD_SEQUENCES, input, output)
    if (end > outputEnd) return stop(OUTPUT_FULL, input, output)
    if (distance - 1 >= <u32>(to - start)) return stop(BAD_DISTANCE, input, output)
    if (end < fastEnd) {
      v128.store(output, v128.load(literals))
      if (literalLength > 16) copyWide(output + 16, literals + 16, literalLength - 16)
      if (distance >= 16) copyWide(to, to - distance, length)
      else repeat(to, distance, length, outputEnd - to)
    } else {
      memory.copy(output, literals, literalLength)
      repeat(to, distance, length, outputEnd - to)
    }
    literals = nextLiterals
    output = end
    if (--count === 0) break

    if (used > STATES_NEED) {
      ip -= <usize>(used >> 3)
      used &= 7
      word = load<u64>(ip) << used
    }
    bits = <u32>(lengthEntry >> 48) & 0xff
    lengthState = LENGTHS + ((<usize>((<u32>(lengthEntry >> 32) & 0xffff) + take(word, bits))) << 3)
    word <<= bits
    used += bits
    bits = <u32>(matchEntry >> 48) & 0xff
    matchState = MATCHES + ((<usize>((<u32>(matchEntry >> 32) & 0xffff) + take(word, bits))) << 3)
    word <<= bits
    used += bits
    bits = <u32>(offsetEntry >> 48) & 0xff
    offsetState = OFFSETS + ((<usize>((<u32>(offsetEntry >> 32) & 0xffff) + take(word, bits))) << 3)
    used += bits
  }
  if (ip + 8 !== input + (used >> 3) || (used & 7) !== 0) return stop(ZSTD_BAD_SEQUENCES, input, output)
  store<u32>(DISTANCES, distance1)
  store<u32>(DISTANCES, distance2, 4)
  store<u32>(DISTANCES, distance3, 8)
  return copyRest(literals, inputEnd, output, outputEnd)
}

/** The highest `count` bits of a word, 63 at most. */
function take(word: u64, count: u32): u32 {
  return <u32>((word >> 1) >> (63 - count))
}
