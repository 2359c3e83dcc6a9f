/** Unpacking a bzImage's payload: the decoders of xg_dom_bzimageloader.c and the libraries behind them. */
import type { Codec, StreamLayer } from '../../facts/facts.ts'
import type { GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import { isUnpacked, limitedByUs, streamError } from '../stream.ts'
import type { Blob, Course } from '../subject.ts'
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

export function unpackPayload(course: Course, layer: StreamLayer, payload: Payload): Unpacked {
  const unpacked = tryDecoder(course, layer, payload)
  const { blob, stop } = unpacked
  course.ask.trace?.({
    stage: PROBE,
    what: `${layer.codec} payload`,
    offset: layer.offset,
    value: `${layer.length} bytes`,
    does: stop === undefined ? `unpacks it to ${blob?.size} bytes` : `cannot unpack it: ${stop.reason}`,
    gates: [...new Set([GATE[layer.codec], ...(stop?.gates ?? [])])],
  })
  return unpacked
}

function tryDecoder(course: Course, layer: StreamLayer, payload: Payload): Unpacked {
  const { ask, subject } = course
  const { codec } = layer
  const gate = GATE[codec]
  const decoder = ask.gate(gate)
  const oldGzip = codec === 'gzip' && layer.oldMagic === true
  const frame = codec === 'lz4' && layer.framing === 'frame'
  if (decoder === 'absent' || oldGzip || frame) {
    if (ask.gate('unknown-payload') === 'refuses') course.logged = `${PROBE}: unknown compression format`
    const what = frame ? 'an lz4 frame' : oldGzip ? 'gzip with its old magic' : codec
    return lost('codec-unsupported', `This toolstack does not unpack ${what}`, [gate])
  }
  if (decoder === 'library') {
    if (subject.options.build?.decoders?.[codec] === false) {
      course.logged = unableTo(codec)
      return lost('decoder-not-built', `This toolstack was built without ${codec}`, [
        gate,
        'missing-library-text',
      ])
    }
    if (subject.options.build?.decoders?.[codec] === undefined) course.assume('decoder-library')
  }
  const unpacked = decode(course, layer, payload)
  if (unpacked.stop === undefined) {
    if (!isUnpacked(layer)) course.assume('stream-not-verified')
  } else if (unpacked.stop.verdict === 'refuses') {
    course.logged = unableTo(codec)
  }
  return unpacked
}

function unableTo(codec: Codec): string {
  return codec === 'gzip'
    ? `${PROBE}: unable to gzip decompress kernel`
    : `${PROBE} unable to ${codec.toUpperCase()} decompress kernel`
}

function decode(course: Course, layer: StreamLayer, payload: Payload): Unpacked {
  switch (layer.codec) {
    case 'gzip':
      return gunzip(course, layer, payload)
    case 'lz4':
      return unlz4(course, layer, payload)
    case 'zstd':
      return exact(course, layer, payload, [])
    case 'lzo':
      return course.ask.gate('size-word') === 'needed'
        ? exact(course, layer, payload, ['size-word'])
        : free(course, layer, payload)
    default: {
      const limit = memoryLimit(course, layer)
      if (limit !== undefined) return limit
      return course.ask.gate('size-word') === 'needed'
        ? filled(course, layer, payload)
        : free(course, layer, payload)
    }
  }
}

function memoryLimit({ ask }: Course, layer: StreamLayer): Unpacked | undefined {
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

function gunzip(course: Course, layer: StreamLayer, { depth, length, cut }: Payload): Unpacked {
  if (cut) return pastTheFile()
  const result = tryGunzip(course, layer, depth, length)
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
function tooLarge(course: Course, size: number): Unpacked | undefined {
  if (size <= DECOMPRESS_MAX || course.ask.gate('kernel-size-limit') !== 'all') return undefined
  course.logged = 'kernel image too large'
  return lost('kernel-too-large', 'The payload says that it unpacks to more than 1 GiB', [
    'kernel-size-limit',
  ])
}

/** Decoders that find the end by themselves, and do not look at the size word. */
function free(course: Course, layer: StreamLayer, payload: Payload): Unpacked {
  const { codec } = layer
  const error = streamError(layer)
  const unhardened = codec !== 'xz' && course.ask.gate('payload-bounds') === 'unchecked'
  if (error === undefined) {
    const size = layer.unpacked ?? layer.sizeWord
    if (size === undefined) return wrongSize(layer, [])
    return tooLarge(course, size) ?? { blob: { depth: payload.depth + 1, size } }
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
  if (unhardened && codec === 'lzma' && course.subject.elf !== undefined) {
    failed.blob = { depth: payload.depth + 1, size: course.subject.elf.facts.size }
  }
  return failed
}

/** bzip2, lzma and xz into a buffer of the size that the size word says: what goes beyond it is cut off. */
function filled(course: Course, layer: StreamLayer, { depth }: Payload): Unpacked {
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, ['size-word'])
  const large = tooLarge(course, sizeWord)
  if (large !== undefined) return large
  if (unpacked !== undefined && unpacked > sizeWord) return { blob: { depth: depth + 1, size: sizeWord } }
  if (error !== undefined) return broken(layer, [])
  if (unpacked !== undefined && unpacked < sizeWord) return wrongSize(layer, ['size-word'])
  return { blob: { depth: depth + 1, size: sizeWord } }
}

/** Decoders that need the size word to be exactly right. */
function exact(course: Course, layer: StreamLayer, { depth }: Payload, gates: readonly GateId[]): Unpacked {
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, gates)
  const large = tooLarge(course, sizeWord)
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

function unlz4(course: Course, layer: StreamLayer, { depth }: Payload): Unpacked {
  const { ask } = course
  if (ask.gate('lz4-decoder') === 'broken') {
    return lost('lz4-decoder-broken', 'The LZ4 decoder of this release fails on every real payload', [
      'lz4-decoder',
    ])
  }
  const { sizeWord, unpacked } = layer
  const error = streamError(layer)
  if (sizeWord === undefined) return wrongSize(layer, [])
  const large = tooLarge(course, sizeWord)
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
