/** Compressed zstd blocks: the twin of asm/zstd.ts. */
import { AT_BLOCK_END, BAD_DISTANCE, OUTPUT_FULL } from '../block-state.ts'
import { readU32, stopBlock, writeU32 } from '../block-stop.ts'
import * as zstd from '../zstd-state.ts'
import { bitsBelow, bitsOf } from './backward-bits.ts'
import { copyLiterals, repeat } from './copy.ts'
import { readTables } from './zstd-fse.ts'
import { readLiterals } from './zstd-literals.ts'

/** Section 3.1.1.3.2.1: the count's last form starts here. */
const LONG_COUNT = 0x7f00
/** More bits than this are read in two steps. */
const MOST_AT_ONCE = 25
const STATES = 512

/** See `EngineFunctions.zstdReset`. */
export function zstdReset(memory: Uint8Array): void {
  writeU32(memory, zstd.ZSTD_HAS, 0)
  writeU32(memory, zstd.ZSTD_PAIRS, zstd.PAIRS_REFUSED)
  writeU32(memory, zstd.ZSTD_DISTANCES, 1)
  writeU32(memory, zstd.ZSTD_DISTANCES + 4, 4)
  writeU32(memory, zstd.ZSTD_DISTANCES + 8, 8)
}

/** See `EngineFunctions.zstdBlock`. */
export function zstdBlock(
  memory: Uint8Array,
  input: number,
  inputEnd: number,
  start: number,
  output: number,
  outputEnd: number,
): number {
  let at = readLiterals(memory, input, inputEnd, outputEnd - output)
  if (at === 0) return stopBlock(memory, zstd.ZSTD_BAD_LITERALS, input, output)
  if (at >= inputEnd) return stopBlock(memory, zstd.ZSTD_BAD_TABLES, at, output)
  let count = memory[at++]!
  if (count === 255 && at + 2 <= inputEnd) {
    count = (memory[at]! | (memory[at + 1]! << 8)) + LONG_COUNT
    at += 2
  } else if (count >= 128 && count < 255 && at < inputEnd) {
    count = ((count - 128) << 8) | memory[at++]!
  } else if (count >= 128) {
    return stopBlock(memory, zstd.ZSTD_BAD_TABLES, at, output)
  }
  if (count === 0) {
    if (at !== inputEnd) return stopBlock(memory, zstd.ZSTD_BAD_TABLES, at, output)
    return copyRest(memory, readU32(memory, zstd.ZSTD_LITERALS_AT), inputEnd, output, outputEnd)
  }
  const bits = at < inputEnd ? readTables(memory, memory[at]!, at + 1, inputEnd) : 0
  if (bits === 0) return stopBlock(memory, zstd.ZSTD_BAD_TABLES, at, output)
  return runSequences(memory, count, bits, inputEnd, start, output, outputEnd)
}

/** Copies the literals that no sequence took. */
function copyRest(
  memory: Uint8Array,
  literals: number,
  inputEnd: number,
  output: number,
  outputEnd: number,
): number {
  const length = readU32(memory, zstd.ZSTD_LITERALS_UNTIL) - literals
  if (length > outputEnd - output) return stopBlock(memory, OUTPUT_FULL, inputEnd, output)
  memory.copyWithin(output, literals, literals + length)
  return stopBlock(memory, AT_BLOCK_END, inputEnd, output + length)
}

/** Runs `count` sequences, whose bits are read from the end of [input, inputEnd) backwards. */
function runSequences(
  memory: Uint8Array,
  count: number,
  input: number,
  inputEnd: number,
  start: number,
  firstOutput: number,
  outputEnd: number,
): number {
  // Two words a state: the baseline; next state, bits to it and extra bits.
  const view = (at: number) => new Uint32Array(memory.buffer, memory.byteOffset + at, 2 * STATES)
  const offsets = view(zstd.ZSTD_OFFSETS)
  const matches = view(zstd.ZSTD_MATCHES)
  const lengths = view(zstd.ZSTD_LENGTHS)
  let left = bitsOf(memory, input, inputEnd)
  if (left < 0) return stopBlock(memory, zstd.ZSTD_BAD_SEQUENCES, input, firstOutput)
  const take = (bits: number): number => {
    left -= bits
    return bitsBelow(memory, input, left + bits, bits)
  }
  let lengthState = take(readU32(memory, zstd.ZSTD_LENGTH_LOG))
  let offsetState = take(readU32(memory, zstd.ZSTD_OFFSET_LOG))
  let matchState = take(readU32(memory, zstd.ZSTD_MATCH_LOG))
  let output = firstOutput
  let literals = readU32(memory, zstd.ZSTD_LITERALS_AT)
  const literalsEnd = readU32(memory, zstd.ZSTD_LITERALS_UNTIL)
  let distance1 = readU32(memory, zstd.ZSTD_DISTANCES)
  let distance2 = readU32(memory, zstd.ZSTD_DISTANCES + 4)
  let distance3 = readU32(memory, zstd.ZSTD_DISTANCES + 8)

  for (let sequence = 1; ; sequence++) {
    const offsetStep = offsets[2 * offsetState + 1]!
    const matchStep = matches[2 * matchState + 1]!
    const lengthStep = lengths[2 * lengthState + 1]!
    const offsetBits = offsetStep >>> 24
    let distance = offsets[2 * offsetState]!
    if (offsetBits > MOST_AT_ONCE) {
      const low = offsetBits - MOST_AT_ONCE
      distance += take(MOST_AT_ONCE) * 2 ** low
      distance += take(low)
    } else {
      distance += take(offsetBits)
    }
    const length = matches[2 * matchState]! + take(matchStep >>> 24)
    const literalLength = lengths[2 * lengthState]! + take(lengthStep >>> 24)
    if (left < 0) return stopBlock(memory, zstd.ZSTD_BAD_SEQUENCES, input, output)

    // Section 3.1.1.5: the values up to 3 stand for one of the last distances.
    const which = offsetBits > 1 ? 4 : distance + (literalLength === 0 ? 1 : 0)
    if (which < 4) {
      distance = which === 0 ? distance1 : which === 1 ? distance2 : which === 2 ? distance3 : distance1 - 1
    }
    if (which > 1) distance3 = distance2
    if (which > 0) distance2 = distance1
    distance1 = distance

    const to = output + literalLength
    if (literals + literalLength > literalsEnd)
      return stopBlock(memory, zstd.ZSTD_BAD_SEQUENCES, input, output)
    if (to + length > outputEnd) return stopBlock(memory, OUTPUT_FULL, input, output)
    if (distance <= 0 || distance > to - start) return stopBlock(memory, BAD_DISTANCE, input, output)
    copyLiterals(memory, output, literals, literalLength)
    repeat(memory, to, distance, length)
    literals += literalLength
    output = to + length
    if (sequence === count) break
    lengthState = (lengthStep & 0xffff) + take((lengthStep >>> 16) & 0xff)
    matchState = (matchStep & 0xffff) + take((matchStep >>> 16) & 0xff)
    offsetState = (offsetStep & 0xffff) + take((offsetStep >>> 16) & 0xff)
  }
  if (left !== 0) return stopBlock(memory, zstd.ZSTD_BAD_SEQUENCES, input, output)
  writeU32(memory, zstd.ZSTD_DISTANCES, distance1)
  writeU32(memory, zstd.ZSTD_DISTANCES + 4, distance2)
  writeU32(memory, zstd.ZSTD_DISTANCES + 8, distance3)
  return copyRest(memory, literals, inputEnd, output, outputEnd)
}
