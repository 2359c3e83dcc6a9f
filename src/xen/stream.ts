/** What of a stream's facts counts for Xen's decoders. */
import type { StreamError, StreamLayer } from '../facts/facts.ts'
import type { GateId } from './gates/gates.ts'
import type { LoaderRun } from './loader-run.ts'
import { because } from './reason.ts'
import type { Stop } from './verdict.ts'

const SIZE_WORD = 4

// Flags of lzop (src/conf.h): F_ADLER32_D, F_ADLER32_C, F_CRC32_D, F_CRC32_C.
const OUTPUT_ADLER32 = 0x1
const INPUT_ADLER32 = 0x2
const OUTPUT_CRC32 = 0x100
const INPUT_CRC32 = 0x200

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

/**
 * lzop's flags where they are not those that Xen's decoders take for given: one checksum of the unpacked bytes, none of
 * the packed ones (xen/common/unlzo.c, xc_try_lzo1x_decode skip as much before every block).
 */
export function otherChecksums({ lzopFlags, error }: StreamLayer): number | undefined {
  if (lzopFlags === undefined || isBroken(error)) return undefined
  return isUsual(lzopFlags) ? undefined : lzopFlags
}

function isUsual(lzopFlags: number): boolean {
  const unpacked = lzopFlags & (OUTPUT_ADLER32 | OUTPUT_CRC32)
  const packed = lzopFlags & (INPUT_ADLER32 | INPUT_CRC32)
  return packed === 0 && (unpacked === OUTPUT_ADLER32 || unpacked === OUTPUT_CRC32)
}

/** True where everything of the stream was unpacked, and nothing has to be taken on trust. */
export function isUnpacked(layer: StreamLayer): boolean {
  return layer.verified || layer.unpacked !== undefined || layer.error !== undefined
}

/** Neither side looks at lzop's checksums. */
function isLzoChecksum({ codec, error }: StreamLayer): boolean {
  return codec === 'lzo' && error?.code === 'checksum-mismatch'
}

/** Whether libzstd sees that literals break the rules depends on how its version reads them, and on their sizes. */
export function dependsOnDecoder({ error, literalPairs }: StreamLayer): Stop | undefined {
  if (error === undefined || literalPairs?.unnoticed !== true) return undefined
  return {
    verdict: 'uncertain',
    code: 'stream-broken',
    reason: because('zstd-literal-pairs', { problem: error.message }),
    gates: [],
  }
}

/** A fault that a decoder of Xen does not check: it goes on, and what it makes of the rest is not known. */
export function goesOn({ codec, error }: StreamLayer, gate: GateId): Stop {
  const reason = because('decoder-goes-on', { codec, problem: error!.message })
  return { verdict: 'uncertain', code: 'stream-broken', reason, gates: [gate] }
}

/** An end mark of an lzo block that no compressor writes, where this release takes it. */
export function whyAnyEndMark({ ask }: LoaderRun, layer: StreamLayer): Stop | undefined {
  const isOther = layer.codec === 'lzo' && layer.error?.fault === 'end'
  return isOther && ask.gate('lzo-end-mark') === 'any-length' ? goesOn(layer, 'lzo-end-mark') : undefined
}

/** Whether the blocks are not as the header says: then the header may be what is wrong. */
const isBroken = (error: StreamError | undefined) => error !== undefined && error.code !== 'checksum-mismatch'

/**
 * What we do not unpack, and Xen tries to: it does not look at lzop's method, filter, extra field and checksum flags, and
 * does not count blocks.
 */
function isLimit({ codec, framing, lzopFlags }: StreamLayer, error: StreamError): boolean {
  const { code } = error
  if (lzopFlags !== undefined && isBroken(error) && !isUsual(lzopFlags)) return true
  if (code === 'window-limit' || code === 'output-limit') return true
  return code === 'stream-unsupported' && (codec === 'lzo' || (codec === 'lz4' && framing === 'legacy'))
}

/** A stream that was not unpacked though Xen would go on: what it makes of the rest is not known then. */
export function limitedByUs(layer: StreamLayer): Stop | undefined {
  const error = streamError(layer)
  if (error === undefined || !(isLimit(layer, error) || isLzoChecksum(layer))) return undefined
  return {
    verdict: 'uncertain',
    code: 'unpacked-only-in-part',
    reason: because('unpacked-only-in-part', { codec: layer.codec, problem: error.message }),
    gates: [],
  }
}
