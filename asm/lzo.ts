// LZO1X blocks (Linux Documentation/staging/lzo.rst describes the stream, bitstream version 0).
import { AT_BLOCK_END, BAD_DISTANCE, BAD_END, OUTPUT_FULL } from '../src/engine/block-state.ts'
import { stop } from './block-stop'
import { COPY_MARGIN, copyWide, repeat } from './copy'

/** The first byte of a block, above this: so many literals come first. */
const FIRST_LITERALS: usize = 17
/** What the decoder did last decides what a byte below 16 means; this: a run of four literals or more. */
const AFTER_RUN: usize = 4

function copyLiterals(output: usize, outputEnd: usize, input: usize, inputEnd: usize, length: usize): void {
  if (length + COPY_MARGIN <= inputEnd - input && length + COPY_MARGIN <= outputEnd - output) {
    copyWide(output, input, length)
  } else {
    memory.copy(output, input, length)
  }
}

export function lzoBlock(input: usize, inputEnd: usize, output: usize, outputEnd: usize): i32 {
  const start = output
  /** How many literals the last instruction copied: 0, 1 to 3, or AFTER_RUN. */
  let state: usize = 0
  if (input < inputEnd && <usize>load<u8>(input) > FIRST_LITERALS) {
    const literals = <usize>load<u8>(input) - FIRST_LITERALS
    if (literals > inputEnd - input - 1) return stop(BAD_END, input, output)
    if (literals > outputEnd - output) return stop(OUTPUT_FULL, input, output)
    copyLiterals(output, outputEnd, input + 1, inputEnd, literals)
    input += literals + 1
    output += literals
    state = min(literals, AFTER_RUN)
  }

  while (true) {
    // `next` advances, `input` stays until the instruction is complete.
    let next = input
    if (next >= inputEnd) return stop(BAD_END, input, output)
    const code = <usize>load<u8>(next++)
    let length: usize
    let distance: usize
    let literals: usize
    if (code >= 64) {
      if (next >= inputEnd) return stop(BAD_END, input, output)
      length = (code >> 5) + 1
      distance = ((code >> 2) & 7) + ((<usize>load<u8>(next++)) << 3) + 1
      literals = code & 3
    } else if (code >= 16) {
      const mask: usize = code >= 32 ? 31 : 7
      length = code & mask
      if (length === 0) {
        length = mask
        let more: usize
        do {
          if (next >= inputEnd) return stop(BAD_END, input, output)
          more = <usize>load<u8>(next++)
          length += more === 0 ? 255 : more
        } while (more === 0)
      }
      length += 2
      if (inputEnd - next < 2) return stop(BAD_END, input, output)
      const word = <usize>load<u16>(next)
      next += 2
      literals = word & 3
      distance = word >> 2
      if (code >= 32) {
        distance += 1
      } else {
        distance += (code & 8) << 11
        if (distance === 0) {
          // The end mark, with the one length that compressors write.
          if (length !== 3 || next !== inputEnd) return stop(BAD_END, input, output)
          return stop(AT_BLOCK_END, next, output)
        }
        distance += 0x4000
      }
    } else if (state === 0) {
      literals = code + 3
      if (code === 0) {
        literals = 18
        let more: usize
        do {
          if (next >= inputEnd) return stop(BAD_END, input, output)
          more = <usize>load<u8>(next++)
          literals += more === 0 ? 255 : more
        } while (more === 0)
      }
      if (literals > inputEnd - next) return stop(BAD_END, input, output)
      if (literals > outputEnd - output) return stop(OUTPUT_FULL, input, output)
      copyLiterals(output, outputEnd, next, inputEnd, literals)
      input = next + literals
      output += literals
      state = AFTER_RUN
      continue
    } else {
      if (next >= inputEnd) return stop(BAD_END, input, output)
      distance = (code >> 2) + ((<usize>load<u8>(next++)) << 2) + 1
      length = 2
      if (state === AFTER_RUN) {
        length = 3
        distance += 0x800
      }
      literals = code & 3
    }

    if (distance > output - start) return stop(BAD_DISTANCE, input, output)
    if (length > outputEnd - output) return stop(OUTPUT_FULL, input, output)
    const room = outputEnd - output
    if (distance >= 16 && length <= 16 && room >= 2 * COPY_MARGIN) {
      v128.store(output, v128.load(output - distance))
    } else {
      repeat(output, distance, length, room)
    }
    const at = output + length
    if (literals !== 0) {
      if (literals > inputEnd - next) return stop(BAD_END, input, output)
      if (literals > outputEnd - at) return stop(OUTPUT_FULL, input, output)
      if (inputEnd - next >= 4 && outputEnd - at >= 4) store<u32>(at, load<u32>(next))
      else memory.copy(at, next, literals)
    }
    state = literals
    input = next + literals
    output = at + literals
  }
}
