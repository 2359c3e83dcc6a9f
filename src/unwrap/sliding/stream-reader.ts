/**
 * Compressed streams of any length, unpacked from their start on in memory that does not grow with them.
 * @module
 */
import type { Engine } from '../../engine/engine.ts'
import { BASE } from '../../engine/memory.ts'
import type { Source } from '../../source/source.ts'
import { readBzip2, readGzip } from './block-streams.ts'
import { CompressedInput } from './compressed-input.ts'
import { readLz4, readLzop } from './lz-streams.ts'
import { readLzma, readXz } from './lzma-streams.ts'
import { OutputWindow } from './output-window.ts'
import type { Sliding } from './sliding.ts'
import { readZstd } from './zstd-stream.ts'

export type SlidingCodec = 'gzip' | 'bzip2' | 'lzma' | 'xz' | 'lzo' | 'lz4' | 'zstd'

/** Unpacks the next bytes, and yields how many are there before `window.next`, or where they are. Throws a BlockError. */
export type SlidingDecoder = (sliding: Sliding) => Generator<number | Uint8Array>

const DECODERS: Record<SlidingCodec, SlidingDecoder> = {
  gzip: readGzip,
  bzip2: readBzip2,
  lzma: readLzma,
  xz: readXz,
  lzo: readLzop,
  lz4: readLz4,
  zstd: readZstd,
}

/**
 * Unpacks a stream, and those that follow it where the codec allows that. Each piece is in the engine's memory, and
 * gone with the next one; nothing else may use the engine until the last one. Checksums are compared where a stream
 * or a block ends. Throws a BlockError with a place in the compressed bytes.
 */
export function* readStream(
  engine: Engine,
  codec: SlidingCodec,
  source: Source,
  maxWindow: number,
): Generator<Uint8Array> {
  const input = new CompressedInput(engine, source, BASE)
  const window = new OutputWindow(engine, input.after)
  for (const piece of DECODERS[codec]({ engine, input, window, maxWindow })) {
    const bytes = typeof piece === 'number' ? engine.memory.subarray(window.next - piece, window.next) : piece
    if (bytes.length > 0) yield bytes
  }
}
