/** The structure of a zstd frame (RFC 8878, section 3.1.1): its header, and where its blocks end. */
import { readU32 } from '../engine/block-stop.ts'
import type { StreamErrorCode, StreamLayer } from '../facts/facts.ts'
import { StreamFault } from './chunk-stream.ts'
import { failStream, hex } from './stream-layer.ts'
import type { Input } from './unpacker.ts'

const MAGIC = 0xfd2fb528
/** Magic, descriptor, window, dictionary id and content size at their longest. */
const HEADER_LIMIT = 4 + 1 + 1 + 4 + 8
const BLOCK_HEADER = 3
const CHECKSUM = 4
const RLE_BLOCK = 1
const RESERVED_BLOCK = 3
/** Section 3.1.1.2.3: the most that a block may hold, whatever the window. */
const MAX_BLOCK = 128 * 1024
const INPUT_CHUNK = 256 * 1024

export interface ZstdFrame {
  /** The window that the frame needs, in bytes. */
  window: number
  /** What the frame says that it unpacks to. */
  contentSize?: number
  hasChecksum: boolean
  /** Where the first block starts. */
  blocks: number
}

/** Reads the frame header. Where that fails, `layer.error` says why. */
export function readZstdFrame(input: Input, layer: StreamLayer): ZstdFrame | undefined {
  const fail = (code: StreamErrorCode, offset: number, message: string) => {
    failStream(layer, code, offset, message)
    return undefined
  }
  const bytes = new Uint8Array(HEADER_LIMIT)
  const length = input.read(bytes, 0)
  const magic = readU32(bytes, 0)
  if (length >= 4 && magic !== MAGIC) {
    return fail('stream-corrupt', 0, `the magic at 0x0 is ${hex(magic)}, zstd's is ${hex(MAGIC)}`)
  }
  const descriptor = bytes[4]!
  const isSingleSegment = (descriptor & 0x20) !== 0
  const idSize = [0, 1, 2, 4][descriptor & 3]!
  const sizeSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  const idAt = isSingleSegment ? 5 : 6
  const blocks = idAt + idSize + sizeSize
  if (length < 5 || length < blocks) {
    return fail(
      'stream-truncated',
      input.length,
      `the stream ends inside the frame header at ${hex(input.length)}`,
    )
  }
  if ((descriptor & 0x08) !== 0) {
    return fail('stream-unsupported', 4, `the descriptor at 0x4 is ${hex(descriptor)}, its bit 3 is reserved`)
  }
  if (bytes.subarray(idAt, idAt + idSize).some(byte => byte !== 0)) {
    return fail('stream-unsupported', idAt, `the frame needs a dictionary, by its id at ${hex(idAt)}`)
  }
  const contentSize = readContentSize(bytes, blocks - sizeSize, sizeSize)
  // Section 3.1.1.1.2: exponent and mantissa.
  const base = 2 ** (10 + (bytes[5]! >> 3))
  const window = isSingleSegment ? contentSize! : base + (base / 8) * (bytes[5]! & 7)
  const frame: ZstdFrame = { window, hasChecksum: (descriptor & 0x04) !== 0, blocks }
  if (contentSize !== undefined) frame.contentSize = contentSize
  return frame
}

function readContentSize(bytes: Uint8Array, at: number, size: number): number | undefined {
  if (size === 0) return undefined
  if (size === 1) return bytes[at]!
  if (size === 2) return (bytes[at]! | (bytes[at + 1]! << 8)) + 256
  return readU32(bytes, at) + (size === 8 ? readU32(bytes, at + 4) * 2 ** 32 : 0)
}

/** The bytes of one frame, chunk by chunk: finds its end by its block headers. */
export class ZstdFrameReader {
  readonly #input: Input
  readonly #hasChecksum: boolean
  /** Where the next block header stands. */
  #block: number
  /** Where the frame ends, once the last block was seen. */
  end: number | undefined
  /** Why the chunks ended before the frame did. */
  fault: StreamFault | undefined

  constructor(input: Input, frame: ZstdFrame) {
    this.#input = input
    this.#hasChecksum = frame.hasChecksum
    this.#block = frame.blocks
  }

  *chunks(): Generator<Uint8Array> {
    const { length } = this.#input
    let at = 0
    while (this.fault === undefined && at < (this.end ?? length)) {
      const bytes = new Uint8Array(Math.min(INPUT_CHUNK, length - at))
      const count = this.#input.read(bytes, at)
      this.#walk(bytes.subarray(0, count), at)
      // A block header that lies over the edge starts the next chunk.
      const size = Math.min(count, (this.end ?? this.#block) - at)
      if (size === 0) break
      yield bytes.subarray(0, size)
      at += size
    }
    if (this.end === undefined || this.end > length) {
      const message = `the stream ends at ${hex(length)}, before its last block`
      this.fault ??= new StreamFault('stream-truncated', length, message)
    }
  }

  /** Goes from block to block through the chunk that stands at `at`. */
  #walk(bytes: Uint8Array, at: number): void {
    while (this.end === undefined && this.#block + BLOCK_HEADER <= at + bytes.length) {
      const position = this.#block
      const header = readU24(bytes, position - at)
      const size = header >> 3
      const type = (header >> 1) & 3
      if (type === RESERVED_BLOCK || size > MAX_BLOCK) {
        const what =
          type === RESERVED_BLOCK ? 'is of the reserved type 3' : `has ${size} bytes, limit is ${MAX_BLOCK}`
        this.fault = new StreamFault('stream-corrupt', position, `the block at ${hex(position)} ${what}`)
        return
      }
      this.#block += BLOCK_HEADER + (type === RLE_BLOCK ? 1 : size)
      if ((header & 1) === 1) this.end = this.#block + (this.#hasChecksum ? CHECKSUM : 0)
    }
  }
}

const readU24 = (bytes: Uint8Array, at: number) => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
