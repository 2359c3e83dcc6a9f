// What the sequences of a zstd block do (RFC 8878, section 3.1.1.4), once they are decoded and known to keep the bounds.
import { AT_BLOCK_END, OUTPUT_FULL } from '../src/engine/block-state.ts'
import { ZSTD_LITERALS_UNTIL, ZSTD_SEQUENCES } from '../src/engine/zstd-state.ts'
import { stop } from './block-stop'
import { COPY_MARGIN, copyWide, repeat, repeated, repeatNear } from './copy'

/** Runs the sequences up to `last`, which write [output, end). */
export function runSequences(
  last: usize,
  literals: usize,
  output: usize,
  end: usize,
  outputEnd: usize,
): void {
  touchMatches(last)
  if (outputEnd - end >= 2 * COPY_MARGIN) runWide(last, literals, output)
  else runNear(last, literals, output, outputEnd)
}

/**
 * Loads a byte of every match, and does nothing with it: the matches lie anywhere in a window that no cache holds, and
 * so many loads in a row wait for memory together, which the copies, each with a good deal between them, would not.
 */
function touchMatches(last: usize): void {
  for (let at: usize = ZSTD_SEQUENCES; at < last; at += 16) load<u8>(load<u32>(at, 8))
}

function runWide(last: usize, literals: usize, output: usize): void {
  let at: usize = ZSTD_SEQUENCES
  do {
    const literalLength: usize = load<u32>(at)
    v128.store(output, v128.load(literals))
    if (literalLength > 16) copyWide(output + 16, literals + 16, literalLength - 16)
    literals += literalLength
    output += literalLength
    const length: usize = load<u32>(at, 4)
    const from: usize = load<u32>(at, 8)
    const distance = output - from
    // All of most matches, whatever their distance: a branch that looks at it would be guessed wrong too often.
    v128.store(output, repeated(from, distance))
    if (length > 16) {
      if (distance >= 16) copyWide(output + 16, from + 16, length - 16)
      else repeatNear(output, distance, length)
    }
    output += length
    at += 16
  } while (at < last)
}

/** The same where nothing after the output may be touched. */
function runNear(last: usize, literals: usize, output: usize, outputEnd: usize): void {
  for (let at: usize = ZSTD_SEQUENCES; at < last; at += 16) {
    const literalLength: usize = load<u32>(at)
    memory.copy(output, literals, literalLength)
    literals += literalLength
    output += literalLength
    const length: usize = load<u32>(at, 4)
    repeat(output, output - <usize>load<u32>(at, 8), length, outputEnd - output)
    output += length
  }
}

/** Copies the literals that no sequence took. */
export function copyRest(literals: usize, inputEnd: usize, output: usize, outputEnd: usize): i32 {
  const length = <usize>load<u32>(ZSTD_LITERALS_UNTIL) - literals
  if (length > outputEnd - output) return stop(OUTPUT_FULL, inputEnd, output)
  memory.copy(output, literals, length)
  return stop(AT_BLOCK_END, inputEnd, output + length)
}
