/** .xz (one stream after the other) and .lzma with a sliding window. */

import { readU32, readU32BE, writeU32 } from '../../engine/block-stop.ts'
import { X86_HISTORY, X86_LOOKAHEAD } from '../../engine/codec-layout.ts'
import {
  LZMA_AT_STOP,
  LZMA_AT_TARGET,
  LZMA_CODE,
  LZMA_DICTIONARY,
  LZMA_DICTIONARY_SIZE,
  LZMA_END_MARKER,
  LZMA_INPUT,
  LZMA_LOOKAHEAD,
  LZMA_OUTPUT,
  LZMA_RANGE,
  MAX_LC_LP,
} from '../../engine/lzma-state.ts'
import type { StreamErrorCode } from '../../problem.ts'
import { BlockError } from '../block.ts'
import { lzmaProperties } from '../lzma2.ts'
import { hex } from '../stream-layer.ts'
import { parseBlockHeader, parseStreamFlags, readInteger } from '../xz-header.ts'
import { STEP } from './output-window.ts'
import type { Sliding } from './sliding.ts'

const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
const STREAM_HEADER = 12
const STREAM_FOOTER = 12
const ALONE_HEADER = 13
const MIN_DICTIONARY = 4096
const RANGE_BYTES = 5
/** More than a symbol takes. */
const LOAD = 4096
/** Six bytes of header and the most that a chunk holds. */
const CHUNK_LIMIT = 6 + 65536

function fault({ input }: Sliding, code: StreamErrorCode, message: string): BlockError {
  return new BlockError(code, input.position, `${message} at ${hex(input.position)}`)
}

/** The next bytes, all of them. */
function take(sliding: Sliding, count: number, what: string): Uint8Array {
  const bytes = sliding.input.peek(count)
  if (bytes.length < count) throw fault(sliding, 'stream-truncated', `the stream ends inside ${what}`)
  return bytes
}

export function* readXz(sliding: Sliding): Generator<number | Uint8Array> {
  const { input } = sliding
  while (true) {
    yield* readXzStream(sliding)
    // Section 2.2: stream padding.
    let next = input.peek(4)
    while (next.length === 4 && next.every(byte => byte === 0)) {
      input.position += 4
      next = input.peek(4)
    }
    if (next.length < 4 || !next.every((byte, at) => byte === XZ_MAGIC[at])) return
  }
}

function* readXzStream(sliding: Sliding): Generator<number | Uint8Array> {
  const { input } = sliding
  const header = take(sliding, STREAM_HEADER, 'its header')
  if (XZ_MAGIC.some((byte, at) => header[at] !== byte))
    throw fault(sliding, 'stream-corrupt', 'there is no magic of .xz')
  const flags = parseStreamFlags(header.subarray(6, 8))
  if (flags === undefined) throw fault(sliding, 'stream-unsupported', 'the stream header has unknown flags')
  input.position += STREAM_HEADER
  while (true) {
    const size = take(sliding, 1, 'a block header')[0]!
    if (size === 0) break
    const length = (size + 1) * 4
    const block = parseBlockHeader(take(sliding, length, 'a block header').subarray(0, length - 4))
    if ('code' in block) throw fault(sliding, block.code, `the block header ${block.message}`)
    const [filter, ...others] = block.filters
    if (filter !== undefined && (filter.name !== 'x86' || others.length > 0)) {
      const names = block.filters.map(({ name }) => name).join(' and ')
      throw fault(sliding, 'stream-unsupported', `the block has the filter ${names}`)
    }
    if (block.dictionary > sliding.maxWindow) {
      const message = `the block asks for a dictionary of ${block.dictionary} bytes, the limit is ${sliding.maxWindow}`
      throw fault(sliding, 'window-limit', message)
    }
    input.position += length
    const start = input.position
    const chunks = readChunks(sliding, block.dictionary)
    if (filter === undefined) yield* chunks
    else yield* undoX86(sliding, chunks, filter.start ?? 0)
    input.position += (4 - ((input.position - start) % 4)) % 4
    take(sliding, flags.checkSize, 'a check')
    input.position += flags.checkSize
  }
  passIndex(sliding)
}

/** A copy of what comes out with the filter for x86 undone: the decoder needs the bytes as they are. */
function* undoX86(
  { engine, window }: Sliding,
  lengths: Iterable<number>,
  start: number,
): Generator<Uint8Array> {
  let rest = new Uint8Array()
  let position = start
  let history = 0
  for (const length of lengths) {
    const total = rest.length + length
    const { after, next } = window
    engine.reserve(after + total + X86_LOOKAHEAD)
    engine.memory.set(rest, after)
    engine.memory.copyWithin(after + rest.length, next - length, next)
    engine.memory[X86_HISTORY] = history
    const done = engine.bcjX86(after, total, position)
    history = engine.memory[X86_HISTORY]!
    rest = engine.memory.slice(after + done, after + total)
    position += done
    yield engine.memory.subarray(after, after + done)
  }
  yield rest
}

/** Section 4: two numbers a block, then padding and a checksum; after that the footer. */
function passIndex(sliding: Sliding): void {
  const { input } = sliding
  const start = input.position
  input.position++
  const number = () => {
    const integer = readInteger(input.peek(9), 0)
    if (integer === undefined) throw fault(sliding, 'stream-corrupt', 'the index has no number')
    input.position += integer.size
    return integer.value
  }
  for (let left = 2 * number(); left > 0; left--) number()
  input.position += (4 - ((input.position - start) % 4)) % 4
  take(sliding, 4 + STREAM_FOOTER, 'its footer')
  input.position += 4 + STREAM_FOOTER
}

function* readChunks(sliding: Sliding, dictionary: number): Generator<number> {
  const { engine, input, window } = sliding
  let hasDictionary = false
  let hasProperties = false
  let properties = { lc: 0, lp: 0, pb: 0 }
  while (true) {
    const { address, end } = input.load(CHUNK_LIMIT)
    const header = engine.memory.slice(address, Math.min(address + 6, end))
    const control = header[0]
    if (control === undefined) throw fault(sliding, 'stream-truncated', 'the stream ends before a chunk')
    if (control === 0) {
      input.position++
      return
    }
    if (control > 2 && control < 0x80)
      throw fault(sliding, 'stream-corrupt', 'the chunk has an unknown control byte')
    if (control === 1 || control >= 0xe0) {
      window.start(dictionary)
      hasDictionary = true
      hasProperties = false
    }
    if (!hasDictionary)
      throw fault(sliding, 'stream-corrupt', 'the first chunk does not reset the dictionary')
    window.makeRoom()
    const { next } = window
    let length: number
    if (control < 0x80) {
      length = ((header[1]! << 8) | header[2]!) + 1
      if (header.length < 3 || address + 3 + length > end) {
        throw fault(sliding, 'stream-truncated', 'the stream ends inside the chunk')
      }
      engine.memory.copyWithin(next, address + 3, address + 3 + length)
      input.position += 3 + length
    } else {
      const size = control >= 0xc0 ? 6 : 5
      const packed = ((header[3]! << 8) | header[4]!) + 1
      if (header.length < size || address + size + packed > end) {
        throw fault(sliding, 'stream-truncated', 'the stream ends inside the chunk')
      }
      length = (((control & 0x1f) << 16) | (header[1]! << 8) | header[2]!) + 1
      if (size === 6) {
        const parsed = lzmaProperties(header[5]!)
        if (parsed === undefined || parsed.lc + parsed.lp > MAX_LC_LP) {
          throw fault(sliding, 'stream-corrupt', 'the chunk has properties that are not allowed')
        }
        properties = parsed
        hasProperties = true
      }
      if (!hasProperties) throw fault(sliding, 'stream-corrupt', 'the chunk has no properties')
      if (control >= 0xa0) engine.lzmaReset(properties.lc, properties.lp, properties.pb)
      if (packed < RANGE_BYTES) throw fault(sliding, 'stream-corrupt', 'the chunk is too short')
      decodeChunk(sliding, address + size, packed, length, dictionary)
      input.position += size + packed
    }
    window.next += length
    yield length
  }
}

/** Decodes all `length` bytes of a chunk whose `packed` bytes are in memory. */
function decodeChunk(
  sliding: Sliding,
  address: number,
  packed: number,
  length: number,
  dictionary: number,
): void {
  const { engine, window } = sliding
  const { memory } = engine
  startRange(sliding, address, dictionary)
  const end = window.next + length
  const status = engine.lzmaDecode(end, end, address + packed)
  const isWhole = readU32(memory, LZMA_OUTPUT) === end && readU32(memory, LZMA_INPUT) <= address + packed
  if (status !== LZMA_AT_TARGET || !isWhole)
    throw fault(sliding, 'stream-corrupt', 'the chunk breaks the rules')
}

function startRange({ engine, window }: Sliding, address: number, dictionary: number): void {
  const { memory } = engine
  writeU32(memory, LZMA_RANGE, 0xffffffff)
  writeU32(memory, LZMA_CODE, readU32BE(memory, address + 1))
  writeU32(memory, LZMA_INPUT, address + RANGE_BYTES)
  writeU32(memory, LZMA_OUTPUT, window.next)
  writeU32(memory, LZMA_DICTIONARY, window.first)
  writeU32(memory, LZMA_DICTIONARY_SIZE, dictionary)
}

export function* readLzma(sliding: Sliding): Generator<number> {
  const { engine, input, window, maxWindow } = sliding
  const header = take(sliding, ALONE_HEADER + RANGE_BYTES, 'its header')
  const view = new DataView(header.buffer, header.byteOffset)
  const properties = lzmaProperties(header[0]!)
  const dictionary = Math.max(view.getUint32(1, true), MIN_DICTIONARY)
  const said = view.getBigUint64(5, true)
  const size = said === 2n ** 64n - 1n ? Number.POSITIVE_INFINITY : Number(said)
  if (properties === undefined || properties.lc + properties.lp > MAX_LC_LP) {
    throw fault(sliding, 'stream-unsupported', 'its properties are not supported')
  }
  if (dictionary > maxWindow) {
    throw fault(
      sliding,
      'window-limit',
      `it asks for a dictionary of ${dictionary} bytes, the limit is ${maxWindow}`,
    )
  }
  window.start(dictionary)
  engine.lzmaReset(properties.lc, properties.lp, properties.pb)
  input.position += ALONE_HEADER
  startRange(sliding, input.load(LOAD).address, dictionary)
  input.position += RANGE_BYTES
  for (let produced = 0; produced < size; ) {
    window.makeRoom()
    const { address, end, isAll } = input.load(LOAD)
    const { memory } = engine
    writeU32(memory, LZMA_INPUT, address)
    writeU32(memory, LZMA_OUTPUT, window.next)
    writeU32(memory, LZMA_DICTIONARY, window.first)
    const target = window.next + Math.min(STEP / 2, size - produced)
    const limit = Math.min(window.next + STEP, window.next + size - produced)
    const status = engine.lzmaDecode(target, limit, isAll ? end : end - LZMA_LOOKAHEAD)
    const stopped = readU32(memory, LZMA_INPUT)
    if (stopped > end || (status === LZMA_AT_STOP && isAll)) {
      throw fault(sliding, 'stream-truncated', 'the stream ends before its last byte')
    }
    if (status !== LZMA_AT_TARGET && status !== LZMA_AT_STOP && status !== LZMA_END_MARKER) {
      throw fault(sliding, 'stream-corrupt', 'the stream breaks the rules')
    }
    const length = readU32(memory, LZMA_OUTPUT) - window.next
    input.position += stopped - address
    window.next += length
    produced += length
    yield length
    if (status === LZMA_END_MARKER) return
  }
}
