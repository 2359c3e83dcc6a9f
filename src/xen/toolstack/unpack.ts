/** Unpacking a bzImage's payload: the decoders of xg_dom_bzimageloader.c and their libraries. */
import type { Codec, StreamLayer } from '../../facts/facts.ts'
import type { AskedGateId, GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import { hex } from '../libelf/parameters.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because, type Reason } from '../reason.ts'
import { reasonText } from '../reason-text.ts'
import {
  dependsOnDecoder,
  isUnpacked,
  limitedByUs,
  otherChecksums,
  streamError,
  whyAnyEndMark,
} from '../stream.ts'
import type { Blob } from '../subject.ts'
import type { CauseCode, Stop } from '../verdict.ts'
import { DECOMPRESS_MAX, gunzipFailure, tryGunzip } from './read.ts'

/** What a decoder makes of a payload. */
export interface Unpacked {
  /** What the next loader gets. */
  blob?: Blob
  /** Why there is nothing for the ELF loader of the bzImage. */
  stop?: Stop
}

/** The payload's place in the file. */
export interface Payload {
  depth: number
  /** `payload_length`. */
  length: number
  /** It reaches past the end of the file. */
  cut: boolean
}

const GATE: Readonly<Record<Codec, AskedGateId>> = {
  gzip: 'gzip-toolstack',
  bzip2: 'bzip2-toolstack',
  lzma: 'lzma-toolstack',
  xz: 'xz-toolstack',
  lzo: 'lzo-toolstack',
  lz4: 'lz4-toolstack',
  zstd: 'zstd-toolstack',
}

const PROBE = 'xc_dom_probe_bzimage_kernel'

/** What a decoder says that was not built in: the name in its function, and the one in its text. */
const LIBRARIES: Readonly<Partial<Record<Codec, { function: string; text: string }>>> = {
  bzip2: { function: 'bzip2', text: 'BZIP2' },
  lzma: { function: 'lzma', text: 'LZMA' },
  xz: { function: 'xz', text: 'XZ' },
  lzo: { function: 'lzo1x', text: 'LZO1x' },
  lz4: { function: 'lz4', text: 'LZ4' },
  zstd: { function: 'zstd', text: 'ZSTD' },
}
const MIB = 2 ** 20

/** lzma_memusage of the decoders: the dictionary and about this much for their tables. */
const LZMA_TABLES = 64 * 1024

const lost = (code: CauseCode, reason: Reason, gates: readonly GateId[]): Unpacked => ({
  stop: { verdict: 'refuses', code, reason, gates },
})

export function unpackPayload(run: LoaderRun, layer: StreamLayer, payload: Payload): Unpacked {
  const unpacked = tryDecoder(run, layer, payload)
  const { blob, stop } = unpacked
  run.ask.trace?.({
    stage: PROBE,
    what: `${layer.codec} payload`,
    offset: layer.offset,
    value: `${layer.length} bytes`,
    does:
      stop === undefined
        ? `unpacks it to ${blob?.size} bytes`
        : `cannot unpack it: ${reasonText(stop.reason)}`,
    gates: [...new Set([GATE[layer.codec], ...(stop?.gates ?? [])])],
  })
  return unpacked
}

function tryDecoder(run: LoaderRun, layer: StreamLayer, payload: Payload): Unpacked {
  const { ask, subject } = run
  const { codec } = layer
  const gate = GATE[codec]
  const decoder = ask.gate(gate)
  const oldGzip = codec === 'gzip' && layer.oldMagic === true
  const frame = codec === 'lz4' && layer.framing === 'frame'
  if (decoder === 'absent' || oldGzip || frame) {
    if (ask.gate('unknown-payload') === 'refuses') run.log(`${PROBE}: unknown compression format`)
    const form = frame ? 'frame' : oldGzip ? 'old-magic' : undefined
    const reason = because('codec-unsupported', {
      side: 'toolstack',
      codec,
      ...(form !== undefined && { form }),
    })
    return lost('codec-unsupported', reason, [gate])
  }
  if (decoder === 'library') {
    if (subject.options.build?.decoders?.[codec] === false) {
      const name = LIBRARIES[codec]
      if (name !== undefined && ask.gate('missing-library-text') === 'logged') {
        run.log(`xc_try_${name.function}_decode: ${name.text} decompress support unavailable`)
      }
      run.log(unableTo(codec))
      return lost('decoder-not-built', because('decoder-not-built', { codec }), [
        gate,
        'missing-library-text',
      ])
    }
    if (subject.options.build?.decoders?.[codec] === undefined) {
      run.assume('decoder-library')
      run.dependOn(gate, because('decoder-unknown', { codec }))
    }
  }
  const unpacked = whyUnreadable(run, layer) ?? decode(run, layer, payload)
  if (unpacked.stop === undefined) {
    if (!isUnpacked(layer)) run.assume('stream-not-verified')
  } else if (unpacked.stop.verdict === 'refuses' && unpacked.stop.reason.code !== 'gzip-payload-too-large') {
    // Gzip that says more than 1 GiB is passed on as it is, without a word.
    run.log(unableTo(codec))
  }
  return unpacked
}

/** What is sound, and not taken by the toolstack's reading of lzop's container, or by an old liblzma. */
function whyUnreadable(run: LoaderRun, layer: StreamLayer): Unpacked | undefined {
  const unseen = whyAnyEndMark(run, layer)
  if (unseen !== undefined) return { stop: unseen }
  if (layer.endMarker === true && run.ask.gate('lzma-end-marker') === 'refused') {
    return lost('stream-unsupported', because('lzma-end-marker'), ['lzma-end-marker'])
  }
  const flags = otherChecksums(layer)
  if (flags !== undefined) {
    return lost('stream-unsupported', because('lzo-checksums', { flags: hex(flags) }), ['lzo-toolstack'])
  }
  return layer.stored === true
    ? lost('stream-unsupported', because('lzo-stored-block'), ['lzo-toolstack'])
    : undefined
}

function unableTo(codec: Codec): string {
  return codec === 'gzip'
    ? `${PROBE}: unable to gzip decompress kernel`
    : `${PROBE} unable to ${codec.toUpperCase()} decompress kernel`
}

function decode(run: LoaderRun, layer: StreamLayer, payload: Payload): Unpacked {
  switch (layer.codec) {
    case 'gzip':
      return gunzip(run, layer, payload)
    case 'lz4':
      return unlz4(run, layer, payload)
    case 'zstd':
      return exact(run, layer, payload, [])
    case 'lzo':
      return run.ask.gate('size-word') === 'needed'
        ? exact(run, layer, payload, ['size-word'])
        : free(run, layer, payload)
    default: {
      const limit = memoryLimit(run, layer)
      if (limit !== undefined) return limit
      return run.ask.gate('size-word') === 'needed' ? filled(run, layer, payload) : free(run, layer, payload)
    }
  }
}

function memoryLimit({ ask }: LoaderRun, layer: StreamLayer): Unpacked | undefined {
  if (layer.codec === 'bzip2' || layer.dictionary === undefined) return undefined
  const needed = layer.dictionary + LZMA_TABLES
  const exceeds = (limit: number) => limit !== 0 && needed > limit * MIB
  if (!ask.follows('xz-memory-limit', exceeds)) return undefined
  const limit = ask.gate('xz-memory-limit')
  const mebibytes = Math.ceil(layer.dictionary / MIB)
  const reason = because('dictionary-too-large', { codec: layer.codec, mebibytes, limit })
  return lost('dictionary-too-large', reason, ['xz-memory-limit'])
}

function broken(layer: StreamLayer, gates: readonly GateId[]): Unpacked {
  const { code, message } = streamError(layer)!
  const unsure = limitedByUs(layer) ?? dependsOnDecoder(layer)
  if (unsure !== undefined) return { stop: unsure }
  const cause = code === 'stream-unsupported' ? 'stream-unsupported' : 'stream-broken'
  return lost(cause, because('stream-broken', { codec: layer.codec, problem: message }), gates)
}

const pastTheFile = () => ({ stop: outside('payload-end', ['payload-bounds']) })

function gunzip(run: LoaderRun, layer: StreamLayer, { depth, length, cut }: Payload): Unpacked {
  if (cut) return pastTheFile()
  const sizeWord = layer.sizeWord ?? payloadWord(run, depth)
  const result = tryGunzip(run, { ...layer, ...(sizeWord !== undefined && { sizeWord }) }, depth, length)
  if (result === 'as-it-is') {
    return lost('kernel-too-large', because('gzip-payload-too-large'), ['kernel-size-limit'])
  }
  if ('verdict' in result) return { stop: result }
  if ('rc' in result) run.log(gunzipFailure(result.rc))
  if ('rc' in result) return streamError(layer) ? broken(layer, []) : wrongSize(layer, [])
  return { blob: result }
}

/** The last four bytes up to the end of the payload. */
function payloadWord({ subject }: LoaderRun, depth: number): number | undefined {
  const layer = subject.facts.layers[depth - 1]
  return layer?.kind === 'bzimage' ? layer.sizeWord : undefined
}

function wrongSize(layer: StreamLayer, gates: readonly GateId[]): Unpacked {
  const { codec, sizeWord, unpacked } = layer
  const reason = because('payload-size-wrong', {
    codec,
    ...(sizeWord !== undefined && { says: sizeWord }),
    ...(unpacked !== undefined && { unpacked }),
  })
  return lost('size-word-wrong', reason, gates)
}

/** The size word is checked against the limit before anything is unpacked. */
function tooLarge(run: LoaderRun, size: number): Unpacked | undefined {
  if (size <= DECOMPRESS_MAX || run.ask.gate('kernel-size-limit') !== 'all') return undefined
  run.log('kernel image too large')
  return lost('kernel-too-large', because('payload-too-large'), ['kernel-size-limit'])
}

/** Decoders that find the end by themselves, and do not look at the size word. */
function free(run: LoaderRun, layer: StreamLayer, payload: Payload): Unpacked {
  const { codec } = layer
  const error = streamError(layer)
  if (error === undefined) {
    const size = layer.unpacked ?? layer.sizeWord
    if (size === undefined) return wrongSize(layer, [])
    return tooLarge(run, size) ?? { blob: { depth: payload.depth + 1, size } }
  }
  if (payload.cut) return pastTheFile()
  const unhardened = codec !== 'xz' && run.ask.gate('payload-bounds') === 'unchecked'
  if (unhardened && codec === 'bzip2' && error.code === 'stream-truncated') {
    return {
      stop: {
        verdict: 'uncertain',
        code: 'memory-outside-image',
        reason: because('endless-bzip2'),
        gates: ['payload-bounds'],
      },
    }
  }
  const failed = broken(layer, [])
  // The partial output is left to the next loader.
  if (unhardened && codec === 'lzma' && run.subject.elf !== undefined) {
    failed.blob = { depth: payload.depth + 1, size: run.subject.elf.facts.size }
  }
  return failed
}

/** bzip2, lzma and xz into a buffer of the size that the size word says: what goes beyond it is cut off. */
function filled(run: LoaderRun, layer: StreamLayer, { depth }: Payload): Unpacked {
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, ['size-word'])
  const large = tooLarge(run, sizeWord)
  if (large !== undefined) return large
  if (unpacked !== undefined && unpacked > sizeWord) return { blob: { depth: depth + 1, size: sizeWord } }
  if (error !== undefined) return broken(layer, [])
  if (unpacked !== undefined && unpacked < sizeWord) return wrongSize(layer, ['size-word'])
  return { blob: { depth: depth + 1, size: sizeWord } }
}

/** Decoders that need the size word to be exactly right. */
function exact(run: LoaderRun, layer: StreamLayer, { depth }: Payload, gates: readonly GateId[]): Unpacked {
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, gates)
  const large = tooLarge(run, sizeWord)
  if (large !== undefined) return large
  if (error !== undefined) return broken(layer, [])
  if (unpacked !== undefined && unpacked !== sizeWord) return wrongSize(layer, gates)
  // ZSTD_decompress takes all of the input for frames: nothing may come between the last one and the size word.
  if (layer.codec === 'zstd' && layer.consumed !== undefined && layer.consumed !== layer.length - 4) {
    return lost('stream-broken', because('zstd-gap'), [])
  }
  return { blob: { depth: depth + 1, size: sizeWord } }
}

function unlz4(run: LoaderRun, layer: StreamLayer, { depth }: Payload): Unpacked {
  const { ask } = run
  if (ask.gate('lz4-decoder') === 'broken') {
    return lost('lz4-decoder-broken', because('lz4-decoder-broken'), ['lz4-decoder'])
  }
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, [])
  const large = tooLarge(run, sizeWord)
  if (large !== undefined) return large
  if (error !== undefined) return broken(layer, [])
  if (unpacked !== undefined && unpacked > sizeWord) return wrongSize(layer, [])
  if (unpacked !== undefined && unpacked < sizeWord && ask.gate('lz4-output') === 'exact') {
    return wrongSize(layer, ['lz4-output'])
  }
  // The blocks must end where the size word starts.
  if (layer.consumed !== undefined && layer.consumed !== layer.length - 4) {
    return lost('stream-broken', because('lz4-blocks-end'), [])
  }
  return { blob: { depth: depth + 1, size: sizeWord } }
}
