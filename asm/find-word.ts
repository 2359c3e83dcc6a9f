// Looks for words in memory: three at once, sixteen bytes at a time.

/** Whether one of the words in [address, address + length) is `a`, `b` or `c`. What is left after the last word does not count. */
export function holdsWord(address: usize, length: usize, a: i32, b: i32, c: i32): i32 {
  const end = address + (length & ~3)
  const isA = i32x4.splat(a)
  const isB = i32x4.splat(b)
  const isC = i32x4.splat(c)
  // Nearly always there is none: whether there was is asked once, after all of them.
  let found = i32x4.splat(0)
  while (end - address >= 16) {
    const words = v128.load(address)
    const first = v128.or(i32x4.eq(words, isA), i32x4.eq(words, isB))
    found = v128.or(found, v128.or(first, i32x4.eq(words, isC)))
    address += 16
  }
  if (v128.any_true(found)) return 1
  while (address < end) {
    const word = load<i32>(address)
    if (word === a || word === b || word === c) return 1
    address += 4
  }
  return 0
}
