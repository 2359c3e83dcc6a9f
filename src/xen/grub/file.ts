/** From a file to an ELF: grub_file_open's filters and grub_xen_file (grub-core/loader/i386/xen_file.c). */
import { ELFCLASS32, ELFCLASS64, ELFDATA2LSB, ELFDATA2MSB } from '../../facts/elf-format.ts'
import type { BzImageLayer, Codec, ElfFacts, Facts, StreamError, StreamLayer } from '../../facts/facts.ts'
import { type GrubAssumption, type GrubStop, MESSAGES, undefinedRead } from './answer.ts'
import type { GrubGateId, GrubReader } from './pvgrub2.ts'
import { type GrubReason, grubBecause } from './reason.ts'

/** sizeof(Elf64_Ehdr), which is read of 32-bit files too. */
const EHDR = 64
/** sizeof(struct linux_i386_kernel_header). */
const LINUX_HEADER = 616
const XEN_PROTOCOL = 0x0208
/** "YZ", the last bytes of an xz stream, as the upper half of a little-endian word. */
const XZ_FOOTER = 0x5a59
/** A gzip header and trailer. */
const GZIP_LEAST = 18
/** The window that gzio unpacks at once, in bytes. */
const GZIP_WINDOW = 0x8000
const TRAILER = 4

/** The filters in the order in which each gets its one try. */
const FILTERS: Readonly<Partial<Record<Codec, number>>> = { gzip: 0, xz: 1, lzo: 2, zstd: 3 }
const CODEC_GATES: Readonly<Record<Codec, GrubGateId>> = {
  gzip: 'codec-gzip',
  xz: 'codec-xz',
  lzo: 'codec-lzo',
  zstd: 'codec-zstd',
  bzip2: 'codec-other',
  lzma: 'codec-other',
  lz4: 'codec-other',
}

/** The bytes that GRUB has in its hands. */
export interface GrubFile {
  /** The layer that these bytes are; one past the last is the ELF. */
  depth: number
  /** How many bytes GRUB believes there are. */
  size: number
}

export interface Opened {
  file: GrubFile
  /** From here on the ELF cannot be read: the checksum of its gzip stream does not match where unpacking ends. */
  readableTo: number
  assumptions: GrubAssumption[]
}

/** Finds the ELF that GRUB parses, or why there is none. */
export function openKernel(ask: GrubReader, facts: Facts): Opened | GrubStop {
  const assumptions: GrubAssumption[] = []
  const outer = applyFilters(ask, facts, { depth: 0, size: facts.size }, 0, assumptions)
  if ('verdict' in outer) return outer
  if (isElf(ask, facts, outer)) return { file: outer, readableTo: readableTo(facts, outer, 0), assumptions }
  const layer = facts.layers[outer.depth]
  if (outer.size < LINUX_HEADER) return noImage(grubBecause('header-too-short'))
  if (layer?.kind !== 'bzimage' || layer.protocol < XEN_PROTOCOL) return tooOld(layer)
  if (layer.payloadLength < ask.gate('payload-minimum')) {
    return {
      verdict: 'refuses',
      stage: 'file',
      code: 'payload-unknown',
      message: MESSAGES.tooShort,
      reason: grubBecause('payload-short', { length: layer.payloadLength }),
    }
  }
  const payload = facts.layers[outer.depth + 1]
  const trims = ask.gate('payload-trim')
  const trim =
    trims === 'all' || (trims === 'xz' && payload?.kind === 'stream' && payload.codec === 'xz') ? TRAILER : 0
  ask.trace?.({
    stage: 'grub_xen_file',
    what: 'payload',
    offset: layer.payloadStart,
    value: `${layer.payloadLength} bytes`,
    does: trim > 0 ? 'cuts its last four bytes off' : 'takes it as it is',
    gates: ['payload-trim'],
  })
  const raw = { depth: outer.depth + 1, size: layer.payloadLength - trim }
  const inner = applyFilters(
    ask,
    facts,
    raw,
    trim,
    assumptions,
    outer.size < layer.payloadStart + layer.payloadLength,
  )
  if ('verdict' in inner) return inner
  if (isElf(ask, facts, inner))
    return { file: inner, readableTo: readableTo(facts, inner, trim), assumptions }
  if (inner.depth > raw.depth) {
    const broken = payload?.kind === 'stream' ? payload.error : undefined
    return broken === undefined ? undefinedRead('file', 'closed-twice') : payloadBroken(broken)
  }
  return notUnpacked(payload)
}

export const payloadBroken = ({ message }: StreamError): GrubStop => ({
  verdict: 'uncertain',
  stage: 'file',
  code: 'stream-broken',
  reason: grubBecause('payload-broken', { problem: message }),
})

function tooOld(layer: Facts['layers'][number] | undefined): GrubStop {
  const linux = layer?.kind === 'bzimage'
  return {
    verdict: 'refuses',
    stage: 'file',
    code: linux ? 'boot-protocol-too-old' : layer?.kind === 'stream' ? 'codec-unsupported' : 'not-a-kernel',
    message: MESSAGES.tooOld,
    reason: linux
      ? grubBecause('boot-protocol-too-old', { least: '2.08' })
      : layer?.kind === 'stream'
        ? grubBecause('codec-unsupported', { codec: layer.codec, place: 'file' })
        : grubBecause('not-a-kernel'),
  }
}

function noImage(reason: GrubReason): GrubStop {
  return { verdict: 'refuses', stage: 'file', code: 'not-a-kernel', message: MESSAGES.noImage, reason }
}

function notUnpacked(payload: BzImageLayer | StreamLayer | undefined): GrubStop {
  if (payload?.kind !== 'stream') {
    return {
      ...noImage(grubBecause('payload-unknown')),
      code: 'payload-unknown',
    }
  }
  return {
    ...noImage(grubBecause('codec-unsupported', { codec: payload.codec, place: 'payload' })),
    code: 'codec-unsupported',
  }
}

/** Unwraps what a filter recognises; each filter has one try, in order. `cut`: the file ends inside the stream. */
function applyFilters(
  ask: GrubReader,
  facts: Facts,
  file: GrubFile,
  trim: number,
  assumptions: GrubAssumption[],
  cut = false,
): GrubFile | GrubStop {
  let { depth, size } = file
  let next = 0
  for (;;) {
    const layer = facts.layers[depth]
    if (layer?.kind !== 'stream') return { depth, size }
    const filter = FILTERS[layer.codec]
    const there = ask.gate(CODEC_GATES[layer.codec])
    const trimmed = depth === file.depth ? trim : 0
    const takes = there && filter !== undefined && filter >= next && recognises(layer, trimmed, cut)
    ask.trace?.({
      stage: 'grub_file_filters',
      what: `${layer.codec} stream`,
      offset: layer.offset,
      value: `${layer.length} bytes`,
      does: takes
        ? 'unpacks it'
        : there
          ? 'does not recognise it: leaves it as it is'
          : 'has no filter for it',
      gates: [CODEC_GATES[layer.codec]],
    })
    if (!takes) return { depth, size }
    const stop = whileUnpacking(ask, facts, layer)
    if (stop !== undefined) return stop
    if (!layer.verified && !assumptions.includes('stream-not-verified'))
      assumptions.push('stream-not-verified')
    if (!assumptions.includes('grub-modules')) assumptions.push('grub-modules')
    size = sizeOf(facts, layer, trimmed)
    if (layer.codec === 'gzip' && trimmed > 0) assumptions.push('gzip-size-unknown')
    next = filter + 1
    depth++
  }
}

/** Whether a filter's checks of header and footer pass. */
function recognises(layer: StreamLayer, trim: number, cut: boolean): boolean {
  const { codec, consumed, error, length, sizeWord } = layer
  const seen = length - trim
  switch (codec) {
    case 'gzip':
      return !cut && seen >= GZIP_LEAST && !brokenHeader(layer)
    case 'xz':
      if (cut || brokenHeader(layer) || error?.code === 'stream-truncated') return false
      if (consumed !== undefined) return consumed === seen
      return sizeWord !== undefined && (sizeWord >>> 16 === XZ_FOOTER) === (trim === 0)
    case 'lzo':
      if (cut || brokenHeader(layer) || error?.code === 'stream-truncated') return false
      if (consumed !== undefined) return consumed === seen
      return (sizeWord === 0) === (trim === 0)
    default:
      return !brokenHeader(layer)
  }
}

/** Unpacking failed before the first byte of content. */
const brokenHeader = ({ error }: StreamLayer) =>
  error !== undefined && error.code === 'stream-unsupported' && error.offset < GZIP_LEAST

/** What happens in a stream that cannot be unpacked as far as the notes. */
function whileUnpacking(
  ask: GrubReader,
  { elf }: Facts,
  { codec, error, unpacked }: StreamLayer,
): GrubStop | undefined {
  if (error?.code !== 'stream-truncated' || unpacked !== undefined) return undefined
  if (codec === 'zstd') return undefinedRead('file', 'zstd-cut')
  if (codec !== 'gzip' || elf === undefined || ask.gate('gzip-end') === 'zeros') return undefined
  const needed = neededOf(elf)
  const sameWindow = Math.floor((needed - 1) / GZIP_WINDOW) >= Math.floor((elf.size - 1) / GZIP_WINDOW)
  return sameWindow ? noImage(grubBecause('gzip-cut')) : undefined
}

/** How much of an ELF GRUB reads up to the end of its notes, in bytes. */
export const neededOf = ({ walks }: ElfFacts) => Math.max(EHDR, ...walks.map(({ end }) => Number(end)))

/** The size that a filter reads from the stream; where GRUB finds none that counts, the real one. */
function sizeOf({ elf }: Facts, layer: StreamLayer, trim: number): number {
  if (layer.codec === 'gzip') return trim > 0 ? Number.MAX_SAFE_INTEGER : (layer.sizeWord ?? 0)
  return layer.unpacked ?? elf?.size ?? Number.MAX_SAFE_INTEGER
}

/** gzio compares the checksum with the last window, and only where the size that the trailer says was reached exactly. */
function readableTo({ layers }: Facts, { depth }: GrubFile, trim: number): number {
  const layer = layers[depth - 1]
  if (layer?.kind !== 'stream' || layer.codec !== 'gzip') return Number.POSITIVE_INFINITY
  const { consumed, error, length, sizeWord, unpacked } = layer
  const compares = trim === 0 && unpacked !== undefined && unpacked === sizeWord
  const matches = error?.code !== 'checksum-mismatch' && consumed === length
  if (!compares || matches) return Number.POSITIVE_INFINITY
  return Math.floor((unpacked - 1) / GZIP_WINDOW) * GZIP_WINDOW
}

/** grub_elf_file. */
function isElf(ask: GrubReader, facts: Facts, { depth, size }: GrubFile): boolean {
  const { elf, layers } = facts
  if (elf === undefined || depth !== layers.length || size < EHDR) return false
  if (ask.gate('elf-header') === 'class-and-order') {
    return elf.data === ELFDATA2LSB && (elf.class === ELFCLASS32 || elf.class === ELFCLASS64)
  }
  // e_version is read little-endian: that of a true big-endian file does not fit.
  return !(elf.data === ELFDATA2MSB && (elf.ehsize === 52 || elf.ehsize === EHDR))
}
