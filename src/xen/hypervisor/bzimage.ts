/** The hypervisor unpacking its dom0 kernel: bzimage_headroom and bzimage_parse (xen/arch/x86/bzimage.c). */
import { PAYLOAD_PROTOCOL, PROTOCOL, SETUP_HEADER_END } from '../../facts/bzimage-format.ts'
import { EHDR32_LENGTH } from '../../facts/elf-format.ts'
import type { BzImageLayer } from '../../facts/facts.ts'
import type { GateReader } from '../gate-reader.ts'
import type { GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because } from '../reason.ts'
import { reasonText } from '../reason-text.ts'
import type { Blob } from '../subject.ts'
import { decompress, gzipRoom, type HypervisorStop, PAGE } from './decompress.ts'

/** The bytes that go to libelf, or why none do. */
export function bzImageParse(run: LoaderRun): Blob | HypervisorStop {
  const { ask, subject } = run
  const { file } = subject
  const layer = subject.layerOf(file)
  if (ask.gate('bzimage-hypervisor') === 'unknown') {
    if (layer?.kind === 'bzimage') traceHeader(run, layer, 'not known: takes the file as an ELF')
    return file
  }
  if (layer?.kind !== 'bzimage' || file.size < SETUP_HEADER_END) return compressedFile(run, file)

  const { protocol, payloadStart, payloadLength } = layer
  traceHeader(run, layer, protocol < PAYLOAD_PROTOCOL ? 'too old: refuses it' : 'looks for the payload')
  if (protocol < PAYLOAD_PROTOCOL) {
    const version = `v${protocol >> 8}.${(protocol & 0xff).toString().padStart(2, '0')}`
    return {
      verdict: 'refuses',
      stage: 'bzimage_parse',
      code: 'boot-protocol-too-old',
      message: `Cannot load bzImage ${version} at least v2.08 is required`,
      reason: because('boot-protocol-too-old'),
      gates: ['bzimage-header'],
    }
  }
  const blob: Blob = { depth: 1, size: payloadLength }
  const wraps = payloadStart >= 2 ** 32 && ask.gate('payload-offset-width') === '32-bit'
  const outsideFile = payloadStart >= file.size && !wraps
  ask.trace?.({
    stage: 'bzimage_parse',
    what: 'payload',
    offset: payloadStart,
    value: `${payloadLength} bytes`,
    does: outsideFile ? `starts after the end of the file, at ${file.size}` : 'looks for its magic',
    gates: ['bzimage-header'],
  })
  if (outsideFile) {
    return { ...outside('payload', ['bzimage-header']), stage: 'bzimage_parse' }
  }
  if (wraps) return { ...blob, depth: Number.MAX_SAFE_INTEGER }
  const cut = payloadStart + payloadLength > file.size
  const signed = (cut || headroomOverflows(run, layer)) && ask.gate('headroom-hypervisor') === 'any-payload'
  if (signed && !cut) {
    return { ...outside('headroom', ['headroom-hypervisor']), stage: 'bzimage_parse' }
  }
  if (layer.gzipMagic === true && ask.gate('gzip-magic-hypervisor') === 'unbounded') {
    return emptyGzip(ask)
  }
  if (!(signed && cut) && subject.startsAsElf(blob) && isElfBinary(run, blob)) return blob
  if (cut) return { ...outside('payload-size-word', ['bzimage-header']), stage: 'bzimage_parse' }
  return decompress(run, { blob, start: payloadStart })
}

/** gunzip runs out of input before it has read the magic. */
function emptyGzip(ask: GateReader): HypervisorStop {
  const gates: GateId[] = ['gzip-magic-hypervisor']
  const reason = because('stream-broken', { codec: 'gzip', problem: 'the payload ends inside its magic' })
  ask.trace?.({ stage: 'perform_gunzip', what: 'gzip magic', does: reasonText(reason), gates })
  return {
    verdict: 'refuses',
    stage: 'init',
    code: 'stream-broken',
    message: 'ran out of input data',
    messageOf: 'panic',
    reason,
    gates,
  }
}

/** Whether the headroom, which was an int, becomes negative. */
function headroomOverflows({ subject }: LoaderRun, { sizeWord = 0, payloadLength }: BzImageLayer): boolean {
  const stream = subject.facts.layers[1]
  const isGzip = stream?.kind === 'stream' && stream.codec === 'gzip'
  const room = isGzip ? gzipRoom(sizeWord) : payloadLength
  return sizeWord + room + PAGE - 1 >= 2 ** 31
}

function traceHeader({ ask }: LoaderRun, { protocol }: BzImageLayer, does: string): void {
  ask.trace?.({
    stage: 'bzimage_parse',
    what: 'bzImage header',
    offset: PROTOCOL,
    value: `boot protocol ${protocol >> 8}.${(protocol & 0xff).toString().padStart(2, '0')}`,
    does,
    gates: ['bzimage-hypervisor', 'bzimage-header'],
  })
}

function isElfBinary({ ask }: LoaderRun, blob: Blob): boolean {
  return blob.size >= EHDR32_LENGTH || ask.gate('libelf-bounds') === 'unchecked'
}

function compressedFile(run: LoaderRun, file: Blob): Blob | HypervisorStop {
  const { ask, subject } = run
  if (ask.gate('compressed-elf-hypervisor') === 'unknown') return file
  if (file.size < 4 && ask.gate('libelf-bounds') === 'unchecked') {
    return { ...outside('tiny-file'), stage: 'elf_init' }
  }
  if (subject.startsAsElf(file) && isElfBinary(run, file)) return file
  if (file.size === 0) {
    return {
      verdict: 'refuses',
      stage: 'init',
      code: 'not-a-kernel',
      message: `Xen BUG at ${ask.gate('dom0-bug-place')}`,
      messageOf: 'panic',
      reason: because('empty-file'),
      gates: ['compressed-elf-hypervisor'],
    }
  }
  return decompress(run, { blob: file, start: 0 })
}
