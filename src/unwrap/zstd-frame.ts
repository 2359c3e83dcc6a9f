/** The headers of a zstd frame and of its blocks (RFC 8878, section 3.1.1). */
import { readU32 } from '../engine/block-stop.ts'
import type { StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { failStream, hex } from './stream-layer.ts'
import type { Input } from './unpacker.ts'

const MAGIC = 0xfd2fb528
/** Magic, descriptor, window, dictionary id and content size at their longest. */
const HEADER_LIMIT = 4 + 1 + 1 + 4 + 8
const BLOCK_HEADER = 3

/** What headers are read from. */
export type FrameInput = Pick<Input, 'length' | 'read'>

export interface ZstdFrame {
  /** The window that the frame needs, in bytes. */
  window: number
  /** What the frame says that it unpacks to. */
  contentSize?: number
  hasChecksum: boolean
  /** Where the id of a dictionary is, if the frame needs one. */
  dictionaryId?: number
  /** Where the first block starts. */
  blocks: number
}

/** Reads the header of the frame at `start`. Where that fails, `layer.error` says why. */
export function readZstdFrame(input: FrameInput, layer: StreamLayer, start = 0): ZstdFrame | undefined {
  const fail = (code: StreamErrorCode, offset: number, message: string) => {
    failStream(layer, code, offset, message)
    return undefined
  }
  const place = (at: number) => hex(start + at)
  const bytes = new Uint8Array(HEADER_LIMIT)
  const length = input.read(bytes, start)
  const magic = readU32(bytes, 0)
  if (length >= 4 && magic !== MAGIC) {
    return fail('stream-corrupt', start, `the magic at ${place(0)} is ${hex(magic)}, zstd's is ${hex(MAGIC)}`)
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
    const message = `the descriptor at ${place(4)} is ${hex(descriptor)}, its bit 3 is reserved`
    return fail('stream-unsupported', start + 4, message)
  }
  const contentSize = readContentSize(bytes, blocks - sizeSize, sizeSize)
  // Section 3.1.1.1.2: exponent and mantissa.
  const base = 2 ** (10 + (bytes[5]! >> 3))
  const window = isSingleSegment ? contentSize! : base + (base / 8) * (bytes[5]! & 7)
  const frame: ZstdFrame = { window, hasChecksum: (descriptor & 0x04) !== 0, blocks: start + blocks }
  if (contentSize !== undefined) frame.contentSize = contentSize
  if (bytes.subarray(idAt, idAt + idSize).some(byte => byte !== 0)) frame.dictionaryId = start + idAt
  return frame
}

function readContentSize(bytes: Uint8Array, at: number, size: number): number | undefined {
  if (size === 0) return undefined
  if (size === 1) return bytes[at]!
  if (size === 2) return (bytes[at]! | (bytes[at + 1]! << 8)) + 256
  return readU32(bytes, at) + (size === 8 ? readU32(bytes, at + 4) * 2 ** 32 : 0)
}

/** Section 3.1.2: sixteen magics, a size, and bytes that mean nothing. */
const SKIPPABLE = 0x184d2a50
const SKIPPABLE_HEADER = 8

/** Passes over the skippable frames at `position`. Returns where they end, and whether another frame starts there. */
export function skipFrames(input: Input, position: number): { end: number; isFrame: boolean } {
  const bytes = new Uint8Array(SKIPPABLE_HEADER)
  for (let at = position; ; ) {
    const length = input.read(bytes, at)
    const magic = readU32(bytes, 0)
    const next = at + SKIPPABLE_HEADER + readU32(bytes, 4)
    const isSkippable = length === SKIPPABLE_HEADER && (magic & ~0xf) === SKIPPABLE && next <= input.length
    if (!isSkippable) return { end: at, isFrame: length >= 4 && magic === MAGIC }
    at = next
  }
}

/** Section 3.1.1.2.2. */
export const RAW_BLOCK = 0
export const RLE_BLOCK = 1
export const COMPRESSED_BLOCK = 2

export interface ZstdBlock {
  type: number
  /** The size that the header says: of what it unpacks to for RLE_BLOCK, else of its bytes. */
  size: number
  isLast: boolean
  /** Where its bytes start and end. */
  from: number
  to: number
}

/** Reads the block header at `position`; undefined where the input ends first. */
export function readZstdBlock(input: FrameInput, position: number): ZstdBlock | undefined {
  const bytes = new Uint8Array(BLOCK_HEADER)
  if (input.read(bytes, position) < BLOCK_HEADER) return undefined
  const header = bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16)
  const size = header >> 3
  const type = (header >> 1) & 3
  const from = position + BLOCK_HEADER
  return { type, size, isLast: (header & 1) === 1, from, to: from + (type === RLE_BLOCK ? 1 : size) }
}
