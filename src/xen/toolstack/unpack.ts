/** Unpacking a bzImage's payload: the decoders of xg_dom_bzimageloader.c and the libraries behind them. */
import type { Codec, StreamLayer } from '../../facts/facts.ts'
import type { GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import type { LoaderRun } from '../loader-run.ts'
import { isUnpacked, limitedByUs, streamError } from '../stream.ts'
import type { Blob } from '../subject.ts'
import type { CauseCode, Stop } from '../verdict.ts'
import { DECOMPRESS_MAX, tryGunzip } from './read.ts'

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

const GATE: Readonly<Record<Codec, GateId>> = {
  gzip: 'gzip-toolstack',
  bzip2: 'bzip2-toolstack',
  lzma: 'lzma-toolstack',
  xz: 'xz-toolstack',
  lzo: 'lzo-toolstack',
  lz4: 'lz4-toolstack',
  zstd: 'zstd-toolstack',
}

const PROBE = 'xc_dom_probe_bzimage_kernel'
const MIB = 2 ** 20

/** lzma_memusage of the decoders: the dictionary and about this much for their tables. */
const LZMA_TABLES = 64 * 1024

const lost = (code: CauseCode, reason: string, gates: readonly GateId[]): Unpacked => ({
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
    does: stop === undefined ? `unpacks it to ${blob?.size} bytes` : `cannot unpack it: ${stop.reason}`,
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
    if (ask.gate('unknown-payload') === 'refuses') run.logged = `${PROBE}: unknown compression format`
    const what = frame ? 'an lz4 frame' : oldGzip ? 'gzip with its old magic' : codec
    return lost('codec-unsupported', `This toolstack does not unpack ${what}`, [gate])
  }
  if (decoder === 'library') {
    if (subject.options.build?.decoders?.[codec] === false) {
      run.logged = unableTo(codec)
      return lost('decoder-not-built', `This toolstack was built without ${codec}`, [
        gate,
        'missing-library-text',
      ])
    }
    if (subject.options.build?.decoders?.[codec] === undefined) run.assume('decoder-library')
  }
  const unpacked = decode(run, layer, payload)
  if (unpacked.stop === undefined) {
    if (!isUnpacked(layer)) run.assume('stream-not-verified')
  } else if (unpacked.stop.verdict === 'refuses') {
    run.logged = unableTo(codec)
  }
  return unpacked
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
  const limit = ask.gate('xz-memory-limit')
  if (limit === 0 || layer.dictionary + LZMA_TABLES <= limit * MIB) return undefined
  const need = Math.ceil(layer.dictionary / MIB)
  return lost(
    'dictionary-too-large',
    `The ${layer.codec} stream needs a dictionary of ${need} MiB, this toolstack allows ${limit} MiB in all`,
    ['xz-memory-limit'],
  )
}

function broken(layer: StreamLayer, gates: readonly GateId[]): Unpacked {
  const { code, message } = streamError(layer)!
  const limited = limitedByUs(layer)
  if (limited !== undefined) return { stop: limited }
  const cause = code === 'stream-unsupported' ? 'stream-unsupported' : 'stream-broken'
  return lost(cause, `The ${layer.codec} stream cannot be unpacked: ${message}`, gates)
}

const pastTheFile = () => ({ stop: outside('the payload runs past the end of the file', ['payload-bounds']) })

function gunzip(run: LoaderRun, layer: StreamLayer, { depth, length, cut }: Payload): Unpacked {
  if (cut) return pastTheFile()
  const result = tryGunzip(run, layer, depth, length)
  if (result === 'as-it-is') {
    return {
      ...lost('kernel-too-large', 'The gzip stream says that it unpacks to more than 1 GiB', [
        'kernel-size-limit',
      ]),
    }
  }
  if ('verdict' in result) return { stop: result }
  if ('rc' in result) return streamError(layer) ? broken(layer, []) : wrongSize(layer, [])
  return { blob: result }
}

function wrongSize(layer: StreamLayer, gates: readonly GateId[]): Unpacked {
  const says = layer.sizeWord === undefined ? 'no size' : `${layer.sizeWord} bytes`
  return lost(
    'size-word-wrong',
    `The ${layer.codec} payload says ${says} at its end, and unpacks to ${layer.unpacked ?? 'something else'}`,
    gates,
  )
}

/** The size word is checked against the limit before anything is unpacked. */
function tooLarge(run: LoaderRun, size: number): Unpacked | undefined {
  if (size <= DECOMPRESS_MAX || run.ask.gate('kernel-size-limit') !== 'all') return undefined
  run.logged = 'kernel image too large'
  return lost('kernel-too-large', 'The payload says that it unpacks to more than 1 GiB', [
    'kernel-size-limit',
  ])
}

/** Decoders that find the end by themselves, and do not look at the size word. */
function free(run: LoaderRun, layer: StreamLayer, payload: Payload): Unpacked {
  const { codec } = layer
  const error = streamError(layer)
  const unhardened = codec !== 'xz' && run.ask.gate('payload-bounds') === 'unchecked'
  if (error === undefined) {
    const size = layer.unpacked ?? layer.sizeWord
    if (size === undefined) return wrongSize(layer, [])
    return tooLarge(run, size) ?? { blob: { depth: payload.depth + 1, size } }
  }
  if (payload.cut) return pastTheFile()
  if (unhardened && codec === 'bzip2' && error.code === 'stream-truncated') {
    return {
      stop: {
        ...outside('a bzip2 stream without end'),
        reason: 'This toolstack waits for the end of the bzip2 stream for ever',
        gates: ['payload-bounds'],
      },
    }
  }
  const failed = broken(layer, [])
  // The partial output stays behind, for the next loader to look at.
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
  // ZSTD_decompress takes all of the input for frames: nothing may stand between the frame and the size word.
  if (layer.codec === 'zstd' && layer.consumed !== undefined && layer.consumed !== layer.length - 4) {
    return lost(
      'stream-broken',
      'There is something between the end of the zstd stream and its size word',
      [],
    )
  }
  return { blob: { depth: depth + 1, size: sizeWord } }
}

function unlz4(run: LoaderRun, layer: StreamLayer, { depth }: Payload): Unpacked {
  const { ask } = run
  if (ask.gate('lz4-decoder') === 'broken') {
    return lost('lz4-decoder-broken', 'The LZ4 decoder of this release fails on every real payload', [
      'lz4-decoder',
    ])
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
    return lost('stream-broken', 'The lz4 blocks do not end where the size word starts', [])
  }
  return { blob: { depth: depth + 1, size: sizeWord } }
}
