/**
 * lz4's legacy frame, as Linux compresses its kernels with `lz4 -l`: blocks of 8 MiB that do not depend on
 * each other (lz4's doc/lz4_Frame_format.md, "Legacy frame"; xen/common/unlz4.c).
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
import { readU32, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import type { Window } from '../engine/engine.ts'
import type { StreamLayer } from '../facts/facts.ts'
import { type BlockRange, unpackedUpTo } from './blocks.ts'
import { forgetOutput } from './forget-output.ts'
import { lz4BySize } from './lz4-by-size.ts'
import { completeLayer, failStream, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'

const LEGACY_MAGIC = 0x184c2102
/** The later format, which no Xen takes: its magic number is ARCHIVE_MAGICNUMBER's neighbour, not its kin. */
const FRAME_MAGIC = 0x184d2204
const SIZE_WORD = 4
/** What a block unpacks to, but for the last one: LZ4_DEFAULT_UNCOMPRESSED_CHUNK_SIZE of unlz4.c. */
const BLOCK_SIZE = 8 << 20
/** A sequence copies from less far back: its offset has 16 bits. */
const MAX_DISTANCE = 1 << 16
/** What compressing 8 MiB takes at most (LZ4_COMPRESSBOUND of lz4.h): a larger size is no block's. */
const MAX_PACKED = BLOCK_SIZE + Math.floor(BLOCK_SIZE / 255) + 16
/** A compressed byte stands for 255 bytes at most, so a full block takes at least this. */
const MIN_FULL_PACKED = Math.floor(BLOCK_SIZE / 255)
/** 1 GiB of full blocks are 128: a stream of crumbs would take more memory for its list than for its bytes. */
const MAX_BLOCKS = 65536
/** Compressed bytes that are loaded at once: few at first, because the first window needs few. */
const FIRST_STEP = 32 * 1024
const MAX_STEP = 256 * 1024

interface Block extends BlockRange {
  /** Where its compressed bytes start and end in the stream. */
  from: number
  to: number
  /** The next compressed byte. */
  input: number
  ended: boolean
}

/** Opens a stream that starts with lz4's magic. What is wrong with it is in `layer.error`. */
export const openLz4 = (context: UnpackContext): Unpacker => new Lz4Unpacker(context)

class Lz4Unpacker implements Unpacker {
  readonly layer: StreamLayer
  produced = 0
  readonly #context: UnpackContext
  /** The blocks whose headers were read, in order. */
  readonly #blocks: Block[] = []
  /** Where the next block's header is. */
  #position = 4
  #ended = false
  /** Whether blocks may be passed over: known once a window is asked for that lies after the first one. */
  #hops: boolean | undefined

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('lz4', context.input)
    this.layer.check = 'none'
    const magic = this.#readWord(0)
    this.layer.framing = magic === FRAME_MAGIC ? 'frame' : 'legacy'
    if (magic === undefined) {
      failStream(
        this.layer,
        'stream-truncated',
        0,
        `the stream has ${context.input.length} bytes, its magic takes 4`,
      )
    } else if (magic === FRAME_MAGIC) {
      failStream(this.layer, 'stream-unsupported', 0, 'it is an lz4 frame, Xen takes the legacy frame only')
    } else if (magic !== LEGACY_MAGIC) {
      const message = `the magic at 0x0 is ${hex(magic)}, the legacy frame's is ${hex(LEGACY_MAGIC)}`
      failStream(this.layer, 'stream-corrupt', 0, message, 'header')
    }
  }

  need(start: number, end: number): Window {
    if (start >= BLOCK_SIZE) this.#hops ??= this.#findAllBlocks()
    if (this.#hops) this.#unpackBlocksOf(start, end)
    if (!this.#hops) this.#unpackInOrder(end)
    const last = unpackedUpTo(this.#blocks, start, end)
    return { start, address: this.#context.output + start, length: last - start }
  }

  finish(): void {
    this.#hops = false
    this.#unpackInOrder(Number.POSITIVE_INFINITY)
    if (this.layer.error === undefined) {
      completeLayer(this.layer, this.#blocks.at(-1)?.output ?? 0, this.#position)
    }
    this.#decodeBySize()
  }

  forget(position: number): void {
    let current: Block | undefined
    for (const block of this.#blocks) {
      if (block.start < position) {
        current = block
        continue
      }
      // One that was unpacked out of its turn lies far away: it is unpacked once more when that comes.
      this.produced -= block.output - block.start
      block.input = block.from
      block.output = block.start
      block.ended = false
    }
    if (current === undefined) return
    forgetOutput(this.#context, position - MAX_DISTANCE, current.output)
    this.#context.input.forget(current.input)
  }

  /** What those make of the stream who look at nothing but its size word; the same where everything agrees. */
  #decodeBySize(): void {
    const { layer } = this
    const { consumed, error, framing, length, sizeWord } = layer
    const agrees = error === undefined && consumed === length - SIZE_WORD
    if (agrees || layer.bySize !== undefined || sizeWord === undefined || framing !== 'legacy') return
    const { input } = this.#context
    const read = (into: Uint8Array, at: number) =>
      at < length ? input.read(into, at) : input.readOn(into, at)
    layer.bySize = lz4BySize({ read }, length, sizeWord)
  }

  #readWord(position: number): number | undefined {
    const word = new Uint8Array(4)
    return this.#context.input.read(word, position) === 4 ? readU32(word, 0) : undefined
  }

  /** Reads the next block's header. The stream ends at its size word, or at a size that is no block's. */
  #readHeader(): Block | undefined {
    const { length } = this.#context.input
    while (!this.#ended && this.layer.error === undefined) {
      const left = length - this.#position
      if (left === 0 || left === 4) break
      const size = this.#readWord(this.#position)
      if (size === undefined) {
        const message = `the stream ends inside the block header at ${hex(this.#position)}`
        failStream(this.layer, 'stream-truncated', this.#position, message)
        return undefined
      }
      if (size === LEGACY_MAGIC) {
        this.#position += 4
        // Were there millions of them, they should not be read one by one.
        this.#context.input.load(this.#position, this.#position + 4)
        continue
      }
      if (size === 0 || size > MAX_PACKED) break
      if (this.#blocks.length === MAX_BLOCKS) {
        const message = `it has more than ${MAX_BLOCKS} blocks at ${hex(this.#position)}`
        failStream(this.layer, 'stream-unsupported', this.#position, message)
        return undefined
      }
      const from = this.#position + 4
      this.#position = from + size
      const previous = this.#blocks.at(-1)
      const start = previous === undefined ? 0 : previous.start + BLOCK_SIZE
      const block = { from, to: from + size, start, input: from, output: start, ended: false }
      this.#blocks.push(block)
      return block
    }
    this.#ended = true
    return undefined
  }

  /**
   * Reads all block headers, and tells whether each block but the last may hold 8 MiB and their number is
   * what the size word says: then the place of each is known before it is unpacked.
   */
  #findAllBlocks(): boolean {
    const end = this.#context.input.length - 4
    let block = this.#blocks.at(-1) ?? this.#readHeader()
    while (block !== undefined && block.to < end) {
      if (block.to - block.from < MIN_FULL_PACKED) return false
      block = this.#readHeader()
    }
    const count = Math.ceil((this.layer.sizeWord ?? 0) / BLOCK_SIZE)
    if (block === undefined || block.to !== end || count !== this.#blocks.length) return false
    // After a block that was short, or a magic between two frames, the others are not in their places.
    return this.#blocks.every(({ start, output, ended, to }, index) => {
      const next = this.#blocks[index + 1]
      if (start !== index * BLOCK_SIZE) return false
      return next === undefined || (next.from - 4 === to && !(ended && output !== next.start))
    })
  }

  #unpackBlocksOf(start: number, end: number): void {
    const first = Math.floor(start / BLOCK_SIZE)
    const last = Math.min(Math.floor((end - 1) / BLOCK_SIZE), this.#blocks.length - 1)
    for (let index = first; index <= last; index++) {
      const block = this.#blocks[index]!
      this.#unpackBlock(block, end)
      if (this.layer.error !== undefined) return
      const short = block.ended && block.output !== block.start + BLOCK_SIZE
      if (short && index < this.#blocks.length - 1) {
        this.#hops = false
        return
      }
    }
  }

  #unpackInOrder(end: number): void {
    let position = 0
    for (let index = 0; position < end && this.layer.error === undefined; index++) {
      const block = this.#blocks[index] ?? this.#readHeader()
      if (block === undefined) return
      if (block.start !== position) {
        block.start = position
        block.output = position
        block.input = block.from
        block.ended = false
      }
      this.#unpackBlock(block, end)
      position = block.output
      if (!block.ended) return
    }
  }

  /** Unpacks a block until it has produced the stream's bytes up to `end`, or ends, or breaks. */
  #unpackBlock(block: Block, end: number): void {
    const { engine, input, output, forgotten = 0, limits } = this.#context
    const outputEnd = Math.min(block.start + BLOCK_SIZE, limits.output)
    const inputEnd = Math.min(block.to, input.length)
    // One more than there is room for: then the block's end is looked for as well.
    const target = Math.min(end, outputEnd + 1)
    if (block.start > limits.output) {
      failStream(this.layer, 'output-limit', block.input, tooLong(limits.output))
      return
    }
    if (block.ended || block.output >= target) return
    engine.reserve(output + outputEnd)
    for (let step = FIRST_STEP; ; ) {
      const loaded = Math.min(block.input + step, inputEnd)
      const address = input.load(block.input, loaded)
      const status = engine.lz4Block(
        address,
        address + loaded - block.input,
        address + block.to - block.input,
        output + Math.max(block.start, forgotten),
        output + block.output,
        output + outputEnd,
        output + target,
      )
      const { memory } = engine
      const progress = stoppedInput(memory) - address
      this.produced += stoppedOutput(memory) - output - block.output
      block.input += progress
      block.output = stoppedOutput(memory) - output
      block.ended = status === AT_BLOCK_END
      if (block.ended || status === AT_TARGET) return
      if (status !== MORE_INPUT || loaded === inputEnd) {
        this.#fail(block, status)
        return
      }
      // A sequence is unpacked once all of it is there, and literals that nothing compresses may be millions.
      step = progress > 0 ? Math.min(step * 2, MAX_STEP) : step * 2
    }
  }

  #fail(block: Block, status: number): void {
    const { limits, input } = this.#context
    const at = block.input
    const name = `the block at ${hex(block.from)}`
    const fail = failStream.bind(undefined, this.layer)
    if (status === MORE_INPUT) {
      fail(
        'stream-truncated',
        input.length,
        `${name} has ${block.to - block.from} bytes, the stream ends inside it`,
      )
    } else if (status === BAD_END) {
      fail('stream-corrupt', at, `${name} ends inside the sequence at ${hex(at)}`)
    } else if (status === BAD_DISTANCE) {
      fail('stream-corrupt', at, `the sequence at ${hex(at)} copies from before the start of ${name}`)
    } else if (status === OUTPUT_FULL && block.start + BLOCK_SIZE > limits.output) {
      fail('output-limit', at, tooLong(limits.output))
    } else {
      fail('stream-corrupt', at, `${name} unpacks to more than ${BLOCK_SIZE} bytes`)
    }
    this.#decodeBySize()
  }
}

const tooLong = (limit: number) => `it unpacks to more than the limit of ${limit} bytes`
