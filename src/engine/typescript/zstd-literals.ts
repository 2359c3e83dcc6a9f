/** The literals of a zstd block, and their Huffman codes: the twin of asm/zstd-literals.ts. */
import { readU32, writeU32 } from '../block-stop.ts'
import * as zstd from '../zstd-state.ts'
import { bitsBelow, bitsOf } from './backward-bits.ts'
import { makeStates, readCounts } from './zstd-fse.ts'
import { readPairs } from './zstd-pairs.ts'

/** The largest symbol of a weight, and the accuracy log of their table (section 4.2.1.2). */
const MAX_WEIGHT = zstd.HUFFMAN_LOG
const MAX_WEIGHT_LOG = 6
const MAX_WEIGHTS = 255

const RAW = 0
const REPEATED = 1
const COMPRESSED = 2

/** Reads the literals section, leaves where the literals are, and returns where the section ends; 0 for a bad one. */
export function readLiterals(memory: Uint8Array, input: number, inputEnd: number, most: number): number {
  if (input >= inputEnd) return 0
  const header = memory[input]!
  const type = header & 3
  const format = (header >> 2) & 3
  const low = readU32(memory, input)
  if (type === RAW || type === REPEATED) {
    const headerSize = format === 3 ? 3 : format === 1 ? 2 : 1
    const size = (low & (2 ** (8 * headerSize) - 1)) >>> ((format & 1) === 0 ? 3 : 4)
    const from = input + headerSize
    const taken = type === RAW ? size : 1
    if (size > most || from > inputEnd || taken > inputEnd - from) return 0
    if (type === REPEATED) memory.fill(memory[from]!, zstd.ZSTD_LITERALS, zstd.ZSTD_LITERALS + size)
    setLiterals(memory, type === RAW ? from : zstd.ZSTD_LITERALS, size)
    return from + taken
  }
  const headerSize = format === 3 ? 5 : format === 2 ? 4 : 3
  const bits = format === 3 ? 18 : format === 2 ? 14 : 10
  const mask = (1 << bits) - 1
  const size = (low >>> 4) & mask
  const packed = (bits === 18 ? (low >>> 22) | (memory[input + 4]! << 10) : low >>> (4 + bits)) & mask
  let from = input + headerSize
  if (size > most || size === 0 || from > inputEnd || packed > inputEnd - from) return 0
  const end = from + packed
  if (type === COMPRESSED) {
    from = readHuffman(memory, from, end)
    if (from === 0) return 0
    writeU32(memory, zstd.ZSTD_HAS, readU32(memory, zstd.ZSTD_HAS) | zstd.ZSTD_HAS_HUFFMAN)
    writeU32(memory, zstd.ZSTD_TABLE_LITERALS, format === 0 ? 0 : size)
    writeU32(memory, zstd.ZSTD_TABLE_BYTES, format === 0 ? 0 : packed)
  } else if ((readU32(memory, zstd.ZSTD_HAS) & zstd.ZSTD_HAS_HUFFMAN) === 0) {
    return 0
  }
  const ok =
    format === 0
      ? readStream(memory, from, end, zstd.ZSTD_LITERALS, zstd.ZSTD_LITERALS + size)
      : readStreams(memory, from, end, size)
  if (!ok && !readPairs(memory, from, end, size, format === 0)) return 0
  setLiterals(memory, zstd.ZSTD_LITERALS, size)
  return end
}

function setLiterals(memory: Uint8Array, address: number, size: number): void {
  writeU32(memory, zstd.ZSTD_LITERALS_AT, address)
  writeU32(memory, zstd.ZSTD_LITERALS_UNTIL, address + size)
}

/** Reads the description of the Huffman codes, makes their table, and returns where the description ends; 0 for a bad one. */
function readHuffman(memory: Uint8Array, input: number, inputEnd: number): number {
  if (input >= inputEnd) return 0
  const header = memory[input]!
  const from = input + 1
  const weights: number[] = []
  let size = header
  if (header >= 128) {
    const count = header - 127
    size = (count + 1) >> 1
    if (size > inputEnd - from) return 0
    for (let index = 0; index < count; index++) {
      const pair = memory[from + (index >> 1)]!
      weights.push((index & 1) === 0 ? pair >> 4 : pair & 15)
    }
  } else if (size > inputEnd - from || !readWeights(memory, from, from + size, weights)) {
    return 0
  }
  return makeTable(memory, weights) ? from + size : 0
}

/** Decodes weights that are compressed themselves (section 4.2.1.2): two states in turns. */
function readWeights(memory: Uint8Array, input: number, inputEnd: number, weights: number[]): boolean {
  const described = readCounts(memory, input, inputEnd, MAX_WEIGHT, MAX_WEIGHT_LOG)
  if (described === undefined) return false
  const states = makeStates(described)
  const start = input + described.size
  let left = bitsOf(memory, start, inputEnd)
  if (left < 2 * described.log) return false
  const take = (count: number) => {
    left -= count
    return bitsBelow(memory, start, left + count, count)
  }
  let first = take(described.log)
  let second = take(described.log)
  while (weights.length + 1 < MAX_WEIGHTS) {
    const { symbol, next, bits } = states[first]!
    weights.push(symbol)
    if (left < bits) {
      weights.push(states[second]!.symbol)
      return true
    }
    first = second
    second = next + take(bits)
  }
  return false
}

/** Makes the table of the weights and of the last one, which is what they leave (section 4.2.1.3). */
function makeTable(memory: Uint8Array, weights: number[]): boolean {
  if (weights.some(weight => weight > MAX_WEIGHT)) return false
  const sum = weights.reduce((total, weight) => total + ((1 << weight) >> 1), 0)
  if (sum === 0) return false
  const log = 32 - Math.clz32(sum)
  if (log > zstd.HUFFMAN_LOG) return false
  const rest = (1 << log) - sum
  if ((rest & (rest - 1)) !== 0) return false
  weights.push(32 - Math.clz32(rest))
  // A code of weight 1 is the only one of its length unless there is another: both are needed.
  const ones = weights.filter(weight => weight === 1).length
  if (ones < 2 || (ones & 1) !== 0) return false

  let at = zstd.ZSTD_HUFFMAN
  for (let weight = 1; weight <= log; weight++) {
    // Every table has HUFFMAN_LOG bits: shorter codes fill more entries.
    const size = 1 << (weight - 1 + zstd.HUFFMAN_LOG - log)
    for (const [symbol, other] of weights.entries()) {
      if (other !== weight) continue
      for (const end = at + 2 * size; at < end; at += 2) {
        memory[at] = log + 1 - weight
        memory[at + 1] = symbol
      }
    }
  }
  return true
}

/** Decodes literals that come as one stream; false unless it ends with the last of them. */
function readStream(
  memory: Uint8Array,
  start: number,
  end: number,
  output: number,
  outputEnd: number,
): boolean {
  const table = new Uint16Array(memory.buffer, memory.byteOffset + zstd.ZSTD_HUFFMAN, 1 << zstd.HUFFMAN_LOG)
  let left = bitsOf(memory, start, end)
  if (left < 0) return false
  for (let at = output; at < outputEnd; at++) {
    const entry = table[bitsBelow(memory, start, left, zstd.HUFFMAN_LOG)]!
    left -= entry & 0xff
    if (left < 0) return false
    memory[at] = entry >> 8
  }
  return left === 0
}

/** Decodes literals that come as four streams of a quarter each, whose sizes come first (section 4.2.2). */
function readStreams(memory: Uint8Array, input: number, inputEnd: number, size: number): boolean {
  // Three sizes, and at least a byte of each stream.
  if (inputEnd - input < 10) return false
  const u16 = (at: number) => memory[at]! | (memory[at + 1]! << 8)
  const starts = [input + 6]
  for (let index = 0; index < 3; index++) starts.push(starts[index]! + u16(input + 2 * index))
  const ends = [...starts.slice(1), inputEnd]
  if (starts[3]! >= inputEnd) return false
  const quarter = (size + 3) >> 2
  if (quarter * 3 > size) return false
  return starts.every((start, index) => {
    const from = zstd.ZSTD_LITERALS + index * quarter
    return readStream(
      memory,
      start,
      ends[index]!,
      from,
      index < 3 ? from + quarter : zstd.ZSTD_LITERALS + size,
    )
  })
}
