/**
 * An xz block that is decoded by itself: what another thread does ahead of the one that reads the stream. The index, at
 * the stream's end, says where blocks are. A block counts only if it is right, and as long as the index says.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { MemorySource } from '../source/memory.ts'
import { handOver } from './ahead-bytes.ts'
import {
  type BlockAhead,
  type BlockDecoder,
  type BlocksAhead,
  type StreamAhead,
  WORD,
} from './blocks-ahead.ts'
import { LzmaStream } from './lzma-stream.ts'
import { Input, type UnpackContext } from './unpacker.ts'
import { readBlockHeader, XzBlock } from './xz-block.ts'
import type { StreamFlags, XzPlace } from './xz-header.ts'
import { endOf, listPlaces, TAIL_LENGTH } from './xz-index.ts'
import { XzReader } from './xz-reader.ts'

/** A block of more unpacked bytes is left to the reader: `xz -T` makes blocks of 24 MiB. */
const MOST_OUTPUT = 32 * 2 ** 20
/** So much of the input after the reader's block is handed to those who decode ahead, and at least the next block. */
const INPUT_AHEAD = 4 * 2 ** 20

/** Decodes the block of which the index says where it is; undefined where it is not that, or anything is wrong with it. */
function decodeBlock(
  engine: Engine,
  stream: Uint8Array,
  place: XzPlace,
  flags: StreamFlags,
): BlockAhead | undefined {
  const bytes = stream.subarray(place.at, endOf(place))
  const input = new Input(engine, new MemorySource(bytes), 0, bytes.length, BASE + (bytes.byteOffset % WORD))
  const output = Math.ceil(input.end / WORD) * WORD
  const limits = { window: place.unpacked, output: place.unpacked }
  const context: UnpackContext = { engine, input, output, limits }
  const lzma = new LzmaStream(context)
  const reader = new XzReader(context, lzma)
  const header = readBlockHeader(reader, reader.take(1)?.[0])
  if ('code' in header) return undefined
  const block = new XzBlock(context, lzma, reader, header, flags)
  if (block.unpack(Number.POSITIVE_INFINITY) !== undefined) return undefined
  const { unpadded, unpacked } = block.sizes!
  if (unpadded !== place.unpadded || unpacked !== place.unpacked) return undefined
  return {
    bytes: engine.memory.subarray(output, output + unpacked),
    count: unpadded,
    next: endOf(place) * 8,
  }
}

/** The blocks at the places that an index lists. */
export function xzDecoder(flags: StreamFlags, places: readonly XzPlace[]): BlockDecoder {
  const placeAt = (bit: number) => places.find(({ at }) => at * 8 === bit)!
  return {
    mostOutput: places.reduce((most, { unpacked }) => Math.max(most, unpacked), 0),
    find(_, from) {
      const place = places.find(({ at }) => at * 8 >= from)
      return place && place.at * 8
    },
    after: () => 0,
    isRead: (bit, length) => endOf(placeAt(bit)) <= length,
    decode: (engine, bytes, bit) => decodeBlock(engine, bytes, placeAt(bit), flags),
  }
}

/** The blocks of one stream that others decode, for its reader, which is at the first one. */
export class XzAhead {
  readonly #places: readonly XzPlace[]
  #stream: StreamAhead | undefined
  /** The reader comes to this block next. */
  #next = 1

  constructor(context: UnpackContext, stream: StreamAhead, places: readonly XzPlace[]) {
    this.#stream = stream
    this.#places = places
    stream.take(places[0]!.at * 8)
    this.#handOver(context, stream, 0)
  }

  /** The block that starts at a position, the next one of the stream; undefined where the reader has to decode it. */
  take(context: UnpackContext, position: number): BlockAhead | undefined {
    const stream = this.#stream
    if (stream === undefined) return undefined
    const index = this.#next++
    if (this.#places[index]?.at !== position) {
      // There is something else than the index says.
      this.close()
      this.#stream = undefined
      return undefined
    }
    const block = stream.take(position * 8)
    this.#handOver(context, stream, index)
    return block
  }

  /** Hands over the blocks after the one that the reader is at. */
  #handOver(context: UnpackContext, stream: StreamAhead, index: number): void {
    const [start, next] = [endOf(this.#places[index]!), this.#places[index + 1]]
    if (next !== undefined) handOver(stream, context, start, Math.max(endOf(next), start + INPUT_AHEAD))
  }

  close(): void {
    this.#stream?.close()
  }
}

/** Begins with a stream whose index lists several blocks, and whose reader is at the first. */
export function openXzAhead(
  context: UnpackContext,
  ahead: BlocksAhead,
  flags: StreamFlags,
): XzAhead | undefined {
  const { input } = context
  if (!ahead.helps(input.length)) return undefined
  const tail = new Uint8Array(Math.min(TAIL_LENGTH, input.length))
  const length = input.read(tail, input.length - tail.length)
  const places = length === tail.length ? listPlaces(tail, input.length) : undefined
  if (places === undefined || places.length < 2) return undefined
  const decodable = places.filter(({ unpacked }) => unpacked <= MOST_OUTPUT)
  if (decodable.length === 0) return undefined
  const stream = ahead.open(input.length, input.load(0, 0), { codec: 'xz', flags, places: decodable })
  return stream && new XzAhead(context, stream, places)
}
