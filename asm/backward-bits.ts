// Bits of zstd's streams that are read from their end (RFC 8878, section 4.1).

/** How many bits a stream has that is read from its end: below the highest one that is set. -1 where none is. */
export function bitsOf(start: usize, end: usize): i32 {
  if (end <= start) return -1
  const last = <u32>load<u8>(end - 1)
  if (last === 0) return -1
  return ((<i32>(end - start)) << 3) - 8 + (31 - clz(last))
}

/** The `count` bits (16 at most) of a stream below bit `position`. Below bit 0 there is what is in front of `start`. */
export function bitsBelow(start: usize, position: i32, count: u32): u32 {
  const low = position - <i32>count
  return (load<u32>(start + (low >> 3)) >> (low & 7)) & (((<u32>1) << count) - 1)
}
