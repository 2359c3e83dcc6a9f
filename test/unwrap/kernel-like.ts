/**
 * Bytes that compress like a kernel's: code with calls and jumps, pointer tables, text, runs of zeros, noise.
 * The same size and seed give the same bytes everywhere.
 */
const WORDS =
  'kernel module driver init exit probe remove error warn device bus irq cpu memory page fault lock xen event channel grant table'.split(
    ' ',
  )
/** Starts of frequent x86-64 instructions, as compilers emit them. */
const OPCODES = [
  [0x48, 0x89],
  [0x48, 0x8b],
  [0x0f, 0x1f, 0x44, 0x00, 0x00],
  [0x55, 0x48, 0x89, 0xe5],
  [0x41, 0x57, 0x41, 0x56],
  [0x74],
  [0x75],
  [0xc3, 0xcc, 0xcc, 0xcc],
  [0x31, 0xc0],
  [0x5b, 0x5d],
]

/** A small generator of numbers (xorshift, Marsaglia 2003): 32 bits a call. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function kernelLike(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  const random = randomNumbers(seed)
  let at = 0
  const put = (byte: number) => {
    bytes[at++] = byte
  }
  while (at < size) {
    const end = Math.min(size, at + 256 + (random() % 8192))
    const kind = random() % 16
    if (kind < 9) {
      while (at < end) {
        const choice = random()
        if (choice % 8 === 0) {
          // A call or jump to one of a few functions: the same address, another distance each time.
          const distance = ((choice >>> 8) % 4096) * 16 - at
          put(choice & 8 ? 0xe8 : 0xe9)
          for (let shift = 0; shift < 32; shift += 8) put(distance >> shift)
        } else {
          for (const byte of OPCODES[choice % OPCODES.length]!) put(byte)
          put((choice >>> 16) % 64)
        }
      }
    } else if (kind < 12) {
      while (at < end) {
        for (const character of WORDS[random() % WORDS.length]!) put(character.charCodeAt(0))
        put(random() % 8 === 0 ? 0 : 0x20)
      }
    } else if (kind < 14) {
      let pointer = 0x81000000 + (random() % 0x1000000)
      while (at < end) {
        for (let shift = 0; shift < 32; shift += 8) put(pointer >>> shift)
        for (let count = 0; count < 4; count++) put(0xff)
        pointer += (random() % 64) * 16
      }
    } else if (kind === 14) {
      at = end
    } else {
      while (at < end) put(random())
    }
  }
  return bytes
}
