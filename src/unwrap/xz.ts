/**
 * The .xz container (https://tukaani.org/xz/xz-file-format.txt, version 1.1.0, whose sections are named
 * here): blocks of LZMA2, with or without the x86 filter, as Linux makes them. What follows the first stream
 * is not looked at.
 */
import { X86_HISTORY, X86_LOOKAHEAD } from '../engine/codec-layout.ts'
import type { Window } from '../engine/engine.ts'
import type { StreamError, StreamLayer } from '../facts/facts.ts'
import { LzmaStream } from './lzma-stream.ts'
import { Lzma2 } from './lzma2.ts'
import { completeLayer, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'
import { type FilterState, X86_TAIL, X86Window } from './x86-window.ts'
import { BlockCheck } from './xz-check.ts'
import { type BlockFilter, undoFilter } from './xz-filters.ts'
import { type BlockHeader, parseBlockHeader, parseStreamFlags, type StreamFlags } from './xz-header.ts'
import { BlockTally, readIndex } from './xz-index.ts'
import { streamError, XzReader } from './xz-reader.ts'

const STREAM_HEADER_SIZE = 12
/** Section 2.1.1.1. */
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
/** What is summed up at once where it is copied for that. */
const SUM_STEP = 2 ** 20
/** Section 4: an index starts where a block's header size would be 0. */
const INDEX_INDICATOR = 0

interface Block {
  header: BlockHeader
  headerSize: number
  /** Where its header starts, and its first unpacked byte. */
  position: number
  start: number
  chunks: Lzma2
  /** Of the unpacked bytes before `summed`. */
  check: BlockCheck
  summed: number
  /** Where the x86 filter, as the only one, goes over it. */
  window?: X86Window
  /** Nothing of it is final before its end: other filters go over it as a whole. */
  isFinalAtEnd: boolean
}

/**
 * Opens the .xz stream at the start of the input: its header and that of the first block are read at once. An
 * engine decodes one stream of xz or lzma at a time: the one that was opened last.
 */
export function openXz(context: UnpackContext): Unpacker {
  return new XzUnpacker(context)
}

class XzUnpacker implements Unpacker {
  readonly layer: StreamLayer
  readonly #context: UnpackContext
  readonly #lzma: LzmaStream
  readonly #reader: XzReader
  readonly #tally = new BlockTally()
  #flags: StreamFlags = { check: 'unknown', checkSize: 0 }
  #flagBytes = new Uint8Array(2)
  #block: Block | undefined
  #done = false
  /** Bytes are given up once they were asked for, so each is summed up when it is. */
  #forgets = false

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('xz', context.input)
    this.#lzma = new LzmaStream(context)
    this.#reader = new XzReader(context, this.#lzma)
    this.#stopAt(this.#readStreamHeader() ?? this.#startBlock())
  }

  get produced(): number {
    return this.#lzma.produced
  }

  need(start: number, end: number): Window {
    this.#unpack(end)
    if (this.#final < end) this.#unpack(end + X86_TAIL)
    while (this.#final < end && this.#block?.isFinalAtEnd === true && !this.#done) {
      this.#stopAt(this.#unpackBlock(this.#block, Number.POSITIVE_INFINITY))
      this.#unpack(end)
    }
    return this.#window(start, end)
  }

  finish(): void {
    this.#unpack(Number.POSITIVE_INFINITY)
  }

  forget(position: number): void {
    const block = this.#block
    // Its filters or its check take a block as a whole.
    if (block !== undefined && (block.isFinalAtEnd || !block.check.takesPieces)) return
    this.#forgets = true
    let needed = Math.min(position, this.#final)
    if (block !== undefined && needed > block.start) {
      while (block.summed < needed) this.#window(block.summed, Math.min(block.summed + SUM_STEP, needed))
      block.window?.forget(needed, this.#lzma.free)
      needed = block.window?.first.position ?? needed
    }
    this.#lzma.forget(needed)
    this.#context.input.forget(this.#lzma.position)
  }

  /** Bytes that were unpacked before. */
  #window(start: number, end: number): Window {
    const length = Math.max(0, Math.min(end, this.#final) - start)
    const address = this.#address(start, length)
    const block = this.#block
    if (this.#forgets && block?.summed === start && block.check.takesPieces) {
      block.check.add(address, length)
      block.summed += length
    }
    return { start, address, length }
  }

  /** How many unpacked bytes will not change any more. */
  get #final(): number {
    const { produced } = this.#lzma
    if (this.#block?.isFinalAtEnd === true) return this.#block.start
    return this.#block?.window === undefined ? produced : Math.max(this.#block.start, produced - X86_TAIL)
  }

  /** Where the final bytes [start, start + length) are: in place, or in a filtered copy after the output. */
  #address(start: number, length: number): number {
    const { output, engine } = this.#context
    const block = this.#block
    if (block?.window === undefined || start + length <= block.start || length === 0) return output + start
    const into = this.#lzma.free
    const before = Math.max(0, block.start - start)
    engine.reserve(into + before)
    engine.memory.copyWithin(into, output + start, output + start + before)
    return block.window.copy(start + before, start + length, this.#lzma.produced, into + before) - before
  }

  #unpack(target: number): void {
    while (!this.#done && this.#lzma.produced < target) {
      this.#stopAt(this.#block === undefined ? this.#startBlock() : this.#unpackBlock(this.#block, target))
    }
  }

  #stopAt(error: StreamError | undefined): void {
    if (error === undefined) return
    this.layer.error = error
    this.#done = true
  }

  #readStreamHeader(): StreamError | undefined {
    const reader = this.#reader
    const bytes = reader.take(STREAM_HEADER_SIZE)
    if (bytes === undefined) return reader.truncated('the stream header')
    if (MAGIC.some((byte, at) => bytes[at] !== byte)) {
      return streamError('stream-corrupt', 0, 'it does not start with the magic of .xz')
    }
    if (!reader.checksumAgrees(6, 2, bytes.subarray(8))) {
      return streamError('stream-corrupt', 8, 'the checksum of the stream header does not agree')
    }
    this.#flagBytes = bytes.slice(6, 8)
    const flags = parseStreamFlags(this.#flagBytes)
    if (flags === undefined) {
      return streamError('stream-unsupported', 6, 'the stream header has flags that mean nothing yet')
    }
    this.#flags = flags
    this.layer.check = flags.check
    reader.position = STREAM_HEADER_SIZE
    return undefined
  }

  /** Reads a block's header, or what follows the last block. */
  #startBlock(): StreamError | undefined {
    const reader = this.#reader
    const position = reader.position
    const size = reader.take(1)?.[0]
    if (size === INDEX_INDICATOR) return this.#end()
    const headerSize = (size! + 1) * 4
    const bytes = size === undefined ? undefined : reader.take(headerSize)
    if (bytes === undefined) return reader.truncated('a block header')
    const where = `the block header at ${hex(position)}`
    if (!reader.checksumAgrees(position, headerSize - 4, bytes.subarray(headerSize - 4))) {
      return streamError('stream-corrupt', position, `the checksum of ${where} does not agree`)
    }
    const header = parseBlockHeader(bytes.subarray(0, headerSize - 4))
    if ('code' in header) return streamError(header.code, position, `${where} ${header.message}`)
    const { dictionary, filters } = header
    if (filters.length > 0)
      this.layer.filters ??= filters.map(({ name, start }) => ({
        name,
        ...(start !== undefined && { start }),
      }))
    this.layer.dictionary = Math.max(dictionary, this.layer.dictionary ?? 0)
    const { window } = this.#context.limits
    if (dictionary > window) {
      const message = `${where} asks for a dictionary of ${dictionary} bytes, the limit is ${window}`
      return streamError('window-limit', position, message)
    }
    reader.position += headerSize
    const start = this.#lzma.produced
    const isX86 = filters.length === 1 && filters[0]!.name === 'x86'
    this.#block = {
      header,
      headerSize,
      position,
      start,
      chunks: new Lzma2(this.#context, this.#lzma, dictionary),
      check: new BlockCheck(this.#context.engine, this.#flags.check),
      summed: start,
      isFinalAtEnd: filters.length > 0 && !isX86,
    }
    if (isX86) this.#block.window = new X86Window(this.#context, start, filters[0]!.start ?? 0)
    return undefined
  }

  #unpackBlock(block: Block, target: number): StreamError | undefined {
    const error = block.chunks.run(target)
    return error === undefined && block.chunks.ended ? this.#endBlock(block) : error
  }

  /** The dictionary is not needed any more: the block is filtered where it lies, and its check compared. */
  #endBlock(block: Block): StreamError | undefined {
    const reader = this.#reader
    const { header, headerSize, position, start } = block
    const unpacked = this.#lzma.produced - start
    for (const filter of header.filters.toReversed())
      this.#undo(filter, block.window?.first ?? { position: start, history: 0 }, start)
    this.#block = undefined

    const packed = reader.position - position - headerSize
    const where = `the block at ${hex(position)}`
    if ((header.packed ?? packed) !== packed || (header.unpacked ?? unpacked) !== unpacked) {
      const message = `${where} unpacks ${packed} bytes to ${unpacked}, its header says otherwise`
      return streamError('checksum-mismatch', position, message)
    }
    const fault = reader.skipPadding(packed, where)
    if (fault !== undefined) return fault
    const { check, checkSize } = this.#flags
    const stored = reader.take(checkSize)
    if (stored === undefined) return reader.truncated(`the check of ${where}`)
    block.check.add(this.#context.output + block.summed, this.#lzma.produced - block.summed)
    if (block.check.bytes?.some((byte, at) => byte !== stored[at])) {
      return streamError('checksum-mismatch', reader.position, `the ${check} of ${where} does not agree`)
    }
    reader.position += checkSize
    this.#tally.add(headerSize + packed + checkSize, unpacked)
    return undefined
  }

  /** Undoes a filter from where it stood on, in a block whose first byte is at `start`. */
  #undo(filter: BlockFilter, { position, history }: FilterState, start: number): void {
    const { engine, output } = this.#context
    const end = output + this.#lzma.produced
    if (filter.name !== 'x86') {
      undoFilter(filter, engine.memory.subarray(output + position, end))
      return
    }
    engine.reserve(end + X86_LOOKAHEAD)
    engine.memory[X86_HISTORY] = history
    engine.bcjX86(output + position, end - output - position, (filter.start ?? 0) + position - start)
  }

  #end(): StreamError | undefined {
    const error = readIndex(this.#reader, this.#tally, this.#flagBytes)
    if (error !== undefined) return error
    this.#done = true
    completeLayer(this.layer, this.#lzma.produced, this.#reader.position)
    if (this.#flags.check === 'unknown') this.layer.verified = false
    return undefined
  }
}
