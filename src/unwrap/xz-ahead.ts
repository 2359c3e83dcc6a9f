/**
 * An xz block that is decoded by itself: what another thread does ahead of the one that reads the stream. The index, at
 * the stream's end, says where blocks are; what it says is believed no further than a block that is there and right.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { MemorySource } from '../source/memory.ts'
import {
  type BlockAhead,
  type BlockDecoder,
  handOver,
  openAhead,
  type StreamAhead,
  WORD,
} from './blocks-ahead.ts'
import { LzmaStream } from './lzma-stream.ts'
import { Input, type UnpackContext } from './unpacker.ts'
import { readBlockHeader, XzBlock } from './xz-block.ts'
import type { StreamFlags } from './xz-header.ts'
import { endOf, listPlaces, TAIL_LENGTH, type XzPlace } from './xz-index.ts'
import { XzReader } from './xz-reader.ts'

/** A block of more unpacked bytes is left to the reader: `xz -T` makes blocks of 24 MiB. */
const MOST_OUTPUT = 32 * 2 ** 20
/** At least so much of the input is handed to those who decode ahead. */
const INPUT_AHEAD = 2 * 2 ** 20

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

/** The blocks of one stream that others decode, for its reader. */
export class XzAhead {
  readonly #places: readonly XzPlace[]
  #stream: StreamAhead | undefined
  /** The reader comes to this block next. */
  #next = 0

  constructor(stream: StreamAhead, places: readonly XzPlace[]) {
    this.#stream = stream
    this.#places = places
  }

  /** The block that starts at a position, the next one of the stream; undefined where the reader has to decode it. */
  take(context: UnpackContext, position: number): BlockAhead | undefined {
    const stream = this.#stream
    if (stream === undefined) return undefined
    const index = this.#next++
    const place = this.#places[index]
    // What the index says is not what there is.
    if (place?.at !== position || (index > 0 && position > stream.loaded)) {
      this.close()
      this.#stream = undefined
      return undefined
    }
    const last = this.#places[index + stream.threads] ?? this.#places.at(-1)!
    const wanted = Math.max(endOf(last), position + INPUT_AHEAD)
    const block = stream.take(position * 8)
    // The first block is the reader's own.
    handOver(stream, context, wanted, index === 0 ? endOf(place) : undefined)
    return block
  }

  close(): void {
    this.#stream?.close()
  }
}

/** Begins with a stream, where others can help and its index lists several blocks. */
export function openXzAhead(context: UnpackContext, flags: StreamFlags): XzAhead | undefined {
  const { ahead, input } = context
  if (ahead === undefined) return undefined
  const tail = new Uint8Array(Math.min(TAIL_LENGTH, input.length))
  const length = input.read(tail, input.length - tail.length)
  const places = length === tail.length ? listPlaces(tail, input.length) : undefined
  if (places === undefined || places.length < 2) return undefined
  const decodable = places.filter(({ unpacked }) => unpacked <= MOST_OUTPUT)
  if (decodable.length === 0) return undefined
  const stream = openAhead(context, { codec: 'xz', flags, places: decodable })
  return stream && new XzAhead(stream, places)
}
