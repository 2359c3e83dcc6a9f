// Literals as a decoder takes them that reads two at once (HUF_decompress4X2 of libzstd). Where the table gives two
// literals for the next bits and only one is wanted, the last one of a stream, that decoder cannot tell how many bits are
// the first one's, and takes the stream for complete as soon as both together use up what is left.
import * as zstd from '../src/engine/zstd-state.ts'
import { bitsBelow, bitsOf } from './backward-bits'

const LITERALS: usize = zstd.ZSTD_LITERALS
const TABLE: usize = zstd.ZSTD_HUFFMAN
const LOG: u32 = zstd.HUFFMAN_LOG

/** The bits that choose an entry of such a decoder's table: literals whose codes fit in them are read together. */
const PAIR_LOG: u32 = LOG + 1
const PAIR_MASK: u32 = (1 << PAIR_LOG) - 1

/** Of a decoder of 64 bits: how many bytes it has in hand. */
const WORD: usize = 8

/** Whether one of the streams had no bits left for its last literal. */
let isUsedUp = false

/**
 * Reads the literals at `input` once more, where that is allowed and such a decoder would read them: as one stream, or as
 * four that `readStreams` found where they should be. Returns whether it takes them.
 */
export function readPairs(input: usize, inputEnd: usize, size: u32, isOne: bool): bool {
  if (load<u32>(zstd.ZSTD_PAIRS) !== zstd.PAIRS_ALLOWED) return false
  isUsedUp = false
  // A table that came with a single stream is one for single literals.
  if (load<u32>(zstd.ZSTD_TABLE_LITERALS) === 0) return false
  const taken = isOne
    ? readStream(input, inputEnd, LITERALS, LITERALS + size)
    : readStreams(input, inputEnd, size)
  if (taken) store<u32>(zstd.ZSTD_PAIRS, isUsedUp ? zstd.PAIRS_USED_UP : zstd.PAIRS_TAKEN)
  return taken
}

function readStreams(input: usize, inputEnd: usize, size: u32): bool {
  if (inputEnd - input < 10) return false
  const quarter: usize = (size + 3) >> 2
  if (quarter * 3 > <usize>size) return false
  let start = input + 6
  let output = LITERALS
  for (let index: usize = 0; index < 4; index++) {
    const isLast = index === 3
    const end = isLast ? inputEnd : start + load<u16>(input + (index << 1))
    const outputEnd = isLast ? LITERALS + size : output + quarter
    if (end > inputEnd || !readStream(start, end, output, outputEnd)) return false
    start = end
    output = outputEnd
  }
  return true
}

function readStream(start: usize, end: usize, from: usize, outputEnd: usize): bool {
  let output = from
  let left = bitsOf(start, end)
  while (output < outputEnd && left > 0) {
    const bits = nextBits(start, left)
    const first = entryOf(bits)
    const second = entryOf((bits << (first & 0xff)) & PAIR_MASK)
    const both = (first & 0xff) + (second & 0xff)
    store<u8>(output++, <u8>(first >> 8))
    if (both > PAIR_LOG) {
      left -= <i32>(first & 0xff)
    } else if (output < outputEnd) {
      store<u8>(output++, <u8>(second >> 8))
      left -= <i32>both
    } else {
      return <i32>both >= left
    }
  }
  if (left !== 0) return false
  if (output === outputEnd) return true
  if (output + 1 < outputEnd) return false
  // The decoder shifts its word by as many bits as it has, which is no shift: it reads the first bits of the word again.
  isUsedUp = true
  const bits = firstBits(start, end)
  const first = entryOf(bits)
  store<u8>(output, <u8>(first >> 8))
  return (first & 0xff) + (entryOf((bits << (first & 0xff)) & PAIR_MASK) & 0xff) <= PAIR_LOG
}

/** The first PAIR_LOG bits of the word that such a decoder has in hand at the end of a stream. */
function firstBits(start: usize, end: usize): u32 {
  const word = <u32>load<u16>(start + WORD - 2) >> (16 - PAIR_LOG)
  if (end - start >= WORD) return word
  // Of a shorter stream the word has zeros at its top.
  return end - start === WORD - 1 ? word & 0xf : 0
}

/** The PAIR_LOG bits that come next; zeros for those that are not there. */
function nextBits(start: usize, left: i32): u32 {
  if (left >= <i32>PAIR_LOG) return bitsBelow(start, left, PAIR_LOG)
  return bitsBelow(start, left, <u32>left) << (PAIR_LOG - <u32>left)
}

/** The length of the code at the top of PAIR_LOG bits, and its literal above it. */
function entryOf(bits: u32): u32 {
  return <u32>load<u16>(TABLE + ((<usize>(bits >> (PAIR_LOG - LOG))) << 1))
}
