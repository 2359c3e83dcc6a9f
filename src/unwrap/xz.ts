/**
 * The .xz container (https://tukaani.org/xz/xz-file-format.txt, version 1.1.0, whose sections are named
 * here): blocks of LZMA2, with or without the x86 filter, as Linux makes them. What follows the first stream
 * is not looked at.
 */
import type { Window } from '../engine/engine.ts'
import type { StreamError, StreamLayer } from '../facts/facts.ts'
import { placeBlock } from './ahead-bytes.ts'
import type { BlocksAhead } from './blocks-ahead.ts'
import { LzmaStream } from './lzma-stream.ts'
import { completeLayer, hex, openLayer } from './stream-layer.ts'
import type { UnpackContext, Unpacker } from './unpacker.ts'
import { type PlacedHeader, readBlockHeader, XzBlock } from './xz-block.ts'
import { openXzAhead, type XzAhead } from './xz-ahead.ts'
import { parseStreamFlags, STREAM_HEADER_SIZE, type StreamFlags } from './xz-header.ts'
import { BlockTally, readIndex } from './xz-index.ts'
import { streamError, XzReader } from './xz-reader.ts'

/** Section 2.1.1.1. */
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
/** Section 4: an index starts where a block's header size would be 0. */
const INDEX_INDICATOR = 0

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
  #block: XzBlock | undefined
  /** Other threads that are at blocks to come. */
  #ahead: XzAhead | undefined
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
    const length = Math.max(0, Math.min(end, this.#final) - start)
    const address = this.#block?.address(start, length) ?? this.#context.output + start
    if (this.#forgets) this.#block?.sum(start, address, length)
    return { start, address, length }
  }

  finish(): void {
    this.#unpack(Number.POSITIVE_INFINITY)
  }

  forget(position: number): void {
    if (this.#block?.isWhole === true) return
    this.#forgets = true
    const needed = Math.min(position, this.#final)
    this.#lzma.forget(this.#block?.forget(needed) ?? needed)
    this.#context.input.forget(this.#lzma.position)
  }

  /** Not after the first block: then they are small. */
  help(ahead: BlocksAhead): void {
    const isFirst = this.#block !== undefined && this.#tally.count === 0
    if (isFirst) this.#ahead ??= openXzAhead(this.#context, ahead, this.#flags)
  }

  close(): void {
    this.#ahead?.close()
  }

  /** How many unpacked bytes will not change any more. */
  get #final(): number {
    return this.#block?.final ?? this.#lzma.produced
  }

  /** Unpacks until the bytes before `target` are final. */
  #unpack(target: number): void {
    while (!this.#done && this.#final < target) {
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
    const size = this.#reader.take(1)?.[0]
    if (size === INDEX_INDICATOR) return this.#end()
    const header = readBlockHeader(this.#reader, size)
    if ('code' in header) return header
    const fault = this.#noteHeader(header)
    if (fault !== undefined || this.#takeAhead(header.position)) return fault
    this.#block = new XzBlock(this.#context, this.#lzma, this.#reader, header, this.#flags)
    return undefined
  }

  /** Takes the block at a position from another thread; false where it has none, or one that does not fit. */
  #takeAhead(position: number): boolean {
    const block = this.#ahead?.take(this.#context, position)
    const { produced } = this.#lzma
    if (block === undefined || !placeBlock(this.#context, produced, block.bytes)) return false
    this.#lzma.position = block.next / 8
    this.#lzma.produced += block.bytes.length
    this.#tally.add({ unpadded: block.count, unpacked: block.bytes.length })
    return true
  }

  /** Notes what the layer says of a block; the dictionary has a limit. */
  #noteHeader({ position, dictionary, filters }: PlacedHeader): StreamError | undefined {
    if (filters.length > 0)
      this.layer.filters ??= filters.map(({ name, start }) => ({
        name,
        ...(start !== undefined && { start }),
      }))
    this.layer.dictionary = Math.max(dictionary, this.layer.dictionary ?? 0)
    const { window } = this.#context.limits
    if (dictionary <= window) return undefined
    const message = `the block header at ${hex(position)} asks for a dictionary of ${dictionary} bytes, the limit is ${window}`
    return streamError('window-limit', position, message)
  }

  #unpackBlock(block: XzBlock, target: number): StreamError | undefined {
    const error = block.unpack(target)
    if (block.ended) this.#block = undefined
    if (block.sizes !== undefined) this.#tally.add(block.sizes)
    return error
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
