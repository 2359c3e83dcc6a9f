/**
 * Waits until a word of shared memory is another than `from`; false where it is still that after `patience` ms. Who stores a
 * word and notifies afterwards may be late with the second: being woken is no sign that the word has changed.
 */
export function awaitChange(words: Int32Array, at: number, from: number, patience: number): boolean {
  const end = performance.now() + patience
  while (Atomics.load(words, at) === from) {
    const left = end - performance.now()
    if (left <= 0) return false
    Atomics.wait(words, at, from, left)
  }
  return true
}
