/**
 * gzip (RFC 1952), unpacked by node:zlib: one member, as Xen and Linux take it. The header and the trailer are
 * read here, because the hypervisor takes a second magic that zlib does not know, and passes over what follows.
 * @module
 */
import { readU32 } from '../engine/block-stop.ts'
import type { StreamLayer } from '../facts/facts.ts'
import { ChunkStream, StreamFault } from './chunk-stream.ts'
import { type GzipHeader, parseGzipHeader } from './gzip-header.ts'
import { failStream, hex, openLayer } from './stream-layer.ts'
import { nodeZlib, OUTPUT_CHUNK, TransformDecoder } from './transform.ts'
import type { Input, UnpackContext, Unpacker, Window } from './unpacker.ts'

/** Most headers take 10 bytes and a short name; a longer one than the second is nobody's. */
const HEADER_TRIES = [512, 128 * 1024]
/** CRC-32 and ISIZE. */
const TRAILER = 8
const INPUT_CHUNK = 256 * 1024
const SUM_STEP = 1 << 20

/** Opens a stream that starts with gzip's magic. What is wrong with it stands in `layer.error`. */
export const openGzip = (context: UnpackContext): Unpacker => new GzipUnpacker(context)

class GzipUnpacker implements Unpacker {
  readonly layer: StreamLayer
  readonly #context: UnpackContext
  readonly #stream: ChunkStream
  readonly #header: GzipHeader | undefined

  constructor(context: UnpackContext) {
    this.#context = context
    this.layer = openLayer('gzip', context.input)
    this.layer.check = 'crc32'
    this.#header = readHeader(context.input, this.layer)
    if (nodeZlib() === undefined) {
      failStream(this.layer, 'stream-unsupported', 0, 'this runtime has no node:zlib, which unpacks it')
    }
    const start = this.#header?.end ?? 0
    this.#stream = new ChunkStream(context, this.layer, () => inflate(context.input, start))
  }

  get produced(): number {
    return this.#stream.produced
  }

  async need(start: number, end: number): Promise<Window> {
    await this.#unpack(end)
    return this.#stream.window(start, end)
  }

  async finish(): Promise<void> {
    const trailer = await this.#unpack(Number.POSITIVE_INFINITY)
    if (this.#header === undefined || trailer === undefined) return
    const { layer } = this
    const at = this.#header.end + this.#stream.consumed
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
    } else if (this.#sum() !== readU32(trailer, 0)) {
      failStream(layer, 'checksum-mismatch', at, `the crc32 at ${hex(at)} does not match`)
    } else if (size !== this.produced % 2 ** 32) {
      const message = `the size at ${hex(at + 4)} is ${size}, the stream unpacks to ${this.produced} bytes`
      failStream(layer, 'checksum-mismatch', at + 4, message)
    }
    layer.verified = layer.error === undefined
  }

  /** Unpacks up to `end`, and answers the trailer when the stream's end was met on the way. */
  async #unpack(end: number): Promise<Uint8Array | undefined> {
    await this.#stream.unpack(end)
    if (!this.#stream.ended || this.layer.error !== undefined) return undefined
    const { input } = this.#context
    const trailer = new Uint8Array(TRAILER)
    if (input.read(trailer, this.#header!.end + this.#stream.consumed) === TRAILER) return trailer
    const message = `the stream ends at ${hex(input.length)}, before the end of its trailer`
    failStream(this.layer, 'stream-truncated', input.length, message)
    return undefined
  }

  close(): void {
    this.#stream.close()
  }

  #headerMatches(): boolean {
    const { end, checksum } = this.#header!
    if (checksum === undefined) return true
    const { engine, input } = this.#context
    return (engine.crc32(input.load(0, end - 2), end - 2, 0) & 0xffff) === checksum
  }

  #sum(): number {
    const { engine, output } = this.#context
    let sum = 0
    for (let at = 0; at < this.produced; at += SUM_STEP) {
      sum = engine.crc32(output + at, Math.min(SUM_STEP, this.produced - at), sum)
    }
    return sum >>> 0
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

function inflate(input: Input, start: number): TransformDecoder {
  const zlib = nodeZlib()!
  // Input that ends early is no error then: what there was is unpacked, and the trailer is missed later.
  const finishFlush = zlib.constants.Z_SYNC_FLUSH
  const transform = zlib.createInflateRaw({ chunkSize: OUTPUT_CHUNK, finishFlush })
  return new TransformDecoder(transform, readChunks(input, start), (error, consumed) => {
    const at = start + consumed
    const message = `the deflate stream breaks before ${hex(at)}: ${error.message}`
    return new StreamFault('stream-corrupt', at, message)
  })
}

function* readChunks(input: Input, start: number): Generator<Uint8Array> {
  for (let at = start; at < input.length; at += INPUT_CHUNK) {
    const bytes = new Uint8Array(Math.min(INPUT_CHUNK, input.length - at))
    yield bytes.subarray(0, input.read(bytes, at))
  }
}
