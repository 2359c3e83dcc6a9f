/** gzip (RFC 1952) and bzip2 with a sliding window, one member or stream after the other. */
import { AT_BLOCK_END, AT_TARGET, BAD_END, MORE_INPUT } from '../../engine/block-state.ts'
import { readU32, stoppedInput, stoppedOutput } from '../../engine/block-stop.ts'
import { AT_STREAM_END, BZIP2_BITS, BZIP2_CRC } from '../../engine/bzip2-state.ts'
import type { StreamLayer } from '../../facts/facts.ts'
import { BlockError } from '../block.ts'
import { parseGzipHeader } from '../gzip-header.ts'
import { hex } from '../stream-layer.ts'
import type { CompressedInput } from './compressed-input.ts'
import { MAX_ASKED } from './compressed-input.ts'
import { STEP } from './output-window.ts'
import type { Sliding } from './sliding.ts'

const SHORT_HEADER = 512
const HEADER_LIMIT = 128 * 1024
const TRAILER = 8
const DEFLATE_WINDOW = 32 * 1024
/** What a deflate block's header takes at most, and more. */
const LOAD = 4096
const FIRST_BLOCK = 512 * 1024
const BZIP2_HEADER = 4
const LEVEL_SIZE = 100_000

const truncated = (input: CompressedInput) =>
  new BlockError(
    'stream-truncated',
    input.position,
    `the stream ends at ${hex(input.position)}, before its end mark`,
  )

export function* readGzip(sliding: Sliding): Generator<number> {
  const { input } = sliding
  do yield* readMember(sliding)
  while (startsWith(input, [0x1f, 0x8b]))
}

function startsWith(input: CompressedInput, magic: readonly number[]): boolean {
  const bytes = input.peek(magic.length)
  return magic.every((byte, at) => bytes[at] === byte)
}

function* readMember({ engine, input, window }: Sliding): Generator<number> {
  const layer: StreamLayer = { kind: 'stream', codec: 'gzip', offset: 0, length: 0, verified: false }
  const header =
    parseGzipHeader(input.peek(SHORT_HEADER), layer) ?? parseGzipHeader(input.peek(HEADER_LIMIT), layer)
  if (header === undefined) {
    const { code = 'stream-truncated', message = 'the stream ends inside its header' } = layer.error ?? {}
    throw new BlockError(code, input.position, message)
  }
  input.position += header.end
  window.start(DEFLATE_WINDOW)
  engine.inflateReset()
  let crc = 0
  let size = 0
  for (let hasEnded = false; !hasEnded; ) {
    window.makeRoom()
    const { address, end, isAll } = input.load(LOAD)
    const { next, first } = window
    const target = next + STEP / 2
    const status = engine.inflate(address, end, isAll ? end : end + 1, first, next, next + STEP, target)
    const stopped = stoppedInput(engine.memory)
    const length = stoppedOutput(engine.memory) - next
    const isStuck = status === MORE_INPUT && (isAll || (stopped === address && length === 0))
    if (isStuck && isAll) throw truncated(input)
    if (isStuck || (status !== AT_BLOCK_END && status !== AT_TARGET && status !== MORE_INPUT)) {
      throw new BlockError(
        'stream-corrupt',
        input.position,
        `the deflate block before ${hex(input.position + stopped - address)} breaks the rules`,
      )
    }
    input.position += stopped - address
    crc = engine.crc32(next, length, crc)
    size += length
    window.next += length
    hasEnded = status === AT_BLOCK_END
    yield length
  }
  const trailer = input.peek(TRAILER)
  if (trailer.length < TRAILER) throw truncated(input)
  if (readU32(trailer, 0) !== crc >>> 0 || readU32(trailer, 4) !== size % 2 ** 32) {
    throw new BlockError(
      'checksum-mismatch',
      input.position,
      `the checksum at ${hex(input.position)} does not match`,
    )
  }
  input.position += TRAILER
}

export function* readBzip2(sliding: Sliding): Generator<number> {
  const { input } = sliding
  do yield* readBzip2Stream(sliding)
  while (startsWith(input, [0x42, 0x5a, 0x68]))
}

function* readBzip2Stream({ engine, input, window }: Sliding): Generator<number> {
  const header = input.peek(BZIP2_HEADER)
  const level = (header[3] ?? 0) - 0x30
  if (!startsWith(input, [0x42, 0x5a, 0x68]) || level < 1 || level > 9) {
    throw new BlockError(
      'stream-corrupt',
      input.position,
      `the header at ${hex(input.position)} is not bzip2's`,
    )
  }
  input.position += BZIP2_HEADER
  window.start(0)
  let bits = 0
  let sum = 0
  while (true) {
    const status = decodeBlock({ engine, input }, bits, level * LEVEL_SIZE)
    bits = readU32(engine.memory, BZIP2_BITS)
    const expected = readU32(engine.memory, BZIP2_CRC)
    if (status === AT_STREAM_END) {
      if (bits > 0) input.position++
      if (expected === sum) return
      throw new BlockError('checksum-mismatch', input.position, 'the checksum of the stream does not match')
    }
    let crc = 0
    for (let hasEnded = false; !hasEnded; ) {
      window.makeRoom()
      const { next } = window
      hasEnded = engine.bzip2Write(next, next + STEP) === AT_BLOCK_END
      const length = stoppedOutput(engine.memory) - next
      crc = engine.crc32Bzip2(next, length, crc)
      window.next += length
      yield length
    }
    if (crc >>> 0 !== expected) {
      throw new BlockError(
        'checksum-mismatch',
        input.position,
        `the checksum of the block before ${hex(input.position)} does not match`,
      )
    }
    sum = (((sum << 1) | (sum >>> 31)) ^ expected) >>> 0
  }
}

function decodeBlock(
  { engine, input }: Pick<Sliding, 'engine' | 'input'>,
  bits: number,
  maxLength: number,
): number {
  for (let step = FIRST_BLOCK; step <= MAX_ASKED; step *= 2) {
    const { address, end, isAll } = input.load(step)
    const status = engine.bzip2Block(address, bits, end, isAll ? end : end + 1, maxLength)
    if (status === MORE_INPUT && !isAll) continue
    if (status === BAD_END || status === MORE_INPUT) throw truncated(input)
    if (status !== AT_BLOCK_END && status !== AT_STREAM_END) break
    input.position += stoppedInput(engine.memory) - address
    return status
  }
  throw new BlockError(
    'stream-corrupt',
    input.position,
    `the block at ${hex(input.position)} breaks the rules`,
  )
}
