/** The hypervisor's decoders: perform_gunzip (xen/arch/x86/bzimage.c) and decompress (xen/common/decompress.c). */
import type { Codec, StreamLayer } from '../../facts/facts.ts'
import type { AskedGateId, GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import { hex } from '../libelf/parameters.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because, type Reason, type UncheckedRead } from '../reason.ts'
import { reasonText } from '../reason-text.ts'
import {
  dependsOnDecoder,
  goesOn,
  isUnpacked,
  limitedByUs,
  otherChecksums,
  streamError,
  whyAnyEndMark,
} from '../stream.ts'
import type { Blob } from '../subject.ts'
import type { CauseCode, Stage, Stop } from '../verdict.ts'
import {
  errorText,
  GZIP_NO_CODES,
  gzipFlagsText,
  LZ4_FAILED,
  LZMA_EOF,
  LZO_LONG_BLOCK,
  LZO_VIOLATION,
  XZ_SETTINGS,
} from './decoder-texts.ts'

/** Why the kernel does not get as far as libelf. */
export interface HypervisorStop extends Stop {
  stage: Stage
}

/** Where compressed bytes are. */
export interface Compressed {
  blob: Blob
  /** How far into the file they start. */
  start: number
}

const GATE: Readonly<Record<Codec, AskedGateId>> = {
  gzip: 'gzip-hypervisor',
  bzip2: 'bzip2-hypervisor',
  lzma: 'lzma-hypervisor',
  xz: 'xz-hypervisor',
  lzo: 'lzo-hypervisor',
  lz4: 'lz4-hypervisor',
  zstd: 'zstd-hypervisor',
}

export const PAGE = 4096
const SIZE_WORD = 4
/** What bzimage_headroom adds for gzip: 8 bytes for every 32 KiB of input, and 32 KiB and 18 bytes. */
const GZIP_SHIFT = 4096
const GZIP_ROOM = 32768 + 18

export const gzipRoom = (sizeWord: number) => Math.floor(sizeWord / GZIP_SHIFT) + GZIP_ROOM

/** What goes to libelf: the unpacked kernel, or the same bytes where no decoder takes them. */
export function decompress(run: LoaderRun, compressed: Compressed): Blob | HypervisorStop {
  const { blob } = compressed
  const layer = run.subject.layerOf(blob)
  if (layer?.kind !== 'stream' || (layer.codec === 'lz4' && layer.framing === 'frame')) return blob
  const result = tryDecoder(run, layer, compressed)
  const does = () => {
    if ('verdict' in result) return `cannot unpack it: ${reasonText(result.reason)}`
    if (result === blob) return 'no decoder for it: leaves it as it is'
    return `unpacks it; its size word says ${result.size} bytes`
  }
  const gate = GATE[layer.codec]
  run.ask.trace?.({
    stage: layer.codec === 'gzip' ? 'perform_gunzip' : 'decompress',
    what: `${layer.codec} stream`,
    offset: layer.offset,
    value: `${layer.length} bytes`,
    does: does(),
    gates: 'verdict' in result ? [...new Set([gate, ...result.gates])] : [gate],
  })
  return result
}

/** The same blob where this release has no decoder. */
function tryDecoder(run: LoaderRun, layer: StreamLayer, { blob, start }: Compressed): Blob | HypervisorStop {
  const { ask } = run
  const gate = GATE[layer.codec]
  if (ask.gate(gate) === 'absent') return blob
  const { unpacked } = layer
  const sizeWord = layer.sizeWord ?? payloadWord(run, blob)
  if (sizeWord === undefined) {
    return refuse('init', 'size-word-wrong', because('no-size-word'), [])
  }
  if (
    layer.bySize === undefined &&
    unpacked !== undefined &&
    unpacked > roomFor(run, layer, sizeWord, { blob, start })
  ) {
    return {
      ...outside('compressed-source', [gate]),
      code: 'output-overwrites-input',
      stage: 'bzimage_parse',
    }
  }
  const failure = decode(run, layer, { blob, start })
  if (failure !== undefined) return failure
  if (!isUnpacked(layer)) run.assume('stream-not-verified')
  return { depth: blob.depth + 1, size: sizeWord }
}

/** The last four bytes up to the end of a payload that is shorter. */
function payloadWord({ subject }: LoaderRun, { depth }: Blob): number | undefined {
  const layer = subject.facts.layers[depth - 1]
  return layer?.kind === 'bzimage' ? layer.sizeWord : undefined
}

/**
 * How much can be unpacked before it reaches what is still to be read. The input lies bzimage_headroom after the
 * output, and is read faster than the output comes up to it; bzip2 reads a block before it writes any of it.
 */
function roomFor(
  { subject }: LoaderRun,
  layer: StreamLayer,
  sizeWord: number,
  { blob, start }: Compressed,
): number {
  const room = layer.codec === 'gzip' ? gzipRoom(sizeWord) : blob.size
  const headroom = Math.ceil((sizeWord + room) / PAGE) * PAGE
  return headroom + (layer.codec === 'bzip2' ? subject.facts.size : start + blob.size)
}

function refuse(
  stage: Stage,
  code: CauseCode,
  reason: Reason,
  gates: readonly GateId[],
  message?: string,
): HypervisorStop {
  return { verdict: 'refuses', stage, code, reason, gates, ...(message !== undefined && { message }) }
}

function decode(run: LoaderRun, layer: StreamLayer, compressed: Compressed): HypervisorStop | undefined {
  const { codec } = layer
  const error = streamError(layer)
  if (codec === 'lz4') return decodeLz4(run, layer, compressed)
  if (codec === 'xz' && layer.check !== undefined && layer.check !== 'none' && layer.check !== 'crc32') {
    const reason = because('xz-check-unknown', { check: layer.check })
    return refuse('bzimage_parse', 'stream-unsupported', reason, ['xz-check-hypervisor'], XZ_SETTINGS)
  }
  const filters = layer.filters ?? []
  if (filters.length > 1 || filters.some(({ name, start }) => name !== 'x86' || start !== undefined)) {
    const names = filters.map(({ name, start }) => (start === undefined ? name : `${name} from ${start}`))
    const reason = because('xz-filters', { names })
    return refuse('bzimage_parse', 'stream-unsupported', reason, ['xz-filters-hypervisor'], XZ_SETTINGS)
  }
  const unread =
    codec === 'gzip' ? whyUnreadableGzip(layer) : codec === 'lzo' ? whyUnreadableLzo(layer) : undefined
  if (unread !== undefined) return unread
  if (layer.manyCodes === true && run.ask.gate('bzip2-code-counts') === 'a-byte') {
    const gates: GateId[] = ['bzip2-code-counts']
    const reason = because('bzip2-many-codes')
    return { verdict: 'uncertain', stage: 'bzimage_parse', code: 'stream-unsupported', reason, gates }
  }
  if (error === undefined) return undefined
  const truncated = error.code === 'stream-truncated'
  if (codec === 'bzip2' && truncated) return unchecked('bzip2-input', 'bzip2-hypervisor')
  if (codec === 'lzo' && truncated && run.ask.gate('lzo-input-hypervisor') === 'unchecked') {
    return unchecked('lzo-input', 'lzo-input-hypervisor')
  }
  const tooLarge = codec === 'zstd' && error.code === 'window-limit' && layer.dictionary! > ZSTD_WINDOW
  const unseen = error.fault === 'unchecked' ? goesOn(layer, GATE[codec]) : whyAnyEndMark(run, layer)
  if (unseen !== undefined) return { ...unseen, stage: 'bzimage_parse' }
  const unsure = (tooLarge ? undefined : limitedByUs(layer)) ?? dependsOnDecoder(layer)
  if (unsure !== undefined) return { ...unsure, stage: 'bzimage_parse' }
  // Distances are not checked, and the window is all of the address space.
  if (codec === 'gzip' && error.fault === 'distance') {
    return unchecked('gzip-distance', 'gzip-hypervisor')
  }
  if (codec === 'lzma' && run.ask.gate('lzma-corrupt-hypervisor') === 'undefined') {
    return unchecked('lzma-corrupt', 'lzma-corrupt-hypervisor')
  }
  // Once all contents are there, unlzma does not look at the end of the stream.
  if (codec === 'lzma' && error.fault === 'end') return undefined
  if (codec === 'lzma' && error.fault === 'symbol') run.log(LZMA_EOF)
  const reason = because('stream-broken', { codec, problem: error.message })
  const code = error.code === 'stream-unsupported' ? 'stream-unsupported' : 'stream-broken'
  const stop = refuse(codec === 'gzip' ? 'init' : 'bzimage_parse', code, reason, [], errorText(layer))
  // error() of xen/common/gzip/gunzip.c panics, that of decompress.c prints a line.
  return codec === 'gzip' ? { ...stop, messageOf: 'panic' } : stop
}

/** The largest window of unzstd: ZSTD_WINDOWLOG_MAX of xen/common/zstd/zstd_internal.h. */
const ZSTD_WINDOW = 2 ** 27

/** What gunzip does not take, though other decoders do. */
function whyUnreadableGzip({ gzipFlags = 0, noDistances, error }: StreamLayer): HypervisorStop | undefined {
  const unread =
    gzipFlags !== 0
      ? { message: gzipFlagsText(gzipFlags), reason: because('gzip-flags', { flags: hex(gzipFlags) }) }
      : noDistances === true
        ? { message: GZIP_NO_CODES, reason: because('gzip-no-distances') }
        : undefined
  if (unread === undefined) return undefined
  const code = error === undefined ? 'stream-unsupported' : 'stream-broken'
  return { ...refuse('init', code, unread.reason, ['gzip-hypervisor'], unread.message), messageOf: 'panic' }
}

/** What unlzo does not take of lzop's container, though other decoders do. */
function whyUnreadableLzo(layer: StreamLayer): HypervisorStop | undefined {
  const refuseLzo = (reason: Reason, message: string) =>
    refuse('bzimage_parse', 'stream-unsupported', reason, ['lzo-hypervisor'], message)
  const flags = otherChecksums(layer)
  // A header that is damaged says nothing of the blocks.
  if (flags !== undefined && layer.error?.fault === 'header') {
    return { ...goesOn(layer, 'lzo-hypervisor'), stage: 'bzimage_parse' }
  }
  if (flags !== undefined) return refuseLzo(because('lzo-checksums', { flags: hex(flags) }), LZO_VIOLATION)
  if (layer.longBlock === undefined || layer.error !== undefined) return undefined
  return refuseLzo(because('lzo-long-block', { at: hex(layer.longBlock) }), LZO_LONG_BLOCK)
}

/**
 * unlz4 counts what it unpacks against the size word, and has no bound for what it reads. Where the sizes of the blocks do
 * not agree with that, the stream decoded by the size word alone says what comes of it, up to the end of the file.
 */
function decodeLz4(run: LoaderRun, layer: StreamLayer, compressed: Compressed): HypervisorStop | undefined {
  const { bySize, sizeWord, unpacked, consumed } = layer
  const error = streamError(layer)
  const message = bySize?.end === 'passes-end' ? 'data corrupted' : LZ4_FAILED
  const failed = (code: CauseCode, reason: Reason, gates: readonly GateId[]) =>
    refuse('bzimage_parse', code, reason, gates, message)
  // The size word is taken off the length before anything is looked at.
  if (layer.length < SIZE_WORD) return LZ4_ENDLESS
  if (error?.fault === 'header') {
    const reason = because('stream-broken', { codec: 'lz4', problem: error.message })
    return refuse('bzimage_parse', 'stream-broken', reason, [], 'invalid header')
  }
  if (run.ask.gate('lz4-decoder') === 'broken') {
    const reason = because('lz4-decoder-broken')
    return refuse('bzimage_parse', 'lz4-decoder-broken', reason, ['lz4-decoder'], LZ4_FAILED)
  }
  if (bySize !== undefined) {
    if (bySize.lead > roomFor(run, layer, sizeWord!, compressed) - layer.length) {
      return unchecked('compressed-source', 'lz4-hypervisor')
    }
    if (bySize.end === 'agrees') return undefined
    if (bySize.end === 'runs-out') return LZ4_ENDLESS
  } else if (error?.code === 'stream-truncated') return LZ4_ENDLESS
  if (error !== undefined) {
    return failed('stream-broken', because('stream-broken', { codec: 'lz4', problem: error.message }), [])
  }
  if (unpacked !== undefined && unpacked !== sizeWord) {
    return failed('size-word-wrong', because('size-word-wrong', { says: sizeWord ?? 0, unpacked }), [])
  }
  const disagrees = bySize !== undefined || (consumed !== undefined && consumed !== layer.length - SIZE_WORD)
  return disagrees ? failed('stream-broken', because('lz4-blocks-end'), []) : undefined
}

const LZ4_ENDLESS = unchecked('lz4-input', 'lz4-hypervisor')

/** A decoder that reads or writes outside its buffers. */
function unchecked(what: UncheckedRead, gate: GateId): HypervisorStop {
  return { ...outside(what, [gate]), stage: 'bzimage_parse' }
}
