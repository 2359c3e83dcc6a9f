/** Literals as a decoder takes them that reads two at once: the twin of asm/zstd-pairs.ts. */
import { readU32, writeU32 } from '../block-stop.ts'
import * as zstd from '../zstd-state.ts'
import { bitsBelow, bitsOf } from './backward-bits.ts'

/** The bits that choose an entry of such a decoder's table: literals whose codes fit in them are read together. */
const PAIR_LOG = zstd.HUFFMAN_LOG + 1
const PAIR_MASK = (1 << PAIR_LOG) - 1

/** Of a decoder of 64 bits: how many bytes it has in hand. */
const WORD = 8

/**
 * Reads the literals at `input` once more, where that is allowed and such a decoder would read them: as one stream or as
 * four. Returns whether it takes them.
 */
export function readPairs(
  memory: Uint8Array,
  input: number,
  inputEnd: number,
  size: number,
  isOne: boolean,
): boolean {
  if (readU32(memory, zstd.ZSTD_PAIRS) !== zstd.PAIRS_ALLOWED) return false
  // A table that came with a single stream is one for single literals.
  if (readU32(memory, zstd.ZSTD_TABLE_LITERALS) === 0) return false
  const ends = isOne
    ? [readStream(memory, input, inputEnd, zstd.ZSTD_LITERALS, zstd.ZSTD_LITERALS + size)]
    : readStreams(memory, input, inputEnd, size)
  if (ends.includes('refused')) return false
  writeU32(memory, zstd.ZSTD_PAIRS, ends.includes('used up') ? zstd.PAIRS_USED_UP : zstd.PAIRS_TAKEN)
  return true
}

/** How a stream ends: `used up` before its last literal. */
type StreamEnd = 'taken' | 'used up' | 'refused'

function readStreams(memory: Uint8Array, input: number, inputEnd: number, size: number): StreamEnd[] {
  if (inputEnd - input < 10) return ['refused']
  const quarter = (size + 3) >> 2
  if (quarter * 3 > size) return ['refused']
  const ends: StreamEnd[] = []
  let start = input + 6
  let output = zstd.ZSTD_LITERALS
  for (let index = 0; index < 4; index++) {
    const isLast = index === 3
    const sizeAt = input + 2 * index
    const end = isLast ? inputEnd : start + (memory[sizeAt]! | (memory[sizeAt + 1]! << 8))
    const outputEnd = isLast ? zstd.ZSTD_LITERALS + size : output + quarter
    ends.push(end > inputEnd ? 'refused' : readStream(memory, start, end, output, outputEnd))
    start = end
    output = outputEnd
  }
  return ends
}

function readStream(
  memory: Uint8Array,
  start: number,
  end: number,
  from: number,
  outputEnd: number,
): StreamEnd {
  const table = new Uint16Array(memory.buffer, memory.byteOffset + zstd.ZSTD_HUFFMAN, 1 << zstd.HUFFMAN_LOG)
  /** The length of the code at the top of PAIR_LOG bits, and its literal above it. */
  const entryOf = (bits: number) => table[bits >> (PAIR_LOG - zstd.HUFFMAN_LOG)]!
  let output = from
  let left = bitsOf(memory, start, end)
  while (output < outputEnd && left > 0) {
    const bits = nextBits(memory, start, left)
    const first = entryOf(bits)
    const second = entryOf((bits << (first & 0xff)) & PAIR_MASK)
    const both = (first & 0xff) + (second & 0xff)
    memory[output++] = first >> 8
    if (both > PAIR_LOG) {
      left -= first & 0xff
    } else if (output < outputEnd) {
      memory[output++] = second >> 8
      left -= both
    } else {
      return both >= left ? 'taken' : 'refused'
    }
  }
  if (left !== 0 || output + 1 < outputEnd) return 'refused'
  if (output === outputEnd) return 'taken'
  // The decoder shifts its word by as many bits as it has, which is no shift: it reads the first bits of the word again.
  const bits = firstBits(memory, start, end)
  const first = entryOf(bits)
  memory[output] = first >> 8
  const both = (first & 0xff) + (entryOf((bits << (first & 0xff)) & PAIR_MASK) & 0xff)
  return both <= PAIR_LOG ? 'used up' : 'refused'
}

/** The first PAIR_LOG bits of the word that such a decoder has in hand at the end of a stream. */
function firstBits(memory: Uint8Array, start: number, end: number): number {
  const byteOf = (index: number) => (start + index < end ? memory[start + index]! : 0)
  return ((byteOf(WORD - 1) << 8) | byteOf(WORD - 2)) >> (16 - PAIR_LOG)
}

/** The PAIR_LOG bits that come next; zeros for those that are not there. */
function nextBits(memory: Uint8Array, start: number, left: number): number {
  if (left >= PAIR_LOG) return bitsBelow(memory, start, left, PAIR_LOG)
  return bitsBelow(memory, start, left, left) << (PAIR_LOG - left)
}
