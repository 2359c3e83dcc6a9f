/**
 * gzip (RFC 1952): one member, as Xen and Linux take it. Xen's hypervisor takes a second magic, and passes over what
 * follows.
 * @module
 */
import { AT_BLOCK_END, AT_TARGET, BAD_DISTANCE, MORE_INPUT, OUTPUT_FULL } from '../engine/block-state.ts'
import { readU32, stoppedInput, stoppedOutput } from '../engine/block-stop.ts'
import type { Window } from '../engine/engine.ts'
import {
  INFLATE_BAD_CODE,
  INFLATE_BAD_STORED,
  INFLATE_BAD_TABLES,
  INFLATE_BAD_TYPE,
  INFLATE_BLOCK,
  INFLATE_INCOMPLETE_DISTANCES,
  INFLATE_INCOMPLETE_LITERALS,
  INFLATE_NO_DISTANCES,
  INFLATE_NO_END,
  INFLATE_OVERSUBSCRIBED,
  INFLATE_UNCHECKED,
} from '../engine/inflate-state.ts'
import type { StreamFault, StreamLayer } from '../facts/facts.ts'
import { forgetOutput } from './forget-output.ts'
import { type GzipHeader, parseGzipHeader } from './gzip-header.ts'
import { failStream, hex, openLayer } from './stream-layer.ts'
import type { Input, UnpackContext, Unpacker } from './unpacker.ts'

/** Most headers take 10 bytes and a short name; a longer one than the second is nobody's. */
const HEADER_TRIES = [512, 128 * 1024]
/** CRC-32 and ISIZE. */
const TRAILER = 8
/** A match reaches back so far (RFC 1951, section 2). */
const MAX_DISTANCE = 32 * 1024
/** So much input is loaded ahead of the decoder, and memory grows by so much at once. */
const INPUT_STEP = 256 * 1024
const OUTPUT_STEP = 4 << 20

const NO_CODE = 'has code lengths that make no code'
const REASONS = new Map<number, readonly [text: string, fault?: StreamFault]>([
  [INFLATE_BAD_TYPE, ['is of the reserved type 3', 'type']],
  [INFLATE_BAD_STORED, ['is stored with two lengths that differ']],
  [INFLATE_BAD_TABLES, [NO_CODE]],
  [INFLATE_OVERSUBSCRIBED, [NO_CODE, 'oversubscribed']],
  [INFLATE_INCOMPLETE_LITERALS, [NO_CODE, 'literals']],
  [INFLATE_INCOMPLETE_DISTANCES, [NO_CODE, 'distances']],
  [INFLATE_UNCHECKED, [NO_CODE, 'unchecked']],
  [INFLATE_NO_END, ['has no code for its end', 'unchecked']],
  [INFLATE_BAD_CODE, ['has a code that no symbol has']],
  [BAD_DISTANCE, ['copies from before the start of the stream', 'distance']],
])

/** Opens a stream that starts with gzip's magic. What is wrong with it is in `layer.error`. */
export const openGzip = (context: UnpackContext): Unpacker => new GzipUnpacker(context)

class GzipUnpacker implements Unpacker {
  readonly layer: StreamLayer
  produced = 0
  readonly #context: UnpackContext
  readonly #header: GzipHeader | undefined
  /** Where the deflate stream goes on; after its end, where the trailer is. */
  #position: number
  #started = false
  #ended = false
  #room = 0
  /** The checksum of the first `#summed` bytes. */
  #sum = 0
  #summed = 0

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('gzip', context.input)
    this.layer.check = 'crc32'
    this.#header = readHeader(context.input, this.layer)
    this.#position = this.#header?.end ?? 0
  }

  need(start: number, end: number): Window {
    this.#unpack(end)
    const length = Math.max(0, Math.min(end, this.produced) - start)
    return { start, address: this.#context.output + start, length }
  }

  finish(): void {
    this.#unpack(Number.POSITIVE_INFINITY)
    const trailer = this.#readTrailer()
    if (this.#header === undefined || trailer === undefined) return
    const { layer } = this
    const at = this.#position
    layer.unpacked = this.produced
    layer.consumed = at + TRAILER
    const size = readU32(trailer, 4)
    if (!this.#headerMatches()) {
      const offset = this.#header.end - 2
      failStream(
        layer,
        'checksum-mismatch',
        offset,
        `the crc16 of the header at ${hex(offset)} does not match`,
      )
    } else if (this.#sumUp(this.produced) !== readU32(trailer, 0)) {
      failStream(layer, 'checksum-mismatch', at, `the crc32 at ${hex(at)} does not match`)
    } else if (size !== this.produced % 2 ** 32) {
      const message = `the size at ${hex(at + 4)} is ${size}, the stream unpacks to ${this.produced} bytes`
      failStream(layer, 'checksum-mismatch', at + 4, message)
    }
    layer.verified = layer.error === undefined
  }

  forget(position: number): void {
    this.#sumUp(position)
    forgetOutput(this.#context, Math.min(position, this.produced - MAX_DISTANCE), this.produced)
    // What a checksum of the header is compared with at the end.
    if (this.#header?.checksum === undefined) this.#context.input.forget(this.#position)
  }

  #unpack(end: number): void {
    const { engine } = this.#context
    if (this.layer.error !== undefined) return
    if (!this.#started) {
      this.#started = true
      engine.inflateReset()
    }
    while (this.produced < end && !this.#ended && this.layer.error === undefined) this.#step(end)
  }

  /** Goes on as far as there is input loaded and room made. */
  #step(end: number): void {
    const { engine, input, output, forgotten = 0, limits } = this.#context
    const at = this.#position
    const loaded = Math.min(at + INPUT_STEP, input.length)
    // One more than there may be: then what would not fit is looked for.
    const target = Math.min(end, this.produced + OUTPUT_STEP, limits.output + 1)
    this.#grow(target)
    const address = input.load(at, loaded)
    const offset = address - at
    const status = engine.inflate(
      address,
      offset + loaded,
      offset + input.length,
      output + forgotten,
      output + this.produced,
      output + this.#room,
      output + target,
    )
    this.#position = stoppedInput(engine.memory) - offset
    this.produced = stoppedOutput(engine.memory) - output
    this.#ended = status === AT_BLOCK_END
    if (readU32(engine.memory, INFLATE_NO_DISTANCES) !== 0) this.layer.noDistances = true
    if (status === AT_BLOCK_END || status === AT_TARGET) return
    if (status === MORE_INPUT) {
      if (loaded < input.length) return
      const message = `the stream ends at ${hex(input.length)}, before its last block does`
      failStream(this.layer, 'stream-truncated', input.length, message)
    } else if (status === OUTPUT_FULL) {
      const message = `it unpacks to more than the limit of ${limits.output} bytes`
      failStream(this.layer, 'output-limit', this.#position, message)
    } else {
      const block = readU32(engine.memory, INFLATE_BLOCK) - offset
      const [text, fault] = REASONS.get(status)!
      failStream(this.layer, 'stream-corrupt', block, `the block at ${hex(block)} ${text}`, fault)
    }
  }

  /** Makes room for the output up to `target`, the longest match after it and more, all of it within the limit. */
  #grow(target: number): void {
    const { engine, output, limits } = this.#context
    if (target + OUTPUT_STEP / 2 <= this.#room) return
    this.#room = Math.min(target + OUTPUT_STEP, limits.output)
    engine.reserve(output + this.#room)
  }

  #readTrailer(): Uint8Array | undefined {
    if (this.layer.error !== undefined) return undefined
    const { input } = this.#context
    const trailer = new Uint8Array(TRAILER)
    if (input.read(trailer, this.#position) === TRAILER) return trailer
    const message = `the stream ends at ${hex(input.length)}, before the end of its trailer`
    failStream(this.layer, 'stream-truncated', input.length, message)
    return undefined
  }

  #headerMatches(): boolean {
    const { end, checksum } = this.#header!
    if (checksum === undefined) return true
    const { engine, input } = this.#context
    return (engine.crc32(input.load(0, end - 2), end - 2, 0) & 0xffff) === checksum
  }

  /** The checksum of all bytes before `end`. */
  #sumUp(end: number): number {
    const { engine, output } = this.#context
    if (end > this.#summed) {
      this.#sum = engine.crc32(output + this.#summed, end - this.#summed, this.#sum)
      this.#summed = end
    }
    return this.#sum >>> 0
  }
}

function readHeader(input: Input, layer: StreamLayer): GzipHeader | undefined {
  for (const size of HEADER_TRIES) {
    const bytes = new Uint8Array(size)
    const length = input.read(bytes, 0)
    const header = parseGzipHeader(bytes.subarray(0, length), layer)
    if (header !== undefined || layer.error !== undefined) return header
    if (length < size) {
      failStream(
        layer,
        'stream-truncated',
        input.length,
        `the stream ends inside the header at ${hex(input.length)}`,
      )
      return undefined
    }
  }
  failStream(layer, 'stream-unsupported', 0, `the header takes more than ${HEADER_TRIES.at(-1)} bytes`)
  return undefined
}
