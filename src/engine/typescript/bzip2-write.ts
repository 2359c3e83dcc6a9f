/** The last stage of bzip2: the twin of asm/bzip2-write.ts. */
import { AT_BLOCK_END, BLOCK_OUTPUT, OUTPUT_FULL } from '../block-state.ts'
import { readU32, writeU32 } from '../block-stop.ts'
import { BZIP2_LENGTH, BZIP2_RUN, BZIP2_RUN_BYTE, BZIP2_TEXT, BZIP2_WRITTEN } from '../bzip2-state.ts'

/** The equal bytes that start a run, and after them the count of its others. */
const RUN = 4

/** See `EngineFunctions.bzip2Write`. */
export function bzip2Write(memory: Uint8Array, output: number, outputEnd: number): number {
  const end = BZIP2_TEXT + readU32(memory, BZIP2_LENGTH)
  let from = BZIP2_TEXT + readU32(memory, BZIP2_WRITTEN)
  let run = readU32(memory, BZIP2_RUN)
  let byte = memory[BZIP2_RUN_BYTE]!
  let to = output
  while (true) {
    const size = Math.min(run, outputEnd - to)
    if (size > 0) memory.fill(byte, to, to + size)
    to += size
    run -= size
    if (run !== 0) break
    while (to < outputEnd && from < end) {
      byte = memory[from]!
      const isRun = memory[from + 1] === byte && memory[from + 2] === byte && memory[from + 3] === byte
      if (isRun && end - from >= RUN) break
      memory[to++] = byte
      from++
    }
    if (from === end || to === outputEnd) break
    run = RUN + (end - from > RUN ? memory[from + RUN]! : 0)
    from = Math.min(end, from + RUN + 1)
  }
  writeU32(memory, BZIP2_WRITTEN, from - BZIP2_TEXT)
  writeU32(memory, BZIP2_RUN, run)
  writeU32(memory, BZIP2_RUN_BYTE, byte)
  writeU32(memory, BLOCK_OUTPUT, to)
  return run === 0 && from === end ? AT_BLOCK_END : OUTPUT_FULL
}
