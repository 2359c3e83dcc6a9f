/** Gives up the start of a stream's output: what follows moves to its place, so that memory does not grow with the stream. */
import type { UnpackContext } from './unpacker.ts'

/** LZMA counts positions modulo 16, and what is moved keeps them. */
export const FORGET_ALIGNMENT = 16
/** Less is not given up, and not less than an eighth of what is moved: that takes time. */
const LEAST = 2 * 2 ** 20
const MOVED_SHIFT = 3

/** Gives up the bytes before `position`, where they are enough. Those up to `end`, the last that was unpacked, are kept. */
export function forgetOutput(context: UnpackContext, position: number, end: number): void {
  const { engine, output, forgotten = 0 } = context
  const count = Math.floor((position - forgotten) / FORGET_ALIGNMENT) * FORGET_ALIGNMENT
  if (count < Math.max(LEAST, (end - position) >> MOVED_SHIFT)) return
  const place = output + forgotten
  engine.memory.copyWithin(place, place + count, output + end)
  context.output = output - count
  context.forgotten = forgotten + count
}
