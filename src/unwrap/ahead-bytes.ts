/** The bytes that go to the threads that decode blocks ahead, and those that come from them. */
import { type StreamAhead, WORD } from './blocks-ahead.ts'
import type { UnpackContext } from './unpacker.ts'

/** Hands over what others have not got of the stream's bytes [start, end). */
export function handOver(
  stream: StreamAhead,
  { engine, input }: UnpackContext,
  start: number,
  end: number,
): void {
  const from = Math.max(start, stream.loaded)
  const to = Math.min(end, input.length)
  if (to <= from) return
  const address = input.load(from, to)
  stream.load(engine.memory.subarray(address, address + to - from), from)
}

/** Copies a block to the place of the output's byte `position`; false where the limit does not allow it. */
export function placeBlock(
  { engine, output, limits }: UnpackContext,
  position: number,
  bytes: Uint8Array,
): boolean {
  const to = output + position
  // In two steps: see WORD.
  const near = Math.ceil(to / WORD) * WORD
  if (near + bytes.length > output + limits.output) return false
  engine.reserve(near + bytes.length)
  engine.memory.set(bytes, near)
  engine.memory.copyWithin(to, near, near + bytes.length)
  return true
}
