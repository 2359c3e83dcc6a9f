/** What of a stream's facts counts for Xen's decoders. */
import type { StreamError, StreamLayer } from '../facts/facts.ts'
import type { Stop } from './verdict.ts'

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

/** A stream that was not unpacked because of a limit of ours: what Xen makes of it is not known then. */
export function limitedByUs(layer: StreamLayer): Stop | undefined {
  const error = streamError(layer)
  if (error?.code !== 'window-limit' && error?.code !== 'output-limit') return undefined
  return {
    verdict: 'uncertain',
    code: 'unpacked-only-in-part',
    reason: `The ${layer.codec} stream was not unpacked to its end: ${error.message}`,
    gates: [],
  }
}
