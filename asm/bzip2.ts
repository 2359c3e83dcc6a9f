// bzip2 blocks up to their Burrows-Wheeler text: Huffman codes, runs, and the moved-to-front list (bzip2's
// decompress.c is the format's only description).
import { AT_BLOCK_END, BAD_END, BLOCK_INPUT, MORE_INPUT } from '../src/engine/block-state.ts'
import * as bzip2 from '../src/engine/bzip2-state.ts'
import { orderText } from './bzip2-order'
import { buildTable, longCode } from './bzip2-table'

const COUNTS: usize = bzip2.BZIP2_COUNTS
const LENGTHS: usize = bzip2.BZIP2_LENGTHS
const LIST: usize = bzip2.BZIP2_LIST
const LOOKUP: u64 = bzip2.BZIP2_LOOKUP
const SELECTORS: usize = bzip2.BZIP2_SELECTORS
const TABLES: usize = bzip2.BZIP2_TABLES
const TABLE_SIZE: usize = bzip2.BZIP2_TABLE_SIZE
const TEXT: usize = bzip2.BZIP2_TEXT

/** BCD of pi, and of its root. */
const BLOCK_MAGIC: u64 = 0x314159265359
const END_MAGIC: u64 = 0x177245385090
/** So many symbols in a row share a table, and so many tables in a block there may be. */
const GROUP = 50
const MAX_TABLES: u32 = 6
/** A block of 900,000 bytes needs no more; further ones are read and dropped, as bzip2 does. */
const MAX_SELECTORS: u32 = 18002
const MAX_CODE_LENGTH: u32 = 20
/** A run longer than any block. */
const MAX_RUN: u32 = 1 << 21

// The bits that come next are at the top of `buffer`; after the end of the input come zeros.
let buffer: u64
let available: u32
let input: usize
let inputEnd: usize

function refill(): void {
  if (inputEnd - input >= 8 && input < inputEnd) {
    buffer |= bswap(load<u64>(input)) >> available
    input += (63 - available) >> 3
    available |= 56
    return
  }
  while (available <= 56) {
    // Zeros are counted like input, so that it is seen later how far reading went.
    const byte: u64 = input < inputEnd ? load<u8>(input) : 0
    buffer |= byte << (56 - available)
    input++
    available += 8
  }
}

/** The next bits, 1 to 32 of them. */
function bits(count: u32): u32 {
  if (available < count) refill()
  const value = <u32>(buffer >> (64 - count))
  buffer <<= count
  available -= count
  return value
}

/** Where the next bit is, as an address of a byte and bits of it that are used up. */
function storePosition(): void {
  const position = input - (available >> 3)
  const used = available & 7
  store<u32>(BLOCK_INPUT, <u32>(used === 0 ? position : position - 1))
  store<u32>(bzip2.BZIP2_BITS, used === 0 ? 0 : 8 - used)
}

/** No status counts where more bits were read than there are. */
function answer(status: i32, isWhole: bool): i32 {
  const isOver = input - (available >> 3) > inputEnd
  if (isOver) return isWhole ? BAD_END : MORE_INPUT
  storePosition()
  return status
}

function readMagic(): u64 {
  const high: u64 = bits(24)
  return (high << 24) | bits(24)
}

/** Fills the list with the bytes that occur, and returns how many there are. */
function readUsedBytes(): u32 {
  const ranges = bits(16)
  let count: u32 = 0
  for (let range: u32 = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue
    const used = bits(16)
    for (let byte: u32 = 0; byte < 16; byte++) {
      if (((used >> (15 - byte)) & 1) !== 0) store<u8>(LIST + count++, range * 16 + byte)
    }
  }
  return count
}

/** Returns how many selectors there are, 0 where one names no table. */
function readSelectors(tables: u32): u32 {
  const count = bits(15)
  // A list moved to the front, four bits an entry, the first lowest.
  let list: u32 = 0x543210
  for (let index: u32 = 0; index < count; index++) {
    let place: u32 = 0
    while (bits(1) !== 0) {
      if (++place >= tables) return 0
    }
    const shift = place * 4
    const table = (list >> shift) & 15
    const below = list & ((1 << shift) - 1)
    list = (list & ~((16 << shift) - 1)) | (below << 4) | table
    if (index < MAX_SELECTORS) store<u8>(SELECTORS + index, table)
  }
  return min(count, MAX_SELECTORS)
}

/** Reads the code lengths of one table; false where one is none. */
function readLengths(symbols: u32): bool {
  let length = bits(5)
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    while (true) {
      if (length < 1 || length > MAX_CODE_LENGTH) return false
      if (bits(1) === 0) break
      length += bits(1) === 0 ? 1 : -1
    }
    store<u8>(LENGTHS + symbol, length)
  }
  return true
}

// For each place below 16: the lanes in their order after the one at that place went to the front.
const TO_FRONT = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  4, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 5, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  6, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15,
  8, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15,
  10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15,
  12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 13, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15,
  14, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 15, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
])

function toFront(lanes: v128, place: usize): v128 {
  return i8x16.swizzle(lanes, v128.load(TO_FRONT + (place << 4)))
}

/** All lanes move up by one, `byte` comes into the first. */
function shiftIn(lanes: v128, byte: u8): v128 {
  const moved = i8x16.shuffle(lanes, lanes, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
  return i8x16.replace_lane(moved, 0, byte)
}

/** Takes the byte at `place` (at least 16) of the list to its front; the first 16 are those of `front`. */
function farToFront(front: v128, place: usize): v128 {
  let last = i8x16.extract_lane_u(front, 15)
  let at = LIST + 16
  for (; place >= 32; place -= 16) {
    const lanes = v128.load(at)
    v128.store(at, shiftIn(lanes, last))
    last = i8x16.extract_lane_u(lanes, 15)
    at += 16
  }
  const lanes = toFront(v128.load(at), place - 16)
  v128.store(at, i8x16.replace_lane(lanes, 0, last))
  return shiftIn(front, i8x16.extract_lane_u(lanes, 0))
}

/** Decodes the symbols into TEXT, and counts its bytes. Answers AT_BLOCK_END or what is wrong. */
function readText(selectors: u32, endSymbol: u32, maxLength: u32): i32 {
  memory.fill(COUNTS, 0, 1024)
  let front = v128.load(LIST)
  let length: u32 = 0
  let run: u32 = 0
  let weight: u32 = 1
  for (let group: u32 = 0; group < selectors; group++) {
    // Zeros after the input may decode for long: the status will not count.
    if (input > inputEnd + 8) return bzip2.BAD_CODE
    const table = TABLES + <usize>load<u8>(SELECTORS + group) * TABLE_SIZE
    for (let count = 0; count < GROUP; count++) {
      if (available < MAX_CODE_LENGTH) refill()
      let code: u32 = load<u16>(table + ((<usize>(buffer >> (64 - LOOKUP))) << 1))
      if (code === 0) {
        code = longCode(table, <u32>(buffer >> 44))
        if (code === 0) return bzip2.BAD_CODE
      }
      const size = code & 31
      const symbol = code >> 5
      buffer <<= size
      available -= size
      if (symbol <= 1) {
        run += weight << symbol
        weight <<= 1
        if (run > MAX_RUN) return bzip2.BAD_LENGTH
        continue
      }
      if (run !== 0) {
        if (run > maxLength - length) return bzip2.BAD_LENGTH
        const byte = i8x16.extract_lane_u(front, 0)
        const counter = COUNTS + ((<usize>byte) << 2)
        store<u32>(counter, load<u32>(counter) + run)
        if (run <= 16) v128.store(TEXT + length, i8x16.splat(byte))
        else memory.fill(TEXT + length, byte, run)
        length += run
        run = 0
        weight = 1
      }
      if (symbol === endSymbol) {
        store<u32>(bzip2.BZIP2_LENGTH, length)
        return AT_BLOCK_END
      }
      if (length === maxLength) return bzip2.BAD_LENGTH
      const place = <usize>symbol - 1
      front = place < 16 ? toFront(front, place) : farToFront(front, place)
      const byte = i8x16.extract_lane_u(front, 0)
      const counter = COUNTS + ((<usize>byte) << 2)
      store<u32>(counter, load<u32>(counter) + 1)
      store<u8>(TEXT + length, byte)
      length++
    }
  }
  return bzip2.BAD_CODE
}

function readBlock(maxLength: u32): i32 {
  store<u32>(bzip2.BZIP2_CRC, bits(32))
  store<u32>(bzip2.BZIP2_CODES, 0)
  if (bits(1) !== 0) return bzip2.RANDOMISED
  const origin = bits(24)
  const used = readUsedBytes()
  const tables = bits(3)
  if (tables < 2 || tables > MAX_TABLES) return bzip2.BAD_TABLES
  const selectors = readSelectors(tables)
  if (selectors === 0 || used === 0) return bzip2.UNCHECKED_TABLES
  const symbols = used + 2
  for (let table: u32 = 0; table < tables; table++) {
    if (!readLengths(symbols)) return bzip2.BAD_TABLES
    if (!buildTable(TABLES + <usize>table * TABLE_SIZE, symbols)) return bzip2.UNCHECKED_TABLES
  }
  const status = readText(selectors, symbols - 1, maxLength)
  if (status !== AT_BLOCK_END) return status
  const length = load<u32>(bzip2.BZIP2_LENGTH)
  if (length === 0) return bzip2.EMPTY_BLOCK
  if (origin >= length) return bzip2.BAD_LENGTH
  if (input - (available >> 3) <= inputEnd) orderText(origin, length)
  store<u32>(bzip2.BZIP2_WRITTEN, 0)
  store<u32>(bzip2.BZIP2_RUN, 0)
  return AT_BLOCK_END
}

export function bzip2Block(from: usize, skip: u32, loaded: usize, end: usize, maxLength: u32): i32 {
  buffer = 0
  available = 0
  input = from
  inputEnd = loaded
  const isWhole = loaded === end
  if (skip !== 0) bits(skip)
  const magic = readMagic()
  if (magic === BLOCK_MAGIC) return answer(readBlock(maxLength), isWhole)
  if (magic !== END_MAGIC) return answer(bzip2.BAD_MAGIC, isWhole)
  store<u32>(bzip2.BZIP2_CRC, bits(32))
  return answer(bzip2.AT_STREAM_END, isWhole)
}
