// The literals of a zstd block (RFC 8878, section 3.1.1.3.1), and their Huffman codes (section 4.2).
import * as zstd from '../src/engine/zstd-state.ts'
import { bitsBelow, bitsOf } from './backward-bits'
import { describedLog, readCounts, spreadSymbols, transition } from './zstd-fse'
import { readPairs } from './zstd-pairs'

const LITERALS: usize = zstd.ZSTD_LITERALS
const SPREAD: usize = zstd.ZSTD_SPREAD
const TABLE: usize = zstd.ZSTD_HUFFMAN
const WEIGHTS: usize = zstd.ZSTD_WEIGHTS
/** Where `readWeights` leaves what each state does: after the counts and symbols of so small a table. */
const STEPS: usize = zstd.ZSTD_COUNTS + 0x80

const LOG: u32 = zstd.HUFFMAN_LOG
/** How far a word of bits is shifted down to the ones that choose an entry. */
const TOP: u64 = 64 - zstd.HUFFMAN_LOG
/** Symbols that a word of 64 bits surely has, when up to 7 of its bits are used up already, and the bytes that they take. */
const BATCH: usize = 5
const BATCH_BYTES: usize = 7
/** The largest symbol of a weight, and the accuracy log of their table (section 4.2.1.2). */
const MAX_WEIGHT: u32 = zstd.HUFFMAN_LOG
const MAX_WEIGHT_LOG: u32 = 6
const MAX_WEIGHTS: u32 = 255

const RAW: u32 = 0
const REPEATED: u32 = 1
const COMPRESSED: u32 = 2

/**
 * Reads the literals section at `input`, leaves where the literals are, and returns where the section ends; 0 where
 * it breaks the rules. `most` is how many literals there can be.
 */
export function readLiterals(input: usize, inputEnd: usize, most: u32): usize {
  if (input >= inputEnd) return 0
  const header = <u32>load<u8>(input)
  const type = header & 3
  const format = (header >> 2) & 3
  // After a block there is always room for a word: it is read whether or not the section has these bytes.
  const word = load<u64>(input)
  if (type === RAW || type === REPEATED) {
    const headerSize: usize = format === 3 ? 3 : format === 1 ? 2 : 1
    const size = <u32>((word & (((<u64>1) << (headerSize << 3)) - 1)) >> ((format & 1) === 0 ? 3 : 4))
    const from = input + headerSize
    const taken: usize = type === RAW ? <usize>size : 1
    if (size > most || from > inputEnd || taken > inputEnd - from) return 0
    if (type === REPEATED) memory.fill(LITERALS, load<u8>(from), size)
    setLiterals(type === RAW ? from : LITERALS, size)
    return from + taken
  }
  const headerSize: usize = format === 3 ? 5 : format === 2 ? 4 : 3
  const bits: u64 = format === 3 ? 18 : format === 2 ? 14 : 10
  const mask: u64 = ((<u64>1) << bits) - 1
  const size = <u32>((word >> 4) & mask)
  const packed = <usize>((word >> (4 + bits)) & mask)
  let from = input + headerSize
  if (size > most || size === 0 || from > inputEnd || packed > inputEnd - from) return 0
  const end = from + packed
  if (type === COMPRESSED) {
    from = readHuffman(from, end)
    if (from === 0) return 0
    store<u32>(zstd.ZSTD_HAS, load<u32>(zstd.ZSTD_HAS) | zstd.ZSTD_HAS_HUFFMAN)
    store<u32>(zstd.ZSTD_TABLE_LITERALS, format === 0 ? 0 : size)
    store<u32>(zstd.ZSTD_TABLE_BYTES, format === 0 ? 0 : <u32>packed)
  } else if ((load<u32>(zstd.ZSTD_HAS) & zstd.ZSTD_HAS_HUFFMAN) === 0) {
    return 0
  }
  const ok = format === 0 ? readStream(from, end, LITERALS, LITERALS + size) : readStreams(from, end, size)
  if (!ok && !readPairs(from, end, size, format === 0)) return 0
  setLiterals(LITERALS, size)
  return end
}

function setLiterals(address: usize, size: u32): void {
  store<u32>(zstd.ZSTD_LITERALS_AT, <u32>address)
  store<u32>(zstd.ZSTD_LITERALS_UNTIL, <u32>address + size)
}

/** Reads the description of the Huffman codes, makes their table, and returns where the description ends; 0 for a bad one. */
function readHuffman(input: usize, inputEnd: usize): usize {
  if (input >= inputEnd) return 0
  const header = <u32>load<u8>(input++)
  let count: u32
  if (header >= 128) {
    count = header - 127
    const size: usize = (count + 1) >> 1
    if (size > inputEnd - input) return 0
    for (let index: u32 = 0; index < count; index += 2) {
      const pair = load<u8>(input + (index >> 1))
      store<u8>(WEIGHTS + index, pair >> 4)
      store<u8>(WEIGHTS + index, pair & 15, 1)
    }
    input += size
  } else {
    if (<usize>header > inputEnd - input) return 0
    count = readWeights(input, input + header)
    if (count === 0) return 0
    input += header
  }
  return makeTable(count) ? input : 0
}

/** Decodes weights that are compressed themselves (section 4.2.1.2): two states in turns. Returns how many; 0 for bad ones. */
function readWeights(input: usize, inputEnd: usize): u32 {
  const described = readCounts(input, inputEnd, MAX_WEIGHT, MAX_WEIGHT_LOG)
  if (described === 0) return 0
  spreadSymbols()
  const log = describedLog()
  for (let state: u32 = 0; state < (<u32>1) << log; state++)
    store<u16>(STEPS + (state << 1), transition(state))
  const start = input + described
  let left = bitsOf(start, inputEnd)
  if (left < <i32>(log << 1)) return 0
  let first = bitsBelow(start, left, log)
  left -= log
  let second = bitsBelow(start, left, log)
  left -= log
  for (let count: u32 = 0; count + 1 < MAX_WEIGHTS; ) {
    store<u8>(WEIGHTS + count++, load<u8>(SPREAD + first))
    const step = <u32>load<u16>(STEPS + (first << 1))
    left -= step & 0xff
    if (left < 0) {
      store<u8>(WEIGHTS + count++, load<u8>(SPREAD + second))
      return count
    }
    // The states change places.
    const advanced = (step >> 8) + bitsBelow(start, left + (step & 0xff), step & 0xff)
    first = second
    second = advanced
  }
  return 0
}

/** Makes the table of `count` weights and of the last one, which is what they leave (section 4.2.1.3). */
function makeTable(count: u32): bool {
  let sum: u32 = 0
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const weight = <u32>load<u8>(WEIGHTS + symbol)
    if (weight > MAX_WEIGHT) return false
    sum += ((<u32>1) << weight) >> 1
  }
  if (sum === 0) return false
  const log: u32 = 32 - clz(sum)
  if (log > LOG) return false
  const rest = ((<u32>1) << log) - sum
  if ((rest & (rest - 1)) !== 0) return false
  store<u8>(WEIGHTS + count, 32 - clz(rest))
  // A code of weight 1 is the only one of its length unless there is another: both are needed.
  let ones = 0
  for (let symbol: u32 = 0; symbol <= count; symbol++) ones += i32(load<u8>(WEIGHTS + symbol) === 1)
  if (ones < 2 || (ones & 1) !== 0) return false

  let entry = TABLE
  for (let weight: u32 = 1; weight <= log; weight++) {
    // Every table has LOG bits: shorter codes fill more entries.
    const size: usize = (<usize>1) << (weight - 1 + LOG - log)
    const length = log + 1 - weight
    for (let symbol: u32 = 0; symbol <= count; symbol++) {
      if (load<u8>(WEIGHTS + symbol) !== weight) continue
      const value = (symbol << 8) | length
      const end = entry + (size << 1)
      for (; entry < end; entry += 2) store<u16>(entry, value)
    }
  }
  return true
}

// In the four functions below, `bits` is a word with the bits that come next at its top and a one below the last bit
// that is left of it: so many zeros below that one, so many bits are used up.

/** The first word of the stream that ends at `end`, of which `ip` is 8 bytes before. Its last byte must not be 0. */
function firstWord(ip: usize): u64 {
  const word = load<u64>(ip)
  return (word | 1) << (clz(word) + 1)
}

/** The word at `ip` with `used` bits used up. */
function wordAt(ip: usize, used: u64): u64 {
  return (load<u64>(ip) | 1) << used
}

/** Decodes one symbol after the other from a word at `ip` up to `outputEnd`; false unless the stream ends there. */
function finishStream(start: usize, at: usize, word: u64, output: usize, outputEnd: usize): bool {
  let ip = at
  let bits = word
  while (output < outputEnd) {
    const used = ctz(bits)
    ip -= <usize>(used >> 3)
    // All of the stream is used up, and more.
    if (ip + 8 < start) return false
    bits = wordAt(ip, used & 7)
    const end = min(outputEnd, output + BATCH)
    while (output < end) {
      const entry = <u64>load<u16>(TABLE + ((<usize>(bits >> TOP)) << 1))
      bits <<= entry & 63
      store<u8>(output++, <u8>(entry >> 8))
    }
  }
  return ip + 8 - start === <usize>(ctz(bits) >> 3) && (ctz(bits) & 7) === 0
}

/** Decodes literals that come as one stream. */
function readStream(start: usize, end: usize, output: usize, outputEnd: usize): bool {
  if (end <= start || load<u8>(end - 1) === 0) return false
  return finishStream(start, end - 8, firstWord(end - 8), output, outputEnd)
}

/** Decodes literals that come as four streams of a quarter each, whose sizes come first (section 4.2.2). */
function readStreams(input: usize, inputEnd: usize, size: u32): bool {
  // Three sizes, and at least a byte of each stream.
  if (inputEnd - input < 10) return false
  const start1 = input + 6
  const start2 = start1 + load<u16>(input)
  const start3 = start2 + load<u16>(input, 2)
  const start4 = start3 + load<u16>(input, 4)
  if (start2 === start1 || start3 === start2 || start4 === start3 || start4 >= inputEnd) return false
  const ends = load<u8>(start2 - 1) !== 0 && load<u8>(start3 - 1) !== 0
  if (!ends || load<u8>(start4 - 1) === 0 || load<u8>(inputEnd - 1) === 0) return false
  const quarter: usize = (size + 3) >> 2
  if (quarter * 3 > <usize>size) return false

  let ip1 = start2 - 8
  let ip2 = start3 - 8
  let ip3 = start4 - 8
  let ip4 = inputEnd - 8
  let bits1 = firstWord(ip1)
  let bits2 = firstWord(ip2)
  let bits3 = firstWord(ip3)
  let bits4 = firstWord(ip4)
  let op1 = LITERALS
  let op2 = op1 + quarter
  let op3 = op2 + quarter
  let op4 = op3 + quarter
  const end = LITERALS + size
  while (true) {
    // As many rounds as all streams surely have bytes for, and the last one, which is the shortest, room.
    const shortest = min(
      min(<isize>(ip1 - start1), <isize>(ip2 - start2)),
      min(<isize>(ip3 - start3), <isize>(ip4 - start4)),
    )
    if (shortest < <isize>BATCH_BYTES) break
    let rounds = min(<usize>shortest / BATCH_BYTES, (end - op4) / BATCH)
    if (rounds === 0) break
    do {
      let entry: u64
      for (let index: usize = 0; index < BATCH; index++) {
        entry = <u64>load<u16>(TABLE + ((<usize>(bits1 >> TOP)) << 1))
        bits1 <<= entry & 63
        store<u8>(op1 + index, <u8>(entry >> 8))
        entry = <u64>load<u16>(TABLE + ((<usize>(bits2 >> TOP)) << 1))
        bits2 <<= entry & 63
        store<u8>(op2 + index, <u8>(entry >> 8))
        entry = <u64>load<u16>(TABLE + ((<usize>(bits3 >> TOP)) << 1))
        bits3 <<= entry & 63
        store<u8>(op3 + index, <u8>(entry >> 8))
        entry = <u64>load<u16>(TABLE + ((<usize>(bits4 >> TOP)) << 1))
        bits4 <<= entry & 63
        store<u8>(op4 + index, <u8>(entry >> 8))
      }
      op1 += BATCH
      op2 += BATCH
      op3 += BATCH
      op4 += BATCH
      let used = ctz(bits1)
      ip1 -= <usize>(used >> 3)
      bits1 = wordAt(ip1, used & 7)
      used = ctz(bits2)
      ip2 -= <usize>(used >> 3)
      bits2 = wordAt(ip2, used & 7)
      used = ctz(bits3)
      ip3 -= <usize>(used >> 3)
      bits3 = wordAt(ip3, used & 7)
      used = ctz(bits4)
      ip4 -= <usize>(used >> 3)
      bits4 = wordAt(ip4, used & 7)
    } while (--rounds)
  }
  const end1 = LITERALS + quarter
  return (
    finishStream(start1, ip1, bits1, op1, end1) &&
    finishStream(start2, ip2, bits2, op2, end1 + quarter) &&
    finishStream(start3, ip3, bits3, op3, end1 + 2 * quarter) &&
    finishStream(start4, ip4, bits4, op4, end)
  )
}
