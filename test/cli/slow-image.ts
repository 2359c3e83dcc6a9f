/** An image that takes long to unpack: 1 GiB of the smallest matches there are, in a few megabytes of .xz. */
import { buildElf } from '../../fixtures/builders/elf.ts'
import type { LzmaSymbol } from '../unwrap/lzma-encoder.ts'
import { lzmaChunk, plainChunks, xzStream } from '../unwrap/xz-builder.ts'

const MATCHES = 30_000
const CHUNKS = Math.floor(2 ** 30 / (2 * MATCHES))

export function slowImage(): Buffer {
  const start = plainChunks(buildElf({ bits: 64 }))
  const whole = xzStream({ blocks: [{ chunks: start, unpacked: 0 }] })
  // The stream header, the block header, and the first chunk without the end after it; no end follows.
  const head = whole.subarray(0, 12 + (whole[12]! + 1) * 4 + start.length - 1)
  const symbols: LzmaSymbol[] = [0x58, ...new Array(MATCHES).fill({ distance: 1, length: 2 })]
  const chunk = lzmaChunk(symbols, 1 + 2 * MATCHES)
  return Buffer.concat([head, ...new Array(CHUNKS).fill(chunk)])
}
