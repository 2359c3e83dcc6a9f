/** bzip2 blocks: the twin of asm/bzip2.ts and asm/bzip2-order.ts. */
import { AT_BLOCK_END, BAD_END, BLOCK_INPUT, MORE_INPUT } from '../block-state.ts'
import { readU32, writeU32 } from '../block-stop.ts'
import * as bzip2 from '../bzip2-state.ts'
import { BitReader } from './bits.ts'
import { buildTable, findCode, type HuffmanTable } from './bzip2-table.ts'

/** The halves of the BCD of pi, and of its root. */
const BLOCK_MAGIC = [0x314159, 0x265359]
const END_MAGIC = [0x177245, 0x385090]
const GROUP = 50
const MAX_TABLES = 6
const MAX_SELECTORS = 18002
const MAX_CODE_LENGTH = 20
const MAX_RUN = 1 << 21
const MAX_BLOCK = 900_000

/** A block while it is read: its last column is written to BZIP2_TEXT. */
interface Column {
  text: Uint8Array
  length: number
  counts: Uint32Array
}

/** Kept from block to block, as it is large: for each row the row that follows it, and its byte. */
let rows: Uint32Array | undefined

/** See `EngineFunctions.bzip2Block`. */
export function bzip2Block(
  memory: Uint8Array,
  input: number,
  bits: number,
  loaded: number,
  inputEnd: number,
  maxLength: number,
): number {
  const reader = new BitReader(memory, input, loaded)
  reader.read(bits)
  const magic = [reader.read(24), reader.read(24)]
  const isMagic = (expected: number[]) => magic.every((half, index) => half === expected[index])
  let status = bzip2.BAD_MAGIC
  if (isMagic(BLOCK_MAGIC)) {
    status = readBlock(memory, reader, maxLength)
  } else if (isMagic(END_MAGIC)) {
    readChecksum(memory, reader)
    status = bzip2.AT_STREAM_END
  }
  // No status counts where more bits were read than there are.
  if (reader.isOver) return loaded < inputEnd ? MORE_INPUT : BAD_END
  writeU32(memory, BLOCK_INPUT, reader.unread === 0 ? reader.position : reader.position - 1)
  writeU32(memory, bzip2.BZIP2_BITS, reader.unread === 0 ? 0 : 8 - reader.unread)
  return status
}

function readChecksum(memory: Uint8Array, reader: BitReader): void {
  const high = reader.read(16)
  writeU32(memory, bzip2.BZIP2_CRC, (high << 16) | reader.read(16))
}

function readBlock(memory: Uint8Array, reader: BitReader, maxLength: number): number {
  readChecksum(memory, reader)
  writeU32(memory, bzip2.BZIP2_CODES, 0)
  if (reader.read(1) !== 0) return bzip2.RANDOMISED
  const origin = reader.read(24)
  const list = readUsedBytes(reader)
  const count = reader.read(3)
  if (count < 2 || count > MAX_TABLES) return bzip2.BAD_TABLES
  const selectors = readSelectors(reader, count)
  if (selectors.length === 0 || list.length === 0) return bzip2.UNCHECKED_TABLES
  const tables: HuffmanTable[] = []
  while (tables.length < count) {
    const lengths = readLengths(reader, list.length + 2)
    if (lengths === undefined) return bzip2.BAD_TABLES
    const table = buildTable(lengths)
    writeU32(
      memory,
      bzip2.BZIP2_CODES,
      Math.max(readU32(memory, bzip2.BZIP2_CODES), mostOfOneLength(lengths)),
    )
    if (table === undefined) return bzip2.UNCHECKED_TABLES
    tables.push(table)
  }
  const text = memory.subarray(bzip2.BZIP2_TEXT, bzip2.BZIP2_TEXT + maxLength)
  const column: Column = { text, length: 0, counts: new Uint32Array(256) }
  const order = selectors.map(selector => tables[selector]!)
  const status = readText(reader, order, list, column)
  if (status !== AT_BLOCK_END) return status
  if (column.length === 0) return bzip2.EMPTY_BLOCK
  if (origin >= column.length) return bzip2.BAD_LENGTH
  if (!reader.isOver) orderText(column, origin)
  writeU32(memory, bzip2.BZIP2_LENGTH, column.length)
  writeU32(memory, bzip2.BZIP2_WRITTEN, 0)
  writeU32(memory, bzip2.BZIP2_RUN, 0)
  return AT_BLOCK_END
}

/** The most codes that have the same length. */
function mostOfOneLength(lengths: Uint8Array): number {
  const counts = new Uint32Array(MAX_CODE_LENGTH + 1)
  for (const length of lengths) counts[length]!++
  return Math.max(...counts)
}

/** The bytes that occur, in order. */
function readUsedBytes(reader: BitReader): number[] {
  const ranges = reader.read(16)
  const list: number[] = []
  for (let range = 0; range < 16; range++) {
    if (((ranges >> (15 - range)) & 1) === 0) continue
    const used = reader.read(16)
    for (let byte = 0; byte < 16; byte++) {
      if (((used >> (15 - byte)) & 1) !== 0) list.push(range * 16 + byte)
    }
  }
  return list
}

/** The table of each group of symbols; none where one does not exist. */
function readSelectors(reader: BitReader, tables: number): number[] {
  const count = reader.read(15)
  const list = [0, 1, 2, 3, 4, 5]
  const selectors: number[] = []
  for (let index = 0; index < count; index++) {
    let place = 0
    while (reader.read(1) !== 0) {
      if (++place >= tables) return []
    }
    const [table] = list.splice(place, 1)
    list.unshift(table!)
    // Further ones are read and dropped, as bzip2 does.
    if (index < MAX_SELECTORS) selectors.push(table!)
  }
  return selectors
}

function readLengths(reader: BitReader, symbols: number): Uint8Array | undefined {
  const lengths = new Uint8Array(symbols)
  let length = reader.read(5)
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (true) {
      if (length < 1 || length > MAX_CODE_LENGTH) return undefined
      if (reader.read(1) === 0) break
      length += reader.read(1) === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  return lengths
}

/** Decodes the symbols into the column, and counts its bytes. Answers AT_BLOCK_END or what is wrong. */
function readText(reader: BitReader, order: HuffmanTable[], list: number[], column: Column): number {
  const { text, counts } = column
  const endSymbol = list.length + 1
  let length = 0
  let run = 0
  let weight = 1
  for (const table of order) {
    if (reader.isOver) return bzip2.BAD_CODE
    for (let count = 0; count < GROUP; count++) {
      const code = findCode(table, reader.peek20())
      if (code === 0) return bzip2.BAD_CODE
      reader.skip(code & 31)
      const symbol = code >> 5
      if (symbol <= 1) {
        run += weight << symbol
        weight <<= 1
        if (run > MAX_RUN) return bzip2.BAD_LENGTH
        continue
      }
      if (run !== 0) {
        if (run > text.length - length) return bzip2.BAD_LENGTH
        const byte = list[0]!
        counts[byte]! += run
        text.fill(byte, length, length + run)
        length += run
        run = 0
        weight = 1
      }
      if (symbol === endSymbol) {
        column.length = length
        return AT_BLOCK_END
      }
      if (length === text.length) return bzip2.BAD_LENGTH
      const byte = list[symbol - 1]!
      for (let place = symbol - 1; place > 0; place--) list[place] = list[place - 1]!
      list[0] = byte
      counts[byte]!++
      text[length++] = byte
    }
  }
  return bzip2.BAD_CODE
}

/** The inverse Burrows-Wheeler transform, row after row. */
function orderText({ text, length, counts }: Column, origin: number): void {
  rows ??= new Uint32Array(MAX_BLOCK)
  const places = new Uint32Array(256)
  for (let byte = 1; byte < 256; byte++) places[byte] = places[byte - 1]! + counts[byte - 1]!
  for (let index = 0; index < length; index++) {
    const byte = text[index]!
    rows[places[byte]!++] = (index << 8) | byte
  }
  let entry = rows[origin]!
  for (let at = 0; at < length; at++) {
    text[at] = entry
    entry = rows[entry >>> 8]!
  }
}
