// The last stage of bzip2, which its compressor did first: four equal bytes, and how often the byte is repeated.
import { AT_BLOCK_END, BLOCK_OUTPUT, OUTPUT_FULL } from '../src/engine/block-state.ts'
import {
  BZIP2_LENGTH,
  BZIP2_RUN,
  BZIP2_RUN_BYTE,
  BZIP2_TEXT,
  BZIP2_WRITTEN,
} from '../src/engine/bzip2-state.ts'

const TEXT: usize = BZIP2_TEXT

/** The bytes that start a run, and after them the count of its others. */
const RUN: usize = 4

/** Copies up to the next run, or the end of the room, and returns how much. */
function copyPlain(output: usize, room: usize, from: usize, length: usize): usize {
  let at: usize = 0
  while (room - at >= 16 && length - at >= 20) {
    const text = from + at
    const bytes = v128.load(text)
    const pairs = i8x16.eq(bytes, v128.load(text, 1))
    const triples = v128.and(pairs, i8x16.eq(bytes, v128.load(text, 2)))
    const runs = i8x16.bitmask(v128.and(triples, i8x16.eq(bytes, v128.load(text, 3))))
    v128.store(output + at, bytes)
    if (runs !== 0) return at + ctz(runs)
    at += 16
  }
  while (at < room && at < length) {
    const text = from + at
    if (length - at >= RUN && load<u32>(text) === <u32>load<u8>(text) * 0x01010101) break
    store<u8>(output + at, load<u8>(text))
    at++
  }
  return at
}

export function bzip2Write(output: usize, outputEnd: usize): i32 {
  const end = TEXT + <usize>load<u32>(BZIP2_LENGTH)
  let from = TEXT + <usize>load<u32>(BZIP2_WRITTEN)
  let run = <usize>load<u32>(BZIP2_RUN)
  let byte = <u8>load<u32>(BZIP2_RUN_BYTE)
  while (true) {
    const size = min(run, outputEnd - output)
    if (run <= 16 && outputEnd - output >= 16) v128.store(output, i8x16.splat(byte))
    else memory.fill(output, byte, size)
    output += size
    run -= size
    if (run !== 0 || from === end || output === outputEnd) break
    const plain = copyPlain(output, outputEnd - output, from, end - from)
    output += plain
    from += plain
    if (from === end || output === outputEnd) break
    byte = load<u8>(from)
    run = RUN + (end - from > RUN ? <usize>load<u8>(from, RUN) : 0)
    from = min(end, from + RUN + 1)
  }
  store<u32>(BZIP2_WRITTEN, <u32>(from - TEXT))
  store<u32>(BZIP2_RUN, <u32>run)
  store<u32>(BZIP2_RUN_BYTE, byte)
  store<u32>(BLOCK_OUTPUT, <u32>output)
  return run === 0 && from === end ? AT_BLOCK_END : OUTPUT_FULL
}
