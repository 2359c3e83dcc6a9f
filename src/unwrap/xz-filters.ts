/**
 * The filters of .xz beside x86 (https://tukaani.org/xz/xz-file-format.txt, section 5.3), undone in place over a whole
 * block: absolute addresses in branches become relative again. Linux compresses x86 kernels without them; liblzma, and so
 * the toolstack, takes them all the same.
 * @module
 */
import type { XzFilter } from '../facts/facts.ts'

/** How far apart the bytes are that Delta compares: 1 to 256. */
export interface BlockFilter extends XzFilter {
  distance?: number
}

type Undo = (bytes: Uint8Array, start: number, distance: number) => void

const delta: Undo = (bytes, _start, distance) => {
  for (let at = distance; at < bytes.length; at++) bytes[at] = bytes[at]! + bytes[at - distance]!
}

/** Takes 32-bit instructions, and what has to be taken off the address that is in them. */
function perWord(isLittle: boolean, undo: (word: number, position: number) => number): Undo {
  return (bytes, start) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = 0; at + 4 <= bytes.length; at += 4) {
      const word = view.getUint32(at, isLittle)
      view.setUint32(at, undo(word, (start + at) >>> 0), isLittle)
    }
  }
}

/** "bl" with the link bit: 24 bits of a distance in words. */
const powerpc = perWord(false, (word, position) =>
  (word & 0xfc000003) >>> 0 === 0x48000001 ? (0x48000001 | ((word - position) & 0x03fffffc)) >>> 0 : word,
)

/** "bl": 24 bits of a distance in words, counted from two instructions on. */
const arm = perWord(true, (word, position) => {
  if (word >>> 24 !== 0xeb) return word
  const target = ((word & 0xffffff) << 2) >>> 0
  return (0xeb000000 | (((target - (position + 8)) >>> 2) & 0xffffff)) >>> 0
})

/** "call", of which the upper bits of the distance are a sign. */
const sparc = perWord(false, (word, position) => {
  const upper = word >>> 22
  if (upper !== 0x100 && upper !== 0x1ff) return word
  const target = (((word << 2) >>> 0) - position) >>> 2
  const sign = ((0 - ((target >>> 22) & 1)) << 22) & 0x3fffffff
  return (sign | (target & 0x3fffff) | 0x40000000) >>> 0
})

/** The two halves of a "bl": 11 bits of the distance in each. */
const armThumb: Undo = (bytes, start) => {
  for (let at = 0; at + 4 <= bytes.length; at += 2) {
    if ((bytes[at + 1]! & 0xf8) !== 0xf0 || (bytes[at + 3]! & 0xf8) !== 0xf8) continue
    const high = ((bytes[at + 1]! & 7) << 19) | (bytes[at]! << 11)
    const low = ((bytes[at + 3]! & 7) << 8) | bytes[at + 2]!
    const distance = (((high | low) << 1) - (start + at + 4)) >>> 1
    bytes[at] = distance >>> 11
    bytes[at + 1] = 0xf0 | ((distance >>> 19) & 7)
    bytes[at + 2] = distance
    bytes[at + 3] = 0xf8 | ((distance >>> 8) & 7)
    at += 2
  }
}

/** By the template of a bundle: which of its three slots are branches. */
const IA64_SLOTS = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4, 0, 0,
]
const SLOT_BITS = 41

const ia64: Undo = (bytes, start) => {
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const slots = IA64_SLOTS[bytes[at]! & 0x1f]!
    for (let slot = 0; slot < 3; slot++) {
      if (((slots >> slot) & 1) === 0) continue
      const bit = 5 + slot * SLOT_BITS
      const shift = BigInt(bit & 7)
      const from = at + (bit >> 3)
      let packed = 0n
      for (let index = 0; index < 6; index++) packed |= BigInt(bytes[from + index]!) << BigInt(8 * index)
      let slotBits = packed >> shift
      if (((slotBits >> 37n) & 0xfn) !== 5n || ((slotBits >> 9n) & 7n) !== 0n) continue
      const address = ((slotBits >> 13n) & 0xfffffn) | (((slotBits >> 36n) & 1n) << 20n)
      const distance = ((address << 4n) - BigInt(start + at)) >> 4n
      slotBits &= ~(0x8fffffn << 13n)
      slotBits |= (distance & 0xfffffn) << 13n
      slotBits |= (distance & 0x100000n) << 16n
      packed = (packed & ((1n << shift) - 1n)) | (slotBits << shift)
      for (let index = 0; index < 6; index++) {
        bytes[from + index] = Number((packed >> BigInt(8 * index)) & 0xffn)
      }
    }
  }
}

const UNDO: Readonly<Record<Exclude<XzFilter['name'], 'x86'>, Undo>> = {
  delta,
  powerpc,
  ia64,
  arm,
  'arm-thumb': armThumb,
  sparc,
}

/** Undoes a filter other than x86, in place. */
export function undoFilter({ name, start = 0, distance = 1 }: BlockFilter, bytes: Uint8Array): void {
  if (name !== 'x86') UNDO[name](bytes, start, distance)
}
