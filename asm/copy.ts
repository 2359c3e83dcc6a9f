// Copies of LZ77 decoders: 16 bytes at a time wherever there is room after them.

/** A copy may read and write this much after its end. */
export const COPY_MARGIN: usize = 16

// For each distance up to 16: the lanes that repeat the first `distance` bytes over a whole vector.
const REPEAT = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1,
  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5,
  0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6,
  7, 8, 9, 10, 11, 12, 0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8,
  9, 10, 11, 12, 13, 14, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
])
/** For each distance below 16, a byte: its largest multiple that fits a vector. */
const STEP = memory.data<u8>([0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15])

/** Copies 16 bytes at a time between ranges that do not overlap within 16 bytes. */
export function copyWide(to: usize, from: usize, length: usize): void {
  const end = to + length
  do {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  } while (to < end)
}

/** The 16 bytes at `from`, of which only the first `distance` (1 to 16) are there yet: these are repeated. */
export function repeatedNear(from: usize, distance: usize): v128 {
  return i8x16.swizzle(v128.load(from), v128.load(distance << 4, REPEAT))
}

/** The same for every distance. */
export function repeated(from: usize, distance: usize): v128 {
  return repeatedNear(from, min<usize>(distance, 16))
}

/** Repeats what is `distance` bytes back, at least 1 and below 16, as an LZ77 match does. */
export function repeatNear(to: usize, distance: usize, length: usize): void {
  const pattern = repeatedNear(to - distance, distance)
  const step: usize = load<u8>(distance, STEP)
  const end = to + length
  do {
    v128.store(to, pattern)
    to += step
  } while (to < end)
}

/** The same for every distance. */
function repeatWide(to: usize, distance: usize, length: usize): void {
  if (distance >= 16) copyWide(to, to - distance, length)
  else repeatNear(to, distance, length)
}

/** The same with `room` (at least `length`) bytes after `to`, of which none after them is touched. */
export function repeat(to: usize, distance: usize, length: usize, room: usize): void {
  if (length + COPY_MARGIN <= room) {
    repeatWide(to, distance, length)
    return
  }
  // A match may be megabytes of zeros up to the end of the room: only its last bytes go one by one.
  const end = to + length
  if (length > 2 * COPY_MARGIN) {
    repeatWide(to, distance, length - 2 * COPY_MARGIN)
    to = end - 2 * COPY_MARGIN
  }
  while (to < end) {
    store<u8>(to, load<u8>(to - distance))
    to++
  }
}
