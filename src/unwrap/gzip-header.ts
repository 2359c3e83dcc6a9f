/** The header of a gzip member (RFC 1952, section 2.3). */
import type { StreamLayer } from '../facts/facts.ts'
import { failStream, hex } from './stream-layer.ts'

const MAGIC = 0x1f
/** The second byte of gzip's magic, and of an older one that Xen's hypervisor takes as well (gzip_check() of bzimage.c). */
const SECOND = [0x8b, 0x9e]
const OLD = 0x9e
const DEFLATE = 8
const HEADER_CRC = 0x02
const EXTRA = 0x04
const NAME = 0x08
const COMMENT = 0x10
const RESERVED = 0xe0
const FIXED = 10

export interface GzipHeader {
  /** Where the deflate stream starts. */
  end: number
  /** CRC-16 of the header, which is right in front of `end`. */
  checksum?: number
}

/**
 * Reads the header from the first bytes of a stream. Returns nothing where it is broken, `layer.error` says
 * how then, or where it is longer than `bytes`.
 */
export function parseGzipHeader(bytes: Uint8Array, layer: StreamLayer): GzipHeader | undefined {
  const fail = (offset: number, message: string) => {
    failStream(layer, offset < 2 ? 'stream-corrupt' : 'stream-unsupported', offset, message)
    return undefined
  }
  if (bytes.length < 2) return undefined
  if (bytes[0] !== MAGIC)
    return fail(0, `the byte at 0x0 is ${hex(bytes[0]!)}, gzip's magic has ${hex(MAGIC)}`)
  if (!SECOND.includes(bytes[1]!))
    return fail(1, `the byte at 0x1 is ${hex(bytes[1]!)}, gzip's magic has 0x8b`)
  if (bytes[1] === OLD) layer.oldMagic = true
  if (bytes.length > 2 && bytes[2] !== DEFLATE)
    return fail(2, `the method at 0x2 is ${bytes[2]}, deflate is ${DEFLATE}`)
  const flags = bytes[3] ?? 0
  if ((flags & (RESERVED | HEADER_CRC)) !== 0) layer.gzipFlags = flags
  if ((flags & RESERVED) !== 0)
    return fail(3, `the flags at 0x3 are ${hex(flags)}, of which ${hex(RESERVED)} are reserved`)
  if (bytes.length < FIXED) return undefined
  let at = FIXED
  if ((flags & EXTRA) !== 0) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8))
  for (const flag of [NAME, COMMENT]) {
    if ((flags & flag) === 0) continue
    const zero = bytes.indexOf(0, at)
    if (zero === -1) return undefined
    at = zero + 1
  }
  if ((flags & HEADER_CRC) === 0) return at <= bytes.length ? { end: at } : undefined
  if (at + 2 > bytes.length) return undefined
  return { end: at + 2, checksum: bytes[at]! | (bytes[at + 1]! << 8) }
}
