/**
 * lz4 (the frame and the legacy frame) and lzop, block by block: what is in memory is one block, and the 64 KiB before
 * it that a block of lz4 may refer to.
 * Source: lz4's doc/lz4_Frame_format.md; lzop's src/lzop.c, `lzop_decompress`.
 */
import { AT_BLOCK_END } from '../../engine/block-state.ts'
import { readU32, readU32BE, stoppedOutput } from '../../engine/block-stop.ts'
import type { StreamLayer } from '../../facts/facts.ts'
import { BlockError } from '../block.ts'
import {
  INPUT_ADLER32,
  INPUT_CRC32,
  LZOP_HEADER_LIMIT,
  OUTPUT_ADLER32,
  OUTPUT_CRC32,
  parseLzopHeader,
} from '../lzop-header.ts'
import { hex } from '../stream-layer.ts'
import { MAX_ASKED } from './compressed-input.ts'
import type { Sliding } from './sliding.ts'

const FRAME = 0x184d2204
const LEGACY = 0x184c2102
const SKIPPABLE = 0x184d2a50
/** Frame descriptor: FLG and BD, and what may follow them. */
const FLAG = { dictionary: 0x01, checksum: 0x04, size: 0x08, blockChecksum: 0x10, independent: 0x20 }
const UNCOMPRESSED = 0x8000_0000
const LEGACY_BLOCK = 8 * 2 ** 20
const HISTORY = 64 * 1024
/** Blocks of lzop have 256 KiB; its limit is 64 MiB. */
const MAX_BLOCK = 64 * 2 ** 20
/** The engine's functions may read and write a little over the ends. */
const MARGIN = 64 * 1024

type Codec = 'lz4' | 'lzo'

/** Unpacks blocks: packed bytes are copied into memory, and what they unpack to comes after the history. */
class BlockRoom {
  readonly #sliding: Sliding
  readonly #codec: Codec
  /** Of the block before that are still there, right before the output. */
  #history = 0

  constructor(sliding: Sliding, codec: Codec) {
    this.#sliding = sliding
    this.#codec = codec
  }

  forget(): void {
    this.#history = 0
  }

  /** Unpacks the next `packed` bytes of the input to `unpacked` bytes at most; a stored block is copied. */
  block(packed: number, unpacked: number, isStored: boolean): Uint8Array {
    const { engine, input } = this.#sliding
    const at = input.position
    const from = input.after
    const output = from + packed + MARGIN + HISTORY
    const history = engine.memory.slice(this.#end - this.#history, this.#end)
    engine.reserve(output + unpacked + 2 * MARGIN)
    for (let done = 0; done < packed; ) {
      const bytes = input.peek(Math.min(MAX_ASKED, packed - done))
      if (bytes.length === 0)
        throw new BlockError(
          'stream-truncated',
          input.position,
          `the stream ends inside the block at ${hex(at)}`,
        )
      engine.memory.set(bytes, from + done)
      done += bytes.length
      input.position += bytes.length
    }
    engine.memory.set(history, output - history.length)
    let length = packed
    if (isStored) engine.memory.copyWithin(output, from, from + packed)
    else length = this.#decode(from, packed, output, unpacked, at)
    this.#end = output + length
    this.#history = Math.min(HISTORY, history.length + length)
    return engine.memory.subarray(output, output + length)
  }

  #end = 0

  #decode(from: number, packed: number, output: number, unpacked: number, at: number): number {
    const { engine } = this.#sliding
    const [end, full] = [from + packed, output + unpacked]
    const first = output - this.#history
    const status =
      this.#codec === 'lz4'
        ? engine.lz4Block(from, end, end, first, output, full + MARGIN, full)
        : engine.lzoBlock(from, end, output, full)
    const length = stoppedOutput(engine.memory) - output
    if ((status !== AT_BLOCK_END && length !== unpacked) || length > unpacked) {
      throw new BlockError('stream-corrupt', at, `the block at ${hex(at)} breaks the rules`)
    }
    return length
  }
}

function word(sliding: Sliding, isBig = false): number | undefined {
  const bytes = sliding.input.peek(4)
  if (bytes.length < 4) return undefined
  return (isBig ? readU32BE(bytes, 0) : readU32(bytes, 0)) >>> 0
}

function take(sliding: Sliding, isBig = false): number {
  const value = word(sliding, isBig)
  const { input } = sliding
  if (value === undefined) throw truncated(sliding)
  input.position += 4
  return value
}

const truncated = ({ input }: Sliding) =>
  new BlockError(
    'stream-truncated',
    input.position,
    `the stream ends at ${hex(input.position)}, before its end mark`,
  )

/** Frames, one after the other; what follows the last one is not looked at. */
export function* readLz4(sliding: Sliding): Generator<Uint8Array> {
  const { input } = sliding
  const room = new BlockRoom(sliding, 'lz4')
  for (let isFirst = true; ; isFirst = false) {
    const magic = word(sliding)
    if (magic === FRAME) yield* readFrame(sliding, room)
    else if (magic === LEGACY) yield* readLegacy(sliding, room)
    else if (magic !== undefined && (magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      input.position += 4
      input.position += take(sliding)
    } else if (isFirst) {
      throw new BlockError(
        'stream-corrupt',
        input.position,
        `there is no magic of lz4 at ${hex(input.position)}`,
      )
    } else return
  }
}

function* readFrame(sliding: Sliding, room: BlockRoom): Generator<Uint8Array> {
  const { input } = sliding
  const [flags = 0, sizes = 0] = input.peek(6).subarray(4)
  const blockSize = 2 ** (8 + 2 * ((sizes >> 4) & 7))
  if (flags >> 6 !== 1 || blockSize < 65536) {
    throw new BlockError(
      'stream-corrupt',
      input.position,
      `the frame at ${hex(input.position)} has unknown flags`,
    )
  }
  if ((flags & FLAG.dictionary) !== 0) {
    throw new BlockError(
      'stream-unsupported',
      input.position,
      `the frame at ${hex(input.position)} needs a dictionary`,
    )
  }
  input.position += 6 + ((flags & FLAG.size) === 0 ? 0 : 8) + 1
  room.forget()
  for (let size = take(sliding); size !== 0; size = take(sliding)) {
    const packed = size % UNCOMPRESSED
    if (packed > blockSize + 4096) {
      throw new BlockError(
        'stream-corrupt',
        input.position - 4,
        `the block at ${hex(input.position)} has ${packed} bytes`,
      )
    }
    if ((flags & FLAG.independent) !== 0) room.forget()
    yield room.block(packed, blockSize, size >= UNCOMPRESSED)
    if ((flags & FLAG.blockChecksum) !== 0) input.position += 4
  }
  if ((flags & FLAG.checksum) !== 0) input.position += 4
}

/** Blocks up to what is no size: the end, or the magic of another frame. */
function* readLegacy(sliding: Sliding, room: BlockRoom): Generator<Uint8Array> {
  const { input } = sliding
  input.position += 4
  while (true) {
    const size = word(sliding)
    if (size === undefined || size === 0 || size > LEGACY_BLOCK + LEGACY_BLOCK / 255 + 16) return
    input.position += 4
    room.forget()
    yield room.block(size, LEGACY_BLOCK, false)
  }
}

export function* readLzop(sliding: Sliding): Generator<Uint8Array> {
  const { input } = sliding
  const layer: StreamLayer = { kind: 'stream', codec: 'lzo', offset: 0, length: 0, verified: false }
  const header = parseLzopHeader(input.peek(LZOP_HEADER_LIMIT), layer)
  if (header === undefined) {
    const { code = 'stream-truncated', message = 'the stream ends inside its header' } = layer.error ?? {}
    throw new BlockError(code, input.position, message)
  }
  input.position += header.end
  const { flags } = header
  const sums = (...bits: number[]) => bits.filter(bit => (flags & bit) !== 0).length * 4
  const room = new BlockRoom(sliding, 'lzo')
  for (let unpacked = take(sliding, true); unpacked !== 0; unpacked = take(sliding, true)) {
    const packed = take(sliding, true)
    if (unpacked > MAX_BLOCK || packed > unpacked) {
      throw new BlockError(
        'stream-corrupt',
        input.position,
        `the block at ${hex(input.position)} has ${packed} of ${unpacked} bytes`,
      )
    }
    // A stored block has one set of checksums.
    const isStored = packed === unpacked
    input.position += sums(OUTPUT_ADLER32, OUTPUT_CRC32) + (isStored ? 0 : sums(INPUT_ADLER32, INPUT_CRC32))
    room.forget()
    const bytes = room.block(packed, unpacked, isStored)
    if (bytes.length < unpacked)
      throw new BlockError(
        'stream-corrupt',
        input.position,
        `the block before ${hex(input.position)} is too short`,
      )
    yield bytes
  }
}
