// LZ4 blocks (the LZ4 block format description of lz4's doc/lz4_Block_format.md).
import {
  AT_BLOCK_END,
  AT_TARGET,
  BAD_DISTANCE,
  BAD_END,
  MORE_INPUT,
  OUTPUT_FULL,
} from '../src/engine/block-state.ts'
import { stop } from './block-stop'
import { COPY_MARGIN, copyWide, repeat } from './copy'

/** The shortest match, and the nibble that says that more length bytes follow. */
const MIN_MATCH: usize = 4
const LONG: usize = 15
/** A short sequence: token, 16 literal bytes read at once, of which the last two may be the distance. */
const FAST_INPUT: usize = 17
/** At most 14 literals, then a match of at most 18 bytes. */
const FAST_OUTPUT: usize = 32

/** What it means that the sequence needs more than the input that is there. */
function ranOut(input: usize, output: usize, loaded: usize, inputEnd: usize): i32 {
  return stop(loaded < inputEnd ? MORE_INPUT : BAD_END, input, output)
}

export function lz4Block(
  input: usize,
  loaded: usize,
  inputEnd: usize,
  start: usize,
  output: usize,
  outputEnd: usize,
  target: usize,
): i32 {
  // The bounds up to which a short sequence needs no check but these two.
  const fastInput = loaded >= FAST_INPUT ? loaded - FAST_INPUT + 1 : 0
  const fastOutput = outputEnd >= FAST_OUTPUT ? min(target, outputEnd - FAST_OUTPUT + 1) : 0

  while (true) {
    if (input < fastInput && output < fastOutput) {
      const token = <usize>load<u8>(input)
      const literals = token >> 4
      const length = token & LONG
      if (literals !== LONG && length !== LONG) {
        v128.store(output, v128.load(input, 1))
        const at = output + literals
        const distance = <usize>load<u16>(input + literals, 1)
        const from = at - distance
        if (distance >= 8 && from >= start) {
          store<u64>(at, load<u64>(from))
          store<u64>(at, load<u64>(from, 8), 8)
          store<u16>(at, load<u16>(from, 16), 16)
          input += literals + 3
          output = at + length + MIN_MATCH
          continue
        }
      }
    }

    // Every other sequence: `next` and `at` advance, `input` and `output` stay until it is complete.
    if (output >= target) return stop(AT_TARGET, input, output)
    if (input >= loaded) return ranOut(input, output, loaded, inputEnd)
    let next = input
    const token = <usize>load<u8>(next++)
    let literals = token >> 4
    if (literals === LONG) {
      let more: usize
      do {
        if (next >= loaded) return ranOut(input, output, loaded, inputEnd)
        more = <usize>load<u8>(next++)
        literals += more
      } while (more === 255)
    }
    if (literals > inputEnd - next) return stop(BAD_END, input, output)
    if (literals > outputEnd - output) return stop(OUTPUT_FULL, input, output)
    if (literals > loaded - next) return stop(MORE_INPUT, input, output)
    if (literals + COPY_MARGIN <= loaded - next && literals + COPY_MARGIN <= outputEnd - output) {
      copyWide(output, next, literals)
    } else {
      memory.copy(output, next, literals)
    }
    next += literals
    const at = output + literals
    if (next === inputEnd) return stop(AT_BLOCK_END, next, at)

    if (loaded - next < 2) return ranOut(input, output, loaded, inputEnd)
    const distance = <usize>load<u16>(next)
    next += 2
    let length = token & LONG
    if (length === LONG) {
      let more: usize
      do {
        if (next >= loaded) return ranOut(input, output, loaded, inputEnd)
        more = <usize>load<u8>(next++)
        length += more
      } while (more === 255)
    }
    length += MIN_MATCH
    if (distance === 0 || distance > at - start) return stop(BAD_DISTANCE, input, output)
    if (length > outputEnd - at) return stop(OUTPUT_FULL, input, output)
    repeat(at, distance, length, outputEnd - at)
    input = next
    output = at + length
  }
}
