/** Copies of LZ77 decoders: the twin of asm/copy.ts. */

/** Above this a copy by the runtime costs less than a loop. */
const SHORT = 48

/** Copies from the input, which lies elsewhere. */
export function copyLiterals(memory: Uint8Array, to: number, from: number, length: number): void {
  if (length > SHORT) memory.copyWithin(to, from, from + length)
  else for (let at = to, next = from, end = to + length; at < end; ) memory[at++] = memory[next++]!
}

/** Repeats what is `distance` (at least 1) bytes back, as an LZ77 match does. */
export function repeat(memory: Uint8Array, to: number, distance: number, length: number): void {
  const end = to + length
  if (length <= SHORT) {
    for (let at = to, from = to - distance; at < end; ) memory[at++] = memory[from++]!
    return
  }
  // Each round copies all that is between the source and the end, so an overlap doubles.
  const from = to - distance
  let at = to
  while (at < end) {
    const size = Math.min(at - from, end - at)
    memory.copyWithin(at, from, from + size)
    at += size
  }
}
