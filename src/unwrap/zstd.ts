/**
 * zstd (RFC 8878): one frame, as Xen and Linux take it. It is unpacked by node:zlib where that can (Node from
 * 22.15 on, Deno), and else by the C library in WebAssembly.
 * @module
 */
import type { Transform } from 'node:stream'
import type { StreamLayer } from '../facts/facts.ts'
import { type ChunkDecoder, ChunkStream, StreamFault } from './chunk-stream.ts'
import { completeLayer, failStream, hex, openLayer } from './stream-layer.ts'
import { nodeZlib, OUTPUT_CHUNK, TransformDecoder, type ZlibTransform } from './transform.ts'
import type { UnpackContext, Unpacker, Window } from './unpacker.ts'
import { readZstdFrame, type ZstdFrame, ZstdFrameReader } from './zstd-frame.ts'
import { type ExplainZstd, WasmZstdDecoder } from './zstd-wasm.ts'

/** What zstd takes without being told to take more (ZSTD_WINDOWLOG_LIMIT_DEFAULT of lib/zstd.h). */
const MAX_WINDOW = 2 ** 27

/** RFC 8878, section 3.1.1: the low half of an XXH64. */
const CHECKSUM_SIZE = 4
/** What zstd says of it (ERR_getErrorString() of lib/common/error_private.c); runtimes differ in the error's code. */
const CHECKSUM_MESSAGE = /match checksum/

/** What node:zlib has from 22.15 on. */
interface ZstdZlib {
  createZstdDecompress?(options: { chunkSize: number }): Transform & ZlibTransform
}

/** Opens a stream that starts with zstd's magic. What is wrong with it stands in `layer.error`. */
export const openZstd = (context: UnpackContext): Unpacker => new ZstdUnpacker(context)

class ZstdUnpacker implements Unpacker {
  readonly layer: StreamLayer
  readonly #frame: ZstdFrame | undefined
  readonly #reader: ZstdFrameReader | undefined
  readonly #stream: ChunkStream

  constructor(context: UnpackContext) {
    const { input, limits } = context
    this.layer = openLayer('zstd', input)
    this.#frame = readZstdFrame(input, this.layer)
    this.#stream = new ChunkStream(context, this.layer, () => this.#open())
    if (this.#frame === undefined) return
    const { window, hasChecksum } = this.#frame
    this.layer.dictionary = window
    this.layer.check = hasChecksum ? 'xxh64' : 'none'
    this.#reader = new ZstdFrameReader(input, this.#frame)
    const limit = Math.min(limits.window, MAX_WINDOW)
    if (window > limit) {
      failStream(this.layer, 'window-limit', 5, `the window at 0x5 is ${window} bytes, limit is ${limit}`)
    }
  }

  get produced(): number {
    return this.#stream.produced
  }

  async need(start: number, end: number): Promise<Window> {
    await this.#stream.unpack(end)
    return this.#stream.window(start, end)
  }

  async finish(): Promise<void> {
    await this.#stream.unpack(Number.POSITIVE_INFINITY)
    const end = this.#reader?.end
    if (this.layer.error === undefined && end !== undefined) completeLayer(this.layer, this.produced, end)
  }

  close(): void {
    this.#stream.close()
  }

  #open(): ChunkDecoder {
    const reader = this.#reader!
    const explain: ExplainZstd = (isChecksum, consumed, reason) => {
      if (!isChecksum) {
        const message = `the frame breaks before ${hex(consumed)}: ${reason}`
        return new StreamFault('stream-corrupt', consumed, message)
      }
      const at = (reader.end ?? consumed) - CHECKSUM_SIZE
      return new StreamFault('checksum-mismatch', at, `the xxh64 at ${hex(at)} does not match`)
    }
    const zlib: ZstdZlib | undefined = nodeZlib() as object | undefined
    const transform = zlib?.createZstdDecompress?.({ chunkSize: OUTPUT_CHUNK })
    const decoder =
      transform === undefined
        ? new WasmZstdDecoder(reader.chunks(), explain)
        : new TransformDecoder(transform, reader.chunks(), ({ message }, consumed) =>
            explain(CHECKSUM_MESSAGE.test(message), consumed, message),
          )
    return {
      async next() {
        const chunk = await decoder.next()
        // What stands before a broken block header is good.
        if (chunk === undefined && reader.fault !== undefined) throw reader.fault
        return chunk
      },
      get consumed() {
        return decoder.consumed
      },
      close() {
        decoder.close()
      },
    }
  }
}
