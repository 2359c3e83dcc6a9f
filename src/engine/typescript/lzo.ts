/** LZO1X blocks: the twin of asm/lzo.ts. */
import { AT_BLOCK_END, BAD_DISTANCE, BAD_END, OUTPUT_FULL } from '../block-state.ts'
import { stopBlock } from '../block-stop.ts'
import { copyLiterals, repeat } from './copy.ts'

/** The first byte of a block, above this: so many literals come first. */
const FIRST_LITERALS = 17
/** What the decoder did last decides what a byte below 16 means; this: a run of four literals or more. */
const AFTER_RUN = 4

/** See `EngineFunctions.lzoBlock`. */
export function lzoBlock(
  memory: Uint8Array,
  input: number,
  inputEnd: number,
  output: number,
  outputEnd: number,
): number {
  let from = input
  let to = output
  /** How many literals the last instruction copied: 0, 1 to 3, or AFTER_RUN. */
  let state = 0
  if (from < inputEnd && memory[from]! > FIRST_LITERALS) {
    const literals = memory[from]! - FIRST_LITERALS
    if (literals > inputEnd - from - 1) return stopBlock(memory, BAD_END, from, to)
    if (literals > outputEnd - to) return stopBlock(memory, OUTPUT_FULL, from, to)
    copyLiterals(memory, to, from + 1, literals)
    from += literals + 1
    to += literals
    state = Math.min(literals, AFTER_RUN)
  }

  while (true) {
    // `next` advances, `from` stays until the instruction is complete.
    let next = from
    if (next >= inputEnd) return stopBlock(memory, BAD_END, from, to)
    const code = memory[next++]!
    let length: number
    let distance: number
    let literals: number
    if (code >= 64) {
      if (next >= inputEnd) return stopBlock(memory, BAD_END, from, to)
      length = (code >> 5) + 1
      distance = ((code >> 2) & 7) + (memory[next++]! << 3) + 1
      literals = code & 3
    } else if (code >= 16) {
      const mask = code >= 32 ? 31 : 7
      length = code & mask
      if (length === 0) {
        length = mask
        let more: number
        do {
          if (next >= inputEnd) return stopBlock(memory, BAD_END, from, to)
          more = memory[next++]!
          length += more === 0 ? 255 : more
        } while (more === 0)
      }
      length += 2
      if (inputEnd - next < 2) return stopBlock(memory, BAD_END, from, to)
      const word = memory[next]! | (memory[next + 1]! << 8)
      next += 2
      literals = word & 3
      distance = word >> 2
      if (code >= 32) {
        distance += 1
      } else {
        distance += (code & 8) << 11
        if (distance === 0) {
          // The end mark, with the one length that compressors write.
          if (length !== 3 || next !== inputEnd) return stopBlock(memory, BAD_END, from, to)
          return stopBlock(memory, AT_BLOCK_END, next, to)
        }
        distance += 0x4000
      }
    } else if (state === 0) {
      literals = code + 3
      if (code === 0) {
        literals = 18
        let more: number
        do {
          if (next >= inputEnd) return stopBlock(memory, BAD_END, from, to)
          more = memory[next++]!
          literals += more === 0 ? 255 : more
        } while (more === 0)
      }
      if (literals > inputEnd - next) return stopBlock(memory, BAD_END, from, to)
      if (literals > outputEnd - to) return stopBlock(memory, OUTPUT_FULL, from, to)
      copyLiterals(memory, to, next, literals)
      from = next + literals
      to += literals
      state = AFTER_RUN
      continue
    } else {
      if (next >= inputEnd) return stopBlock(memory, BAD_END, from, to)
      distance = (code >> 2) + (memory[next++]! << 2) + 1
      length = 2
      if (state === AFTER_RUN) {
        length = 3
        distance += 0x800
      }
      literals = code & 3
    }

    if (distance > to - output) return stopBlock(memory, BAD_DISTANCE, from, to)
    if (length > outputEnd - to) return stopBlock(memory, OUTPUT_FULL, from, to)
    repeat(memory, to, distance, length)
    const at = to + length
    if (literals > inputEnd - next) return stopBlock(memory, BAD_END, from, to)
    if (literals > outputEnd - at) return stopBlock(memory, OUTPUT_FULL, from, to)
    copyLiterals(memory, at, next, literals)
    state = literals
    from = next + literals
    to = at + literals
  }
}
