// The sequences of a zstd block (RFC 8878, sections 3.1.1.3.2 and 3.1.1.4): decoded some at a time, and then run.
import { AT_BLOCK_END, BAD_DISTANCE, OUTPUT_FULL } from '../src/engine/block-state.ts'
import * as zstd from '../src/engine/zstd-state.ts'
import { stop } from './block-stop'
import { copyRest, runSequences } from './zstd-run'

const DISTANCES: usize = zstd.ZSTD_DISTANCES

/** With more bits used up than this, a word has too few left for both lengths, for all three states. */
const LENGTHS_NEED: u32 = 64 - 32
const STATES_NEED: u32 = 64 - 26

/**
 * Decodes and runs `count` sequences, whose bits are read from the end of [input, inputEnd) backwards. `word` holds the
 * 8 bytes at `ip`, turned left by the bits that are used up already; what lies in front of `input` is read, but never
 * believed.
 */
export function decodeSequences(
  count: u32,
  input: usize,
  inputEnd: usize,
  start: usize,
  output: usize,
  outputEnd: usize,
): i32 {
  if (inputEnd <= input || load<u8>(inputEnd - 1) === 0) return stop(zstd.ZSTD_BAD_SEQUENCES, input, output)
  const literals: usize = load<u32>(zstd.ZSTD_LITERALS_AT)
  const mostLiterals = load<u32>(zstd.ZSTD_LITERALS_UNTIL) - <u32>literals
  let distance1 = load<u32>(DISTANCES)
  let distance2 = load<u32>(DISTANCES, 4)
  let distance3 = load<u32>(DISTANCES, 8)

  let ip = inputEnd - 8
  let word = load<u64>(ip)
  let used = <u32>clz(word) + 1
  word = rotl<u64>(word, used)
  let bits = load<u32>(zstd.ZSTD_LENGTH_LOG)
  word = rotl<u64>(word, bits)
  let lengthState: usize = lowest(word, bits) << 3
  used += bits
  bits = load<u32>(zstd.ZSTD_OFFSET_LOG)
  word = rotl<u64>(word, bits)
  let offsetState: usize = lowest(word, bits) << 3
  used += bits
  bits = load<u32>(zstd.ZSTD_MATCH_LOG)
  word = rotl<u64>(word, bits)
  let matchState: usize = lowest(word, bits) << 3
  used += bits
  // How many literals the decoded sequences take, and where their output ends; `literalsRun` and `output` say it of those
  // that were run.
  let literalsTaken: u32 = 0
  let literalsRun: u32 = 0
  let next = output
  let status: i32 = AT_BLOCK_END

  do {
    let slot: usize = zstd.ZSTD_SEQUENCES
    while (true) {
      ip -= <usize>(used >> 3)
      used &= 7
      word = rotl<u64>(load<u64>(ip), used)

      const offsetBits = <u32>load<u8>(offsetState, zstd.ZSTD_OFFSETS + 7)
      word = rotl<u64>(word, offsetBits)
      used += offsetBits
      const offsetValue = load<u32>(offsetState, zstd.ZSTD_OFFSETS) + lowest(word, offsetBits)
      if (used > LENGTHS_NEED) {
        ip -= <usize>(used >> 3)
        used &= 7
        word = rotl<u64>(load<u64>(ip), used)
      }
      bits = <u32>load<u8>(matchState, zstd.ZSTD_MATCHES + 7)
      word = rotl<u64>(word, bits)
      used += bits
      const length = load<u32>(matchState, zstd.ZSTD_MATCHES) + lowest(word, bits)
      store<u32>(slot, length, 4)
      bits = <u32>load<u8>(lengthState, zstd.ZSTD_LENGTHS + 7)
      word = rotl<u64>(word, bits)
      used += bits
      const literalLength = load<u32>(lengthState, zstd.ZSTD_LENGTHS) + lowest(word, bits)
      store<u32>(slot, literalLength)
      literalsTaken += literalLength

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

      const size = literalLength + length
      if (size > <u32>(outputEnd - next)) {
        status = OUTPUT_FULL
        break
      }
      const to = next + literalLength
      if (distance - 1 >= <u32>(to - start)) {
        status = BAD_DISTANCE
        break
      }
      store<u32>(slot, <u32>(to - distance), 8)
      next += size
      slot += 16
      if (--count === 0) break

      if (used > STATES_NEED) {
        ip -= <usize>(used >> 3)
        used &= 7
        word = rotl<u64>(load<u64>(ip), used)
      }
      bits = <u32>load<u8>(lengthState, zstd.ZSTD_LENGTHS + 6)
      word = rotl<u64>(word, bits)
      used += bits
      lengthState = (<usize>load<u16>(lengthState, zstd.ZSTD_LENGTHS + 4) + lowest(word, bits)) << 3
      bits = <u32>load<u8>(matchState, zstd.ZSTD_MATCHES + 6)
      word = rotl<u64>(word, bits)
      used += bits
      matchState = (<usize>load<u16>(matchState, zstd.ZSTD_MATCHES + 4) + lowest(word, bits)) << 3
      bits = <u32>load<u8>(offsetState, zstd.ZSTD_OFFSETS + 6)
      word = rotl<u64>(word, bits)
      used += bits
      offsetState = (<usize>load<u16>(offsetState, zstd.ZSTD_OFFSETS + 4) + lowest(word, bits)) << 3
      if (slot === zstd.ZSTD_SEQUENCES_END) break
    }
    // More literals than there are, or more bits: `ip` has gone by the first byte. Either stays so, once it is, and what
    // is wrong with a sequence that follows is no matter.
    const isOver = ip + 8 < input + ((used + 7) >> 3)
    if (isOver || literalsTaken > mostLiterals) return stop(zstd.ZSTD_BAD_SEQUENCES, input, output)
    if (status !== AT_BLOCK_END) return stop(status, input, output)
    runSequences(slot, literals + literalsRun, output, next, outputEnd)
    literalsRun = literalsTaken
    output = next
  } while (count !== 0)
  if (ip + 8 !== input + (used >> 3) || (used & 7) !== 0) return stop(zstd.ZSTD_BAD_SEQUENCES, input, output)
  store<u32>(DISTANCES, distance1)
  store<u32>(DISTANCES, distance2, 4)
  store<u32>(DISTANCES, distance3, 8)
  return copyRest(literals + literalsTaken, inputEnd, output, outputEnd)
}

/** The lowest `count` bits of a word, 31 at most. */
function lowest(word: u64, count: u32): u32 {
  return <u32>word & (((<u32>1) << count) - 1)
}
