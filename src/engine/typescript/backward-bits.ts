/** Bits of zstd's streams that are read from their end (RFC 8878, section 4.1): below the highest one that is set. */

/** How many bits [start, end) has; -1 where none is set in the last byte, which must not be. */
export function bitsOf(memory: Uint8Array, start: number, end: number): number {
  const last = end > start ? memory[end - 1]! : 0
  return last === 0 ? -1 : (end - start) * 8 - 8 + (31 - Math.clz32(last))
}

/**
 * The `count` bits (25 at most) below bit `position` of what starts at `start`. Below bit 0 there is what is in
 * front of `start`: whoever reads so far has to notice.
 */
export function bitsBelow(memory: Uint8Array, start: number, position: number, count: number): number {
  const low = position - count
  const at = start + (low >> 3)
  const word = memory[at]! | (memory[at + 1]! << 8) | (memory[at + 2]! << 16) | (memory[at + 3]! << 24)
  return (word >>> (low & 7)) & ((1 << count) - 1)
}
