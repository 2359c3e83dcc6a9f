/**
 * Single compressed blocks, as file systems and disk formats store them: all bytes are in memory, and so is what they
 * unpack to. Nothing is kept in the engine between two calls.
 * @module
 */
import {
  AT_BLOCK_END,
  AT_TARGET,
  BAD_DISTANCE,
  BAD_END,
  MORE_INPUT,
  OUTPUT_FULL,
} from '../engine/block-state.ts'
import { readU32, readU32BE, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { ZSTD_MAX_BLOCK } from '../engine/zstd-state.ts'
import type { StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { MemorySource } from '../source/memory.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { openLzma } from './lzma.ts'
import { hex } from './stream-layer.ts'
import { Input, type UnpackContext, type Unpacker } from './unpacker.ts'
import { openXz } from './xz.ts'
import { COMPRESSED_BLOCK, RAW_BLOCK, readZstdBlock, readZstdFrame } from './zstd-frame.ts'

/**
 * How one block is packed: raw deflate (RFC 1951), zlib (RFC 1950), an .lzma stream with its header of 13 bytes, an
 * .xz stream, an LZO1X block, an lz4 block without a frame, zstd frames one after the other (RFC 8878).
 */
export type BlockCodec = 'deflate' | 'zlib' | 'lzma' | 'xz' | 'lzo' | 'lz4' | 'zstd'

/** Raised for a block that does not unpack. */
export class BlockError extends RangeError {
  override name = 'BlockError'
  readonly code: StreamErrorCode
  /** Where in the block. */
  readonly offset: number

  constructor(code: StreamErrorCode, offset: number, message: string) {
    super(message)
    this.code = code
    this.offset = offset
  }
}

/** The engine's functions may read and write a little over the ends. */
const MARGIN = 4096
/** The largest block that any format has, packed or not. */
const MAX_BLOCK_SIZE = 64 * 2 ** 20
/** One byte of lz4 stands for 255 bytes at most: room for a sequence that goes on after the bytes that are wanted. */
const LZ4_RATIO = 255
const LZ4_OVERRUN = 16 * 2 ** 20

interface Block {
  engine: Engine
  bytes: Uint8Array
  /** Where the output goes. */
  output: number
  maxOutput: number
}

const DECODERS: Record<BlockCodec, (block: Block) => number> = {
  deflate: block => inflate(block, 0).length,
  zlib: decodeZlib,
  lzma: block => decodeStream(block, openLzma),
  xz: block => decodeStream(block, openXz),
  lzo: decodeLzo,
  lz4: decodeLz4,
  zstd: decodeZstd,
}

/**
 * Unpacks one block and returns a copy of its bytes: at most `maxOutput` of them; where the block holds more, the rest
 * is left out. What follows the end of a deflate, zlib or zstd block is not looked at (padding of a cluster); lz4 and
 * lzo blocks end where `bytes` do. Throws a BlockError, and a RangeError where the machine has no memory for it.
 */
export function decodeBlock(
  engine: Engine,
  codec: BlockCodec,
  bytes: Uint8Array,
  maxOutput: number,
): Uint8Array<ArrayBuffer> {
  if (bytes.length > MAX_BLOCK_SIZE || maxOutput > MAX_BLOCK_SIZE) {
    const size = Math.max(bytes.length, maxOutput)
    throw new BlockError('output-limit', 0, `the block has ${size} bytes, limit is ${MAX_BLOCK_SIZE}`)
  }
  const output = Math.ceil((BASE + bytes.length + MARGIN) / MARGIN) * MARGIN
  engine.reserve(output + maxOutput + 2 * MARGIN)
  engine.memory.set(bytes, BASE)
  const length = DECODERS[codec]({ engine, bytes, output, maxOutput })
  return new Uint8Array(engine.memory.subarray(output, output + Math.min(length, maxOutput)))
}

const REASONS = new Map<number, readonly [StreamErrorCode, string]>([
  [MORE_INPUT, ['stream-truncated', 'it ends before its last part does']],
  [BAD_END, ['stream-truncated', 'it ends inside an instruction']],
  [BAD_DISTANCE, ['stream-corrupt', 'it copies from before its start']],
  [OUTPUT_FULL, ['output-limit', 'it unpacks to more than there is room for']],
])

function fail(status: number, offset: number): never {
  const [code, message] = REASONS.get(status) ?? ['stream-corrupt', 'it breaks the rules of its codec']
  throw new BlockError(code, offset, message)
}

/** Unpacks deflate from `start` on. Returns how many bytes came out, and whether the stream ended with them. */
function inflate({ engine, bytes, output, maxOutput }: Block, start: number) {
  const end = BASE + bytes.length
  engine.inflateReset()
  // With room for the longest match after the target, the output is never short of it.
  const target = output + maxOutput
  const status = engine.inflate(BASE + start, end, end, output, output, target + MARGIN, target)
  if (status !== AT_BLOCK_END && status !== AT_TARGET) fail(status, bytes.length)
  return { length: stoppedOutput(engine.memory) - output, hasEnded: status === AT_BLOCK_END }
}

function decodeZlib(block: Block): number {
  const { bytes, engine, output } = block
  const header = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  if (bytes.length < 2 || (header & 0x0f00) !== 0x0800 || header % 31 !== 0 || (header & 0x20) !== 0) {
    throw new BlockError('stream-corrupt', 0, `it starts with ${hex(header)}, which is no zlib header`)
  }
  const { length, hasEnded } = inflate(block, 2)
  const at = stoppedInput(engine.memory) - BASE
  if (!hasEnded || at + 4 > bytes.length) return length
  if (readU32BE(bytes, at) !== engine.adler32(output, length, 1) >>> 0) {
    throw new BlockError('checksum-mismatch', at, 'its adler32 does not match')
  }
  return length
}

function decodeLz4({ engine, bytes, output, maxOutput }: Block): number {
  const room = maxOutput + Math.min(bytes.length * LZ4_RATIO, LZ4_OVERRUN)
  engine.reserve(output + room + MARGIN)
  const end = BASE + bytes.length
  const status = engine.lz4Block(BASE, end, end, output, output, output + room, output + maxOutput)
  if (status !== AT_BLOCK_END && status !== AT_TARGET) fail(status, bytes.length)
  return stoppedOutput(engine.memory) - output
}

function decodeLzo({ engine, bytes, output, maxOutput }: Block): number {
  const status = engine.lzoBlock(BASE, BASE + bytes.length, output, output + maxOutput)
  if (status !== AT_BLOCK_END) fail(status, bytes.length)
  return stoppedOutput(engine.memory) - output
}

/** An unpacker's context: its input is read into memory where the block lies already. */
function contextOf({ engine, bytes, output }: Block): UnpackContext {
  const input = new Input(engine, new MemorySource(bytes), 0, bytes.length, BASE)
  return { engine, input, output, limits: DEFAULT_LIMITS }
}

function decodeStream(block: Block, open: (context: UnpackContext) => Unpacker): number {
  const unpacker = open(contextOf(block))
  // One more than there should be: then the checksum after the last byte is compared.
  unpacker.need(0, block.maxOutput + 1)
  const { error } = unpacker.layer
  if (error !== undefined) throw new BlockError(error.code, error.offset, error.message)
  return unpacker.produced
}

/** Frames that hold something else than compressed bytes (RFC 8878, section 3.1.2). */
const isSkippable = (magic: number) => magic >= 0x184d2a50 && magic <= 0x184d2a5f
const ZSTD_MAGIC = 0xfd2fb528

function decodeZstd(block: Block): number {
  const { bytes, maxOutput } = block
  let at = 0
  let produced = 0
  while (produced < maxOutput) {
    const magic = at + 8 <= bytes.length ? readU32(bytes, at) : 0
    if (isSkippable(magic)) {
      at += 8 + readU32(bytes, at + 4)
    } else if (magic === ZSTD_MAGIC || at === 0) {
      const frame = decodeFrame(block, at, produced)
      at = frame.end
      produced = frame.produced
    } else {
      break
    }
  }
  return produced
}

/** Unpacks the frame at `start` to where `produced` bytes are already. */
function decodeFrame({ engine, bytes, output, maxOutput }: Block, start: number, produced: number) {
  const input = new Input(engine, new MemorySource(bytes), start, bytes.length - start, BASE + start)
  const layer: StreamLayer = {
    kind: 'stream',
    codec: 'zstd',
    offset: 0,
    length: input.length,
    verified: false,
  }
  const frame = readZstdFrame(input, layer)
  if (frame === undefined)
    throw new BlockError(layer.error!.code, start + layer.error!.offset, layer.error!.message)
  const first = output + produced
  const maxBlock = Math.min(frame.window, ZSTD_MAX_BLOCK)
  engine.reserve(output + maxOutput + ZSTD_MAX_BLOCK + MARGIN)
  engine.zstdReset()
  let at = frame.blocks
  let to = first
  for (let isLast = false; !isLast; ) {
    const header = readZstdBlock(input, at)
    if (header === undefined || header.to > input.length) fail(MORE_INPUT, start + at)
    if (header.type > COMPRESSED_BLOCK || header.size > maxBlock) fail(-1, start + at)
    const from = input.load(header.from, header.to)
    if (header.type === COMPRESSED_BLOCK) {
      const status = engine.zstdBlock(from, from + header.size, first, to, to + maxBlock)
      if (status !== AT_BLOCK_END) fail(status, start + at)
      to = stoppedOutput(engine.memory)
    } else {
      if (header.type === RAW_BLOCK) engine.memory.copyWithin(to, from, from + header.size)
      else engine.memory.fill(engine.memory[from]!, to, to + header.size)
      to += header.size
    }
    at = header.to
    isLast = header.isLast
    if (to - output >= maxOutput) return { end: bytes.length, produced: to - output }
  }
  if (frame.hasChecksum) {
    const sum = Number(BigInt.asUintN(32, engine.xxh64(first, to - first)))
    if (at + 4 > input.length) fail(MORE_INPUT, start + at)
    if (readU32(bytes, start + at) !== sum) {
      throw new BlockError('checksum-mismatch', start + at, 'the xxh64 of its frame does not match')
    }
    at += 4
  }
  return { end: start + at, produced: to - output }
}
