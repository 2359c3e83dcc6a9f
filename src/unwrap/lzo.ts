/**
 * LZO in lzop's container, as Linux compresses its kernels with `lzop -9`: blocks of 256 KiB that do not
 * depend on each other, with both sizes and a checksum in front (lzop's src/lzop.c; xen/common/unlzo.c).
 * @module
 */
import { AT_BLOCK_END, BAD_DISTANCE, BAD_END } from '../engine/block-state.ts'
import { readU32BE, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import type { Window } from '../engine/engine.ts'
import type { StreamFault, StreamLayer } from '../facts/facts.ts'
import type { StreamErrorCode } from '../problem.ts'
import { type BlockRange, unpackedUpTo } from './blocks.ts'
import { forgetOutput } from './forget-output.ts'
import {
  INPUT_ADLER32,
  INPUT_CRC32,
  LZOP_HEADER_LIMIT,
  type LzopHeader,
  OUTPUT_ADLER32,
  OUTPUT_CRC32,
  parseLzopHeader,
} from './lzop-header.ts'
import { completeLayer, failStream, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'

/** MAX_BLOCK_SIZE of lzop's src/lzop.h. */
const MAX_BLOCK_SIZE = 64 << 20
/** LZO_BLOCK_SIZE of xen/common/unlzo.c, BLOCK_SIZE of lzop's src/lzop.h: no lzop writes larger ones. */
const USUAL_BLOCK_SIZE = 256 << 10
/** 1 GiB in blocks of 256 KiB are 4096: a stream of crumbs would take more memory for its list than for its bytes. */
const MAX_BLOCKS = 65536
/** A compressed byte stands for 255 bytes at most, the last instructions for a little more. */
const MAX_RATIO = 255
const RATIO_SLACK = 64
/** Blocks below this are read together with their neighbours, not one by one. */
const SMALL_BLOCK = 16 * 1024

/** The longest header of a block: two sizes and four checksums. */
const BLOCK_HEADER = 24

interface Checksum {
  kind: 'adler32' | 'crc32'
  of: 'input' | 'output'
  value: number
}

interface Block extends BlockRange {
  /** Where its compressed bytes start and end in the stream. */
  from: number
  to: number
  /** Where its unpacked bytes end. */
  end: number
  checksums: Checksum[]
}

/** Opens a stream that starts with lzop's magic. What is wrong with it is in `layer.error`. */
export const openLzo = (context: UnpackContext): Unpacker => new LzoUnpacker(context)

/** An instruction, and a distance of zero. */
const END_MARK = 3

class LzoUnpacker implements Unpacker {
  readonly layer: StreamLayer
  produced = 0
  readonly #context: UnpackContext
  readonly #header: LzopHeader | undefined
  /** The blocks whose headers were read, in order. */
  readonly #blocks: Block[] = []
  /** For each of them anew: a hundred arrays cost as much as the system calls that fill them. */
  readonly #headerBytes = new Uint8Array(BLOCK_HEADER)
  /** Where the next block's header is, and where its unpacked bytes will be. */
  #position = 0
  #start = 0
  #ended = false
  /** It cannot be unpacked any further. A checksum that does not match is noted, and is in nobody's way. */
  #broken = false

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('lzo', context.input)
    const bytes = new Uint8Array(LZOP_HEADER_LIMIT)
    this.#header = parseLzopHeader(bytes.subarray(0, context.input.read(bytes, 0)), this.layer)
    this.#broken = this.#header === undefined
    if (this.#header === undefined) return
    const { flags, end } = this.#header
    this.layer.lzopFlags = flags
    this.#position = end
    const adler = (flags & (OUTPUT_ADLER32 | INPUT_ADLER32)) !== 0
    const crc = (flags & (OUTPUT_CRC32 | INPUT_CRC32)) !== 0
    this.layer.check = adler ? 'adler32' : crc ? 'crc32' : 'none'
  }

  need(start: number, end: number): Window {
    while (this.#start < end && this.#readBlockHeader() !== undefined) {}
    for (const block of this.#blocks) {
      if (block.start < end && block.end > start) this.#unpackBlock(block)
    }
    const last = unpackedUpTo(this.#blocks, start, end)
    return { start, address: this.#context.output + start, length: last - start }
  }

  finish(): void {
    this.#compareHeader()
    for (const block of this.#blocks) this.#unpackBlock(block)
    while (!this.#broken) {
      const block = this.#readBlockHeader()
      if (block === undefined) break
      this.#unpackBlock(block)
    }
    if (!this.#broken) completeLayer(this.layer, this.#start, this.#position)
  }

  forget(position: number): void {
    // Those that were unpacked out of their turn lie far away: they are unpacked once more when it comes.
    for (const block of this.#blocks) {
      if (block.start < position || block.output !== block.end) continue
      block.output = block.start
      this.produced -= block.end - block.start
    }
    forgetOutput(this.#context, position, unpackedUpTo(this.#blocks, position, this.#start))
  }

  /** Xen does not look at the header's checksum: nothing but a full check does. */
  #compareHeader(): void {
    if (this.#header === undefined) return
    const { start, checksumAt, checksum, checksumKind } = this.#header
    const address = this.#context.input.load(start, checksumAt)
    if (this.#sum(checksumKind, address, checksumAt - start) === checksum) return
    const message = `the ${checksumKind} of lzop's header at ${hex(checksumAt)} does not match`
    failStream(this.layer, 'checksum-mismatch', checksumAt, message, 'header')
  }

  #sum(kind: Checksum['kind'], address: number, length: number): number {
    const { engine } = this.#context
    return (kind === 'adler32' ? engine.adler32(address, length, 1) : engine.crc32(address, length, 0)) >>> 0
  }

  /** Reads the next block's header: nothing at the end of the stream, or when that is broken. */
  #readBlockHeader(): Block | undefined {
    if (this.#ended || this.#broken) return undefined
    const at = this.#position
    const bytes = this.#headerBytes
    const length = this.#context.input.read(bytes, at)
    const size = length >= 4 ? readU32BE(bytes, 0) : undefined
    if (size === 0) {
      this.#ended = true
      this.#position += 4
      return undefined
    }
    if (size !== undefined && size > USUAL_BLOCK_SIZE && this.layer.longBlock === undefined) {
      if (this.#unpackRead()) this.layer.longBlock = at
    }
    const packed = length >= 8 ? readU32BE(bytes, 4) : undefined
    const checksums = this.#checksumsOf(bytes, packed !== size)
    const from = at + 8 + 4 * checksums.length
    if (size === undefined || packed === undefined || from > at + length) {
      const message = `the stream ends inside the block header at ${hex(at)}`
      this.#stopAtHeader('stream-truncated', this.#context.input.length, message)
      return undefined
    }
    if (!this.#takesBlock(at, size, packed, from)) return undefined
    const start = this.#start
    const block: Block = { from, to: from + packed, start, end: start + size, output: start, checksums }
    this.#blocks.push(block)
    this.#start = block.end
    this.#position = block.to
    if (packed < SMALL_BLOCK) this.#context.input.load(block.to, block.to + bytes.length)
    return block
  }

  /** Checksums of the compressed bytes are there only where these differ from the unpacked ones. */
  #checksumsOf(bytes: Uint8Array, isPacked: boolean): Checksum[] {
    const flags = this.#header?.flags ?? 0
    const checksums: Checksum[] = []
    const add = (flag: number, kind: Checksum['kind'], of: Checksum['of']) => {
      if ((flags & flag) === 0) return
      checksums.push({ kind, of, value: readU32BE(bytes, 8 + 4 * checksums.length) })
    }
    add(OUTPUT_ADLER32, 'adler32', 'output')
    add(OUTPUT_CRC32, 'crc32', 'output')
    if (isPacked) {
      add(INPUT_ADLER32, 'adler32', 'input')
      add(INPUT_CRC32, 'crc32', 'input')
    }
    return checksums
  }

  /** Whether sizes in a block header can be true, before memory is spent on them. */
  #takesBlock(at: number, size: number, packed: number, from: number): boolean {
    const { limits, input } = this.#context
    if (size > MAX_BLOCK_SIZE) {
      const message = `the block at ${hex(at)} says that it unpacks to ${size} bytes, limit is ${MAX_BLOCK_SIZE}`
      this.#stopAtHeader('stream-corrupt', at, message)
    } else if (packed === 0 || packed > size || size > packed * MAX_RATIO + RATIO_SLACK) {
      const message = `the block at ${hex(at)} says that ${packed} bytes unpack to ${size}`
      const cannotBe = packed === 0 || packed > size || packed > input.length - from
      this.#stopAtHeader('stream-corrupt', at, message, cannotBe ? 'size' : undefined)
    } else if (this.#start + size > limits.output) {
      this.#stop('output-limit', at, `it unpacks to more than the limit of ${limits.output} bytes`)
    } else if (this.#blocks.length === MAX_BLOCKS) {
      this.#stop('stream-unsupported', at, `it has more than ${MAX_BLOCKS} blocks at ${hex(at)}`)
    }
    return !this.#broken
  }

  /**
   * Unpacks the blocks whose headers were read: a block that breaks comes before what is wrong with the header after it,
   * and its size may be why. False where one breaks. Not where blocks were given up.
   */
  #unpackRead(): boolean {
    if ((this.#context.forgotten ?? 0) === 0) for (const block of this.#blocks) this.#unpackBlock(block)
    return !this.#broken
  }

  /** Stops at a header that is wrong, unless a block before it is. */
  #stopAtHeader(code: StreamErrorCode, offset: number, message: string, fault?: StreamFault): void {
    if (this.#unpackRead()) this.#stop(code, offset, message, fault)
  }

  #stop(code: StreamErrorCode, offset: number, message: string, fault?: StreamFault): void {
    // No loader compares checksums: what ends the decoding says more.
    if (this.layer.error?.code === 'checksum-mismatch') delete this.layer.error
    failStream(this.layer, code, offset, message, fault)
    this.#broken = true
  }

  #unpackBlock(block: Block): void {
    const { engine, input, output } = this.#context
    if (block.output === block.end || this.#broken) return
    if (block.to > input.length) {
      const message = `the block at ${hex(block.from)} has ${block.to - block.from} bytes, the stream ends inside it`
      this.#stop('stream-truncated', input.length, message)
      return
    }
    const address = input.load(block.from, block.to)
    const packed = block.to - block.from
    const size = block.end - block.start
    engine.reserve(output + block.end)
    this.#compare(block, 'input', address, packed)
    if (packed === size) {
      this.layer.stored = true
      engine.memory.copyWithin(output + block.start, address, address + packed)
    } else {
      const status = engine.lzoBlock(address, address + packed, output + block.start, output + block.end)
      const length = stoppedOutput(engine.memory) - output - block.start
      if (status !== AT_BLOCK_END || length !== size) {
        this.#fail(block, status, block.from + stoppedInput(engine.memory) - address, length)
        return
      }
    }
    this.#compare(block, 'output', output + block.start, size)
    block.output = block.end
    this.produced += size
  }

  #compare(block: Block, of: Checksum['of'], address: number, length: number): void {
    for (const checksum of block.checksums) {
      if (checksum.of !== of || this.#sum(checksum.kind, address, length) === checksum.value) continue
      const bytes = of === 'input' ? 'compressed' : 'unpacked'
      const message = `the ${checksum.kind} of the ${bytes} bytes of the block at ${hex(block.from)} does not match`
      failStream(this.layer, 'checksum-mismatch', block.from, message)
    }
  }

  #fail(block: Block, status: number, at: number, length: number): void {
    const name = `the block at ${hex(block.from)}`
    const size = block.end - block.start
    const message =
      status === AT_BLOCK_END
        ? `${name} unpacks to ${length} bytes, its header says ${size}`
        : status === BAD_END
          ? `${name} does not end where its end mark should be, at ${hex(at)}`
          : status === BAD_DISTANCE
            ? `the instruction at ${hex(at)} copies from before the start of ${name}`
            : `${name} unpacks to more than ${size} bytes`
    const isEnd = status === BAD_END && this.#isLongEndMark(at, block.to)
    this.#stop('stream-corrupt', at, message, isEnd ? 'end' : undefined)
  }

  /** True for an end mark at the block's end which says another length than the one that compressors write. */
  #isLongEndMark(at: number, to: number): boolean {
    const { engine, input } = this.#context
    if (to - at < END_MARK) return false
    const address = input.load(at, to)
    const mark = engine.memory.subarray(address, address + to - at)
    const lengthBytes = (mark[0]! & 7) === 0 ? mark.findIndex((byte, index) => index > 0 && byte !== 0) : 0
    return (
      (mark[0]! & 0xf8) === 0x10 &&
      to - at === END_MARK + lengthBytes &&
      (mark.at(-2)! >> 2) + mark.at(-1)! === 0
    )
  }
}
