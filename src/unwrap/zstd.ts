/**
 * zstd (RFC 8878): one frame, as Xen and Linux take it, unpacked block by block.
 * @module
 */
import { AT_BLOCK_END, BAD_DISTANCE, OUTPUT_FULL } from '../engine/block-state.ts'
import { readU32, stoppedInput, stoppedOutput, writeU32 } from '../engine/block-stop.ts'
import type { Window } from '../engine/engine.ts'
import {
  PAIRS_ALLOWED,
  PAIRS_USED_UP,
  ZSTD_BAD_LITERALS,
  ZSTD_BAD_SEQUENCES,
  ZSTD_BAD_TABLES,
  ZSTD_HAS,
  ZSTD_HAS_HUFFMAN,
  ZSTD_MAX_BLOCK,
  ZSTD_PAIRS,
  ZSTD_TABLE_BYTES,
  ZSTD_TABLE_LITERALS,
} from '../engine/zstd-state.ts'
import type { StreamFault, StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { completeLayer, failStream, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'
import {
  COMPRESSED_BLOCK,
  RAW_BLOCK,
  RLE_BLOCK,
  readZstdBlock,
  readZstdFrame,
  skipFrames,
  type ZstdBlock,
  type ZstdFrame,
} from './zstd-frame.ts'

/** What zstd takes without being told to take more (ZSTD_WINDOWLOG_LIMIT_DEFAULT of lib/zstd.h). */
const MAX_WINDOW = 2 ** 27
/** The low half of an XXH64 (section 3.1.1). */
const CHECKSUM_SIZE = 4
/** Small blocks are not read one by one, and memory does not grow with each of them. */
const INPUT_STEP = 256 * 1024
const OUTPUT_STEP = 4 << 20

const REASONS = new Map<number, string>([
  [ZSTD_BAD_LITERALS, 'has literals that break the rules'],
  [ZSTD_BAD_TABLES, 'has sequence tables that break the rules'],
  [ZSTD_BAD_SEQUENCES, 'has sequences that do not end where their bits and literals do'],
  [BAD_DISTANCE, 'copies from before the start of the frame'],
])

/** A kernel of 66 MB has some 500 blocks. */
const MOST_BLOCKS = 100_000
/** Literals without a table of their own (section 3.1.1.3.1.1). */
const TREELESS = 3
/** ZSTD_decodeSeqHeaders of xen/common/zstd/decompress.c wants so many bytes after the number of sequences. */
const MIN_SEQUENCES = 4

const badBlock = (at: number, reason: string) => `the block at ${hex(at)} ${reason}`

/** Opens a stream that starts with zstd's magic. What is wrong with it is in `layer.error`. */
export const openZstd = (context: UnpackContext): Unpacker => new ZstdUnpacker(context)

class ZstdUnpacker implements Unpacker {
  readonly layer: StreamLayer
  produced = 0
  readonly #context: UnpackContext
  /** The frame that is being unpacked; where its contents start in the output, and itself in the input. */
  #frame: ZstdFrame | undefined
  #frameStart = 0
  #frameAt = 0
  /** The most bytes of a block, compressed or not (section 3.1.1.2.4). */
  #maxBlock = 0
  /** Where the next block header is; after the last block, where the frame goes on. */
  #position = 0
  #isFrameDone = false
  #ended = false
  /** It cannot go on. Literals that pass in pairs are an error, and do not stop it. */
  #failed = false
  #room = 0

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('zstd', context.input)
    this.#openFrame(0)
    if (this.#frame === undefined) return
    this.layer.dictionary = this.#frame.window
    this.layer.check = this.#frame.hasChecksum ? 'xxh64' : 'none'
  }

  need(start: number, end: number): Window {
    this.#unpack(end)
    const length = Math.max(0, Math.min(end, this.produced) - start)
    return { start, address: this.#context.output + start, length }
  }

  finish(): void {
    this.#unpack(Number.POSITIVE_INFINITY)
    const { error, literalPairs } = this.layer
    if (error === undefined) completeLayer(this.layer, this.produced, this.#position)
    else if (literalPairs !== undefined && !this.#failed) literalPairs.unnoticed = true
  }

  /** A frame's checksum and its window, which mostly is as long as the frame, need all of the output. */
  forget(): void {
    this.#context.input.forget(this.#position)
  }

  #openFrame(at: number): void {
    const { input, limits } = this.#context
    this.#frame = readZstdFrame(input, this.layer, at)
    this.#failed = this.#frame === undefined
    if (this.#frame === undefined) return
    const { window, blocks, dictionaryId } = this.#frame
    this.#frameStart = this.produced
    this.#frameAt = at
    this.#isFrameDone = false
    this.#maxBlock = Math.min(window, ZSTD_MAX_BLOCK)
    this.#position = blocks
    const limit = Math.min(limits.window, MAX_WINDOW)
    if (window > limit) {
      const message = `the window at ${hex(at + 5)} is ${window} bytes, limit is ${limit}`
      this.#fail('window-limit', at + 5, message)
    } else if (dictionaryId !== undefined) {
      const message = `the frame needs a dictionary, by its id at ${hex(dictionaryId)}`
      this.#fail('stream-unsupported', dictionaryId, message, this.#faultOfSizes(blocks))
    }
  }

  #unpack(end: number): void {
    while (this.produced < end && !this.#ended && !this.#failed) {
      if (this.#isFrameDone) this.#endFrame()
      else this.#unpackBlock()
    }
  }

  /** Compares what a frame says of its contents, and goes on with the frame after it. */
  #endFrame(): void {
    const { input } = this.#context
    const { contentSize, hasChecksum } = this.#frame!
    const size = this.produced - this.#frameStart
    if (hasChecksum && !this.#compareChecksum()) return
    if (contentSize !== undefined && contentSize !== size) {
      const message = `the frame's header says that it unpacks to ${contentSize} bytes, it unpacks to ${size}`
      this.#fail('stream-corrupt', this.#frameAt + 5, message, 'unchecked')
      return
    }
    const { end, isFrame } = skipFrames(input, this.#position + (hasChecksum ? CHECKSUM_SIZE : 0))
    this.#position = end
    this.#ended = !isFrame
    if (!isFrame) return
    this.layer.firstFrame ??= { unpacked: this.produced, consumed: end }
    this.#openFrame(end)
  }

  #unpackBlock(): void {
    const { input } = this.#context
    const at = this.#position
    if (at === this.#frame!.blocks) this.#startFrame()
    input.load(at, Math.min(at + INPUT_STEP, input.length))
    const block = readZstdBlock(input, at)
    if (block === undefined) {
      const message = `the stream ends at ${hex(input.length)}, before its last block`
      this.#fail('stream-truncated', input.length, message)
      return
    }
    if (!this.#takesBlock(block, at)) return
    const before = this.produced
    const status = this.#runBlock(block)
    if (status === AT_BLOCK_END) {
      if (this.layer.literalPairs === undefined) this.#notePairs(at, before)
      this.#position = block.to
      this.#isFrameDone = block.isLast
    } else if (status === OUTPUT_FULL && this.produced + this.#maxBlock > this.#context.limits.output) {
      this.#overLimit(at)
    } else {
      const reason = REASONS.get(status) ?? `unpacks to more than ${this.#maxBlock} bytes`
      this.#fail(
        'stream-corrupt',
        at,
        badBlock(at, reason),
        this.#faultOfSizes(at) ?? this.#faultIn(block, status),
      )
    }
  }

  #startFrame(): void {
    const { engine } = this.#context
    engine.zstdReset()
    if (this.layer.literalPairs === undefined) writeU32(engine.memory, ZSTD_PAIRS, PAIRS_ALLOWED)
  }

  /** Notes it where the block at `at` breaks the rules, and unpacking goes on as if it did not. */
  #notePairs(at: number, unpacked: number): void {
    const { memory } = this.#context.engine
    const pairs = readU32(memory, ZSTD_PAIRS)
    if (pairs === PAIRS_ALLOWED) return
    failStream(this.layer, 'stream-corrupt', at, badBlock(at, REASONS.get(ZSTD_BAD_LITERALS)!))
    const literals = readU32(memory, ZSTD_TABLE_LITERALS)
    this.layer.literalPairs = { unpacked, literals, bytes: readU32(memory, ZSTD_TABLE_BYTES) }
    if (pairs === PAIRS_USED_UP) this.layer.literalPairs.usedUp = true
  }

  #takesBlock({ type, size, from, to }: ZstdBlock, at: number): boolean {
    const { input, limits } = this.#context
    const name = `the block at ${hex(at)}`
    if (type > COMPRESSED_BLOCK) {
      this.#fail('stream-corrupt', at, `${name} is of the reserved type ${type}`)
    } else if (size > this.#maxBlock) {
      const isUnseen = type !== COMPRESSED_BLOCK || size < ZSTD_MAX_BLOCK
      const fault = this.#faultOfSizes(at) ?? (isUnseen ? 'unchecked' : 'size')
      this.#fail('stream-corrupt', at, `${name} has ${size} bytes, limit is ${this.#maxBlock}`, fault)
    } else if (to > input.length) {
      this.#fail(
        'stream-truncated',
        input.length,
        `${name} has ${to - from} bytes, the stream ends inside it`,
      )
    } else if (type !== COMPRESSED_BLOCK && this.produced + size > limits.output) {
      this.#overLimit(at)
    }
    return !this.#failed
  }

  /** Unpacks the bytes of a block that may be taken, counts them, and returns a status of block-state.ts or zstd-state.ts. */
  #runBlock({ type, size, from, to }: ZstdBlock): number {
    const { engine, input, output, limits } = this.#context
    const start = output + this.produced
    const end = Math.min(start + this.#maxBlock, output + limits.output)
    if (end > this.#room) {
      this.#room = Math.min(end + OUTPUT_STEP, output + limits.output)
      engine.reserve(this.#room)
    }
    const address = input.load(from, to)
    if (type === COMPRESSED_BLOCK) {
      const status = engine.zstdBlock(address, address + size, output + this.#frameStart, start, end)
      if (status === AT_BLOCK_END) this.produced = stoppedOutput(engine.memory) - output
      return status
    }
    if (type === RAW_BLOCK) engine.memory.copyWithin(start, address, address + size)
    else if (type === RLE_BLOCK) engine.memory.fill(engine.memory[address]!, start, start + size)
    this.produced += size
    return AT_BLOCK_END
  }

  #compareChecksum(): boolean {
    const { engine, input, output } = this.#context
    const at = this.#position
    const bytes = new Uint8Array(CHECKSUM_SIZE)
    if (input.read(bytes, at) < CHECKSUM_SIZE) {
      const message = `the stream ends at ${hex(input.length)}, before the end of its checksum`
      this.#fail('stream-truncated', input.length, message)
    } else if (
      BigInt.asUintN(32, engine.xxh64(output + this.#frameStart, this.produced - this.#frameStart)) !==
      BigInt(readU32(bytes, 0))
    ) {
      this.#fail('checksum-mismatch', at, `the xxh64 at ${hex(at)} does not match`)
    }
    return !this.#failed
  }

  #overLimit(at: number): void {
    const { limits } = this.#context
    this.#fail('output-limit', at, `it unpacks to more than the limit of ${limits.output} bytes`)
  }

  /** What is wrong with the headers of the blocks from `at` on, which Xen's decoder looks at first. */
  #faultOfSizes(at: number): StreamFault | undefined {
    const { input } = this.#context
    let position = at
    for (let blocks = 0; blocks < MOST_BLOCKS; blocks++) {
      input.load(position, Math.min(position + INPUT_STEP, input.length))
      const block = readZstdBlock(input, position)
      if (block === undefined) return 'size'
      if (block.type > COMPRESSED_BLOCK) return 'type'
      if (block.to > input.length) return 'size'
      position = block.to
      if (!block.isLast) continue
      return this.#frame!.hasChecksum && position + CHECKSUM_SIZE > input.length ? 'size' : undefined
    }
    return 'unchecked'
  }

  /** Where Xen's decoder says something else of a block that cannot be unpacked, or does not look (xen/common/zstd). */
  #faultIn({ from, to }: ZstdBlock, status: number): StreamFault | undefined {
    const { engine, input } = this.#context
    const { memory } = engine
    const address = input.load(from, to)
    // A block is not held against the window, nor sequences against the bits that are left of them.
    if (status === OUTPUT_FULL) return 'unchecked'
    if (status === ZSTD_BAD_SEQUENCES) return this.#frame!.hasChecksum ? undefined : 'unchecked'
    if (status === ZSTD_BAD_LITERALS) {
      if (this.#maxBlock < ZSTD_MAX_BLOCK) return 'unchecked'
      const wantsTable = (memory[address]! & 3) === TREELESS
      return wantsTable && (readU32(memory, ZSTD_HAS) & ZSTD_HAS_HUFFMAN) === 0 ? 'no-table' : undefined
    }
    if (status !== ZSTD_BAD_TABLES) return undefined
    const at = stoppedInput(memory)
    if (at + MIN_SEQUENCES > address + to - from) return 'size'
    return (memory[at]! & 3) !== 0 || memory[at - 1] === 0 ? 'unchecked' : undefined
  }

  #fail(code: StreamErrorCode, offset: number, message: string, fault?: StreamFault): void {
    this.#failed = true
    failStream(this.layer, code, offset, message, fault)
  }
}
