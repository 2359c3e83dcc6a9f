/** The header of an lzop file (lzop's src/lzop.c, read_header(); Linux lib/decompress_unlzo.c, parse_header()). */
import { readU32BE } from '../engine/block-stop.ts'
import type { StreamLayer } from '../facts/facts.ts'
import { failStream, hex } from './stream-layer.ts'

const MAGIC = [0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a]
/** From this version on a header has a level, the version needed to unpack it, and a second time field. */
const LEVEL_VERSION = 0x0940
/** LZO1X-1, LZO1X-1(15) and LZO1X-999: three compressors of one format. */
const MAX_METHOD = 3
/** No header is longer: 38 bytes, a filter, a name of 255 bytes, a checksum. */
export const LZOP_HEADER_LIMIT = 512

/** lzop's F_ flags (src/conf.h): which checksums each block has, and what else is in the header. */
export const OUTPUT_ADLER32 = 0x1
export const INPUT_ADLER32 = 0x2
const EXTRA_FIELD = 0x40
export const OUTPUT_CRC32 = 0x100
export const INPUT_CRC32 = 0x200
const FILTER = 0x800
const HEADER_CRC32 = 0x1000

export interface LzopHeader {
  flags: number
  /** The bytes that the header's checksum is about start after the magic and end at `checksumAt`. */
  start: number
  checksumAt: number
  checksum: number
  checksumKind: 'adler32' | 'crc32'
  /** Where the first block starts. */
  end: number
}

/** Reads the header from the first bytes of a stream. Where that fails, `layer.error` says why. */
export function parseLzopHeader(bytes: Uint8Array, layer: StreamLayer): LzopHeader | undefined {
  const differs = MAGIC.findIndex((byte, index) => index < bytes.length && bytes[index] !== byte)
  if (differs !== -1) {
    const message = `the byte at ${hex(differs)} is not that of lzop's magic`
    failStream(layer, 'stream-corrupt', differs, message, 'header')
    return undefined
  }
  const start = MAGIC.length
  const version = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
  const isLong = version >= LEVEL_VERSION
  // The library's version, and the one needed to unpack, say nothing that the method does not.
  let at = start + (isLong ? 6 : 4)
  const method = bytes[at] ?? 0
  const methodAt = at
  at += isLong ? 2 : 1
  const flags = at + 4 <= bytes.length ? readU32BE(bytes, at) : 0
  at += (flags & FILTER) === 0 ? 4 : 8
  at += isLong ? 12 : 8
  const checksumAt = at + 1 + (bytes[at] ?? 0)
  const end = checksumAt + 4
  if (end > bytes.length) {
    failStream(
      layer,
      'stream-truncated',
      bytes.length,
      `the stream ends inside lzop's header at ${hex(bytes.length)}`,
      'header',
    )
    return undefined
  }
  const unsupported =
    method < 1 || method > MAX_METHOD
      ? `the method at ${hex(methodAt)} is ${method}, LZO1X's are 1 to ${MAX_METHOD}`
      : (flags & FILTER) !== 0
        ? `lzop's flags ${hex(flags)} ask for a filter`
        : (flags & EXTRA_FIELD) !== 0
          ? `lzop's flags ${hex(flags)} tell of an extra field`
          : undefined
  if (unsupported !== undefined) {
    failStream(layer, 'stream-unsupported', methodAt, unsupported)
    return undefined
  }
  const checksum = readU32BE(bytes, checksumAt)
  const checksumKind = (flags & HEADER_CRC32) === 0 ? 'adler32' : 'crc32'
  return { flags, start, checksumAt, checksum, checksumKind, end }
}
