/** What the hypervisor's decoders print (xen/common/gzip/inflate.c, un*.c, bunzip2.c). */
import type { StreamFault, StreamLayer } from '../../facts/facts.ts'

// ENCRYPTED and CONTINUATION of xen/common/gzip/inflate.c, and where the method is.
const GZIP_ENCRYPTED = 0x20
const GZIP_CONTINUATION = 0x02
const GZIP_METHOD_AT = 2
export const GZIP_NO_CODES = 'invalid compressed format (err=2)'
const GZIP_TEXTS: Partial<Record<StreamFault, string>> = {
  type: GZIP_NO_CODES,
  oversubscribed: GZIP_NO_CODES,
  literals: 'incomplete literal tree',
  distances: 'incomplete distance tree',
}
export const LZMA_EOF = 'unexpected EOF'
export const LZ4_FAILED = 'Decoding failed'
export const LZO_LONG_BLOCK = 'dest len longer than block size'
export const LZO_VIOLATION = 'Compressed data violation'
const ZSTD_CORRUPT = 'ZSTD-compressed data is corrupt'
/** What handle_zstd_error says of all errors that it does not know. */
const ZSTD_OTHER = 'ZSTD-compressed data is probably corrupt'
export const XZ_SETTINGS = 'Input was encoded with settings that are not supported by this XZ decoder'

/** gunzip takes FHCRC for a bit that says that the file is one of several parts. */
export function gzipFlagsText(flags: number): string {
  if ((flags & GZIP_ENCRYPTED) !== 0) return 'Input is encrypted'
  return (flags & GZIP_CONTINUATION) !== 0 ? 'Multi part input' : 'Input has invalid flags'
}

/** What the decoder prints; for some faults it depends on more than is known. */
export function errorText({ codec, error, consumed, longBlock }: StreamLayer): string | undefined {
  const truncated = error?.code === 'stream-truncated'
  const checksum = error?.code === 'checksum-mismatch'
  switch (codec) {
    case 'gzip':
      if (truncated) return 'ran out of input data'
      // ISIZE is the second half of the trailer.
      if (checksum) return error.offset === (consumed ?? 0) - 4 ? 'length error' : 'crc error'
      if (error?.offset === GZIP_METHOD_AT) return 'internal error, invalid method'
      return (error?.fault && GZIP_TEXTS[error.fault]) ?? 'invalid compressed format (err=1)'
    case 'bzip2':
      return checksum ? 'Data integrity error when decompressing.' : undefined
    case 'lzma':
      return truncated && error.fault !== 'symbol' ? LZMA_EOF : 'LZMA data is corrupt'
    case 'xz':
      return error?.code === 'stream-unsupported' ? XZ_SETTINGS : 'XZ-compressed data is corrupt'
    case 'lzo':
      // Blocks are decoded in order: one that breaks before the long one ends the decoding.
      if (longBlock !== undefined && error!.offset >= longBlock) return LZO_LONG_BLOCK
      if (error?.fault === 'header') return 'invalid header'
      return truncated || error?.fault === 'size' ? 'file corrupted' : LZO_VIOLATION
    case 'zstd':
      if (error?.fault === 'type' || checksum) return ZSTD_CORRUPT
      return error?.fault !== undefined || error?.code !== 'stream-corrupt' ? ZSTD_OTHER : ZSTD_CORRUPT
    default:
      return undefined
  }
}
