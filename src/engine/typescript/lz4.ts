/** LZ4 blocks: the twin of asm/lz4.ts. */
import { AT_BLOCK_END, AT_TARGET, BAD_DISTANCE, BAD_END, MORE_INPUT, OUTPUT_FULL } from '../block-state.ts'
import { stopBlock } from '../block-stop.ts'
import { copyLiterals, repeat } from './copy.ts'

/** The shortest match, and the nibble that says that more length bytes follow. */
const MIN_MATCH = 4
const LONG = 15

/** See `EngineFunctions.lz4Block`. */
export function lz4Block(
  memory: Uint8Array,
  input: number,
  loaded: number,
  inputEnd: number,
  start: number,
  output: number,
  outputEnd: number,
  target: number,
): number {
  const ranOut = loaded < inputEnd ? MORE_INPUT : BAD_END
  let from = input
  let to = output
  while (true) {
    if (to >= target) return stopBlock(memory, AT_TARGET, from, to)
    // `next` and `at` advance, `from` and `to` stay until the sequence is complete.
    if (from >= loaded) return stopBlock(memory, ranOut, from, to)
    let next = from
    const token = memory[next++]!
    let literals = token >> 4
    if (literals === LONG) {
      let more: number
      do {
        if (next >= loaded) return stopBlock(memory, ranOut, from, to)
        more = memory[next++]!
        literals += more
      } while (more === 255)
    }
    if (literals > inputEnd - next) return stopBlock(memory, BAD_END, from, to)
    if (literals > outputEnd - to) return stopBlock(memory, OUTPUT_FULL, from, to)
    if (literals > loaded - next) return stopBlock(memory, MORE_INPUT, from, to)
    copyLiterals(memory, to, next, literals)
    next += literals
    const at = to + literals
    if (next === inputEnd) return stopBlock(memory, AT_BLOCK_END, next, at)

    if (loaded - next < 2) return stopBlock(memory, ranOut, from, to)
    const distance = memory[next]! | (memory[next + 1]! << 8)
    next += 2
    let length = token & LONG
    if (length === LONG) {
      let more: number
      do {
        if (next >= loaded) return stopBlock(memory, ranOut, from, to)
        more = memory[next++]!
        length += more
      } while (more === 255)
    }
    length += MIN_MATCH
    if (distance === 0 || distance > at - start) return stopBlock(memory, BAD_DISTANCE, from, to)
    if (length > outputEnd - at) return stopBlock(memory, OUTPUT_FULL, from, to)
    repeat(memory, at, distance, length)
    from = next
    to = at + length
  }
}
