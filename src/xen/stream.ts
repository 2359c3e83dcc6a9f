/** What of a stream's facts counts for Xen's decoders. */
import type { StreamError, StreamLayer } from '../facts/facts.ts'

const SIZE_WORD = 4

/**
 * Why a stream does not unpack. A size word behind the stream that does not agree is no fault of the stream: each
 * loader has its own view on it.
 */
export function streamError(layer: StreamLayer): StreamError | undefined {
  const { error, consumed, codec } = layer
  // Neither side looks at lzop's checksums.
  if (codec === 'lzo' && error?.code === 'checksum-mismatch') return undefined
  if (error?.code !== 'checksum-mismatch' || codec === 'gzip') return error
  return consumed === layer.length - SIZE_WORD && error.offset === consumed ? undefined : error
}

/** True where everything of the stream was unpacked, and nothing has to be taken on trust. */
export function isUnpacked(layer: StreamLayer): boolean {
  return layer.verified || layer.unpacked !== undefined || layer.error !== undefined
}
