// Compressed zstd blocks (RFC 8878, section 3.1.1.3): literals, and sequences that say how they and what came before
// make the output.
import {
  PAIRS_REFUSED,
  ZSTD_BAD_LITERALS,
  ZSTD_BAD_TABLES,
  ZSTD_DISTANCES,
  ZSTD_HAS,
  ZSTD_LITERALS_AT,
  ZSTD_PAIRS,
} from '../src/engine/zstd-state.ts'
import { stop } from './block-stop'
import { readTables } from './zstd-fse'
import { readLiterals } from './zstd-literals'
import { copyRest } from './zstd-run'
import { decodeSequences } from './zstd-sequences'

const DISTANCES: usize = ZSTD_DISTANCES

/** Section 3.1.1.3.2.1: the count's last form starts here. */
const LONG_COUNT: u32 = 0x7f00
/** Starts a frame: section 3.1.1.5 says what the last distances are then. */
export function zstdReset(): void {
  store<u32>(ZSTD_HAS, 0)
  store<u32>(ZSTD_PAIRS, PAIRS_REFUSED)
  store<u32>(DISTANCES, 1)
  store<u32>(DISTANCES, 4, 4)
  store<u32>(DISTANCES, 8, 8)
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
  return decodeSequences(count, bits, inputEnd, start, output, outputEnd)
}
