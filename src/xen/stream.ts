/** What of a stream's facts counts for Xen's decoders. */
import type { StreamError, StreamLayer } from '../facts/facts.ts'
import { because } from './reason.ts'
import type { Stop } from './verdict.ts'

const SIZE_WORD = 4

/**
 * Why a stream does not unpack. A size word after the stream that does not agree is no fault of the stream: each
 * loader has its own view on it.
 */
export function streamError(layer: StreamLayer): StreamError | undefined {
  if (isLzoChecksum(layer) && layer.unpacked !== undefined) return undefined
  return isSizeWordFault(layer) ? undefined : layer.error
}

/** True where all that is wrong is the size word after the stream. gzip's is part of the stream. */
export function isSizeWordFault({ error, consumed, codec, length }: StreamLayer): boolean {
  if (error?.code !== 'checksum-mismatch' || codec === 'gzip') return false
  return consumed === length - SIZE_WORD && error.offset === consumed
}

/** True where everything of the stream was unpacked, and nothing has to be taken on trust. */
export function isUnpacked(layer: StreamLayer): boolean {
  return layer.verified || layer.unpacked !== undefined || layer.error !== undefined
}

/** Neither side looks at lzop's checksums. */
function isLzoChecksum({ codec, error }: StreamLayer): boolean {
  return codec === 'lzo' && error?.code === 'checksum-mismatch'
}

/** A stream that was not unpacked though Xen would go on: what it makes of the rest is not known then. */
export function limitedByUs(layer: StreamLayer): Stop | undefined {
  const error = streamError(layer)
  const limit = error?.code === 'window-limit' || error?.code === 'output-limit'
  if (error === undefined || !(limit || isLzoChecksum(layer))) return undefined
  return {
    verdict: 'uncertain',
    code: 'unpacked-only-in-part',
    reason: because('unpacked-only-in-part', { codec: layer.codec, problem: error.message }),
    gates: [],
  }
}
