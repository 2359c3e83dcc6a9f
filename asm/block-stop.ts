// How a block decoder ends.
import { BLOCK_INPUT, BLOCK_OUTPUT } from '../src/engine/block-state.ts'

/** Leaves where decoding stopped, always between two sequences or instructions, and returns `status`. */
export function stop(status: i32, input: usize, output: usize): i32 {
  store<u32>(BLOCK_INPUT, <u32>input)
  store<u32>(BLOCK_OUTPUT, <u32>output)
  return status
}
