/**
 * bzip2, as Linux compresses its kernels with `bzip2 -9`: unpacked block by block, each checked as it comes.
 * One stream, as Xen and Linux take it (xen/common/bunzip2.c).
 * @module
 */
import { AT_BLOCK_END, BAD_END, MORE_INPUT } from '../engine/block-state.ts'
import { readU32, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import * as bzip2 from '../engine/bzip2-state.ts'
import type { Window } from '../engine/engine.ts'
import type { StreamFault, StreamLayer } from '../facts/facts.ts'
import { handOver, placeBlock } from './ahead-bytes.ts'
import type { BlocksAhead, StreamAhead } from './blocks-ahead.ts'
import { MANY_CODES } from './bzip2-ahead.ts'
import { forgetOutput } from './forget-output.ts'
import { completeLayer, failStream, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'

const MAGIC = [0x42, 0x5a, 0x68]
/** A level is a digit, and stands for so many bytes in a block before its last stage. */
const LEVEL_SIZE = 100_000
/** Where the first block starts. */
const HEADER = 4
/** What is loaded for a block at first: one of code takes up to 350 KiB, one of noise 900. */
const FIRST_STEP = 512 * 1024
/** The last stage mostly lengthens a block a little, but may make 46 MB of it. */
const EXTRA_ROOM = 256 * 1024
/** So much of the input is handed to those who decode ahead: two of the longest blocks, which take 900 KiB. */
const INPUT_AHEAD = 2 * 2 ** 20

const BAD_TABLES = 'has Huffman tables that break the rules'
const REASONS = new Map<number, readonly [text: string, fault?: StreamFault]>([
  [bzip2.BAD_MAGIC, ['starts with no magic']],
  [bzip2.BAD_TABLES, [BAD_TABLES]],
  [bzip2.UNCHECKED_TABLES, [BAD_TABLES, 'unchecked']],
  [bzip2.EMPTY_BLOCK, ['has no bytes', 'unchecked']],
  [bzip2.BAD_CODE, ['has a code that no symbol has']],
  [bzip2.BAD_LENGTH, ['is longer than its level allows, or starts outside itself']],
])

/** Opens a stream that starts with bzip2's magic. What is wrong with it is in `layer.error`. */
export const openBzip2 = (context: UnpackContext): Unpacker => new Bzip2Unpacker(context)

class Bzip2Unpacker implements Unpacker {
  readonly layer: StreamLayer
  produced = 0
  readonly #context: UnpackContext
  /** The most bytes of a block, before the last stage. */
  #blockSize = 0
  /** Where the next block starts: a byte, and bits of it that belong to the block before. */
  #position = HEADER
  #bits = 0
  /** All blocks' checksums, as the stream's end has them. */
  #sum = 0
  #ended = false
  /** Other threads that are at blocks to come. */
  #ahead: StreamAhead | undefined

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('bzip2', context.input)
    this.layer.check = 'crc32'
    const header = new Uint8Array(HEADER)
    const length = context.input.read(header, 0)
    const differs = MAGIC.findIndex((byte, index) => index < length && header[index] !== byte)
    const level = header[HEADER - 1]! - 0x30
    if (differs !== -1) {
      const message = `the byte at ${hex(differs)} is not that of bzip2's magic`
      failStream(this.layer, 'stream-corrupt', differs, message)
    } else if (length < HEADER) {
      failStream(
        this.layer,
        'stream-truncated',
        length,
        `the stream ends inside its header at ${hex(length)}`,
      )
    } else if (level < 1 || level > 9) {
      failStream(
        this.layer,
        'stream-corrupt',
        HEADER - 1,
        `the level at 0x3 is ${hex(header[3]!)}, not a digit from 1 on`,
      )
    } else {
      this.#blockSize = level * LEVEL_SIZE
    }
  }

  need(start: number, end: number): Window {
    while (this.produced < end && !this.#ended && this.layer.error === undefined) this.#unpackBlock()
    const length = Math.max(0, Math.min(end, this.produced) - start)
    return { start, address: this.#context.output + start, length }
  }

  finish(): void {
    while (!this.#ended && this.layer.error === undefined) this.#unpackBlock()
    if (this.layer.error === undefined) completeLayer(this.layer, this.produced, this.#position)
  }

  forget(position: number): void {
    forgetOutput(this.#context, position, this.produced)
    this.#context.input.forget(this.#position)
  }

  help(ahead: BlocksAhead): void {
    const { input } = this.#context
    if (this.#ahead !== undefined || this.layer.error !== undefined || !ahead.helps(input.length)) return
    const address = input.load(this.#position, this.#position) - this.#position
    this.#ahead = ahead.open(input.length, address, { codec: 'bzip2', blockSize: this.#blockSize })
  }

  close(): void {
    this.#ahead?.close()
  }

  #unpackBlock(): void {
    if (this.#takeAhead()) return
    const at = this.#position
    const status = this.#readBlock()
    if (status === AT_BLOCK_END) this.#writeBlock(at)
    else if (status === bzip2.AT_STREAM_END) this.#endStream(at)
    else this.#fail(at, status)
  }

  /** Takes the next block from another thread; false where it has none, or one that does not fit. */
  #takeAhead(): boolean {
    const ahead = this.#ahead
    if (ahead === undefined) return false
    const block = ahead.take(this.#position * 8 + this.#bits)
    handOver(ahead, this.#context, this.#position, this.#position + INPUT_AHEAD)
    if (block === undefined || !placeBlock(this.#context, this.produced, block.bytes)) return false
    this.#position = block.next >>> 3
    this.#bits = block.next & 7
    this.#count(block.bytes.length, block.count)
    return true
  }

  #count(length: number, sum: number): void {
    this.produced += length
    this.#sum = (((this.#sum << 1) | (this.#sum >>> 31)) ^ sum) >>> 0
  }

  /** Decodes the next block: again from its start with more input, should it be longer than most are. */
  #readBlock(): number {
    const { engine, input } = this.#context
    for (let step = FIRST_STEP; ; step *= 2) {
      const loaded = Math.min(this.#position + step, input.length)
      const address = input.load(this.#position, loaded)
      const offset = this.#position - address
      const end = input.length - offset
      const status = engine.bzip2Block(address, this.#bits, loaded - offset, end, this.#blockSize)
      if (status === MORE_INPUT) continue
      if (status === AT_BLOCK_END && readU32(engine.memory, bzip2.BZIP2_CODES) >= MANY_CODES)
        this.layer.manyCodes = true
      if (status === AT_BLOCK_END || status === bzip2.AT_STREAM_END) {
        this.#position = stoppedInput(engine.memory) + offset
        this.#bits = readU32(engine.memory, bzip2.BZIP2_BITS)
      }
      return status
    }
  }

  /** Writes out the block that was decoded, and counts it when its checksum is right. */
  #writeBlock(at: number): void {
    const { engine, output, limits } = this.#context
    const sum = readU32(engine.memory, bzip2.BZIP2_CRC)
    const start = output + this.produced
    const limit = output + limits.output
    let to = start
    let room = readU32(engine.memory, bzip2.BZIP2_LENGTH) + EXTRA_ROOM
    while (true) {
      const end = Math.min(to + room, limit)
      engine.reserve(end)
      const status = engine.bzip2Write(to, end)
      to = stoppedOutput(engine.memory)
      if (status === AT_BLOCK_END) break
      if (end === limit) {
        failStream(
          this.layer,
          'output-limit',
          at,
          `it unpacks to more than the limit of ${limits.output} bytes`,
        )
        return
      }
      room *= 2
    }
    if (engine.crc32Bzip2(start, to - start, 0) >>> 0 !== sum) {
      failStream(this.layer, 'checksum-mismatch', at, `the crc32 of the block at ${hex(at)} does not match`)
      return
    }
    this.#count(to - start, sum)
  }

  #endStream(at: number): void {
    this.#ended = true
    // What is left of the last byte is padding.
    if (this.#bits > 0) this.#position++
    if (readU32(this.#context.engine.memory, bzip2.BZIP2_CRC) === this.#sum) return
    failStream(
      this.layer,
      'checksum-mismatch',
      at,
      `the crc32 of the stream, at its end at ${hex(at)}, does not match`,
    )
  }

  #fail(at: number, status: number): void {
    const name = `the block at ${hex(at)}`
    const { length } = this.#context.input
    if (status === BAD_END) {
      failStream(this.layer, 'stream-truncated', length, `the stream ends at ${hex(length)}, inside ${name}`)
    } else if (status === bzip2.RANDOMISED) {
      failStream(this.layer, 'stream-unsupported', at, `${name} is randomised, as bzip2 before 0.9.5 made it`)
    } else {
      const [text, fault] = REASONS.get(status)!
      failStream(this.layer, 'stream-corrupt', at, `${name} ${text}`, fault)
    }
  }
}
