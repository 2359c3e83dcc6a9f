/** Streams of every codec but bzip2 whose blocks are stored, so that tests that make many images need no other program. */
import { gzipSync } from 'node:zlib'
import { withSizeWord } from '../../fixtures/builders/bzimage.ts'
import { encodeLzma } from '../unwrap/lzma-encoder.ts'
import { crc32, LZMA2, plainChunks, xzStream } from '../unwrap/xz-builder.ts'

const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap(part => [...part]))
const little = (value: number) => [0, 8, 16, 24].map(shift => (value >>> shift) & 0xff)
const big = (value: number) => little(value).reverse()

/** Adler-32 (RFC 1950). */
function adler32(bytes: readonly number[]): number {
  let [low, high] = [1, 0]
  for (const byte of bytes) {
    low = (low + byte) % 65521
    high = (high + low) % 65521
  }
  return high * 65536 + low
}

/** The legacy frame of Linux: one block that is a run of literals. */
function lz4(bytes: Uint8Array): Uint8Array {
  const more = bytes.length - 15
  const block = join([0xf0, ...Array(Math.floor(more / 255)).fill(255), more % 255], bytes)
  return join([0x02, 0x21, 0x4c, 0x18], little(block.length), block)
}

/** One frame with its size in four bytes and raw blocks. */
function zstd(bytes: Uint8Array): Uint8Array {
  const MAX = 2 ** 17
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += MAX) {
    const part = bytes.subarray(at, at + MAX)
    const last = at + MAX >= bytes.length ? 1 : 0
    blocks.push(join(little((part.length << 3) | last).slice(0, 3), part))
  }
  return join([0x28, 0xb5, 0x2f, 0xfd, 0xa0], little(bytes.length), ...blocks)
}

/** One block that is not packed, with no checksum. */
function lzo(bytes: Uint8Array): Uint8Array {
  const header = [0x10, 0x30, 0x20, 0xa0, 0x09, 0x40, 1, 5, ...big(0), ...big(0), ...big(0), ...big(0), 0]
  const magic = [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a]
  return join(magic, header, big(adler32(header)), big(bytes.length), big(bytes.length), bytes, big(0))
}

const xz = (check: number, sum: (bytes: Uint8Array) => number[]) => (bytes: Uint8Array) =>
  xzStream({
    blocks: [{ chunks: plainChunks(bytes), unpacked: bytes.length, filters: [LZMA2], check: sum(bytes) }],
    check,
  })

function lzma(bytes: Uint8Array): Uint8Array {
  const { code } = encodeLzma(bytes, { lc: 3, lp: 0, pb: 2 })
  return join([0x5d, ...little(65536), ...little(bytes.length), ...little(0)], code)
}

/** Streams as Linux appends them to its kernel: all but gzip end in the unpacked size. */
export const PACKERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: bytes => new Uint8Array(gzipSync(bytes)),
  lz4: bytes => withSizeWord(lz4(bytes), bytes.length),
  zstd: bytes => withSizeWord(zstd(bytes), bytes.length),
  lzo: bytes => withSizeWord(lzo(bytes), bytes.length),
  xz: bytes => withSizeWord(xz(1, crc32)(bytes), bytes.length),
  'xz without a checksum': bytes => withSizeWord(xz(0, () => [])(bytes), bytes.length),
  lzma: bytes => withSizeWord(lzma(bytes), bytes.length),
}
