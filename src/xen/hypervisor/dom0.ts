/**
 * The hypervisor building dom0: construct_dom0 (xen/arch/x86/domain_build.c), dom0_construct_pv (pv/dom0_build.c) and
 * pvh_load_kernel (hvm/dom0_build.c).
 * @module
 */
import { ELFCLASS32, ELFCLASS64, EM_386, EM_X86_64 } from '../../facts/elf-format.ts'
import type { GateId } from '../gates/gates.ts'
import { hasHvm, hasPv, PV32_REASONS, type Pv32, pv32Of } from '../host-checks.ts'
import { copiedSymbols } from '../libelf/bsd-symtab.ts'
import { notElf, outside, partUnread } from '../libelf/init.ts'
import { hex, PAE_NO, type Parameters, UNSET, UNSET32 } from '../libelf/parameters.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because, type Reason } from '../reason.ts'
import { reasonText } from '../reason-text.ts'
import type { Blob } from '../subject.ts'
import type { Answer, CauseCode, Stage, Stop } from '../verdict.ts'
import { bzImageParse } from './bzimage.ts'
import { COMPAT_START, exceedsMemory, overlapsXen } from './layout.ts'

const SUPERVISOR_MODE_BIT = 1 << 3
const CALLBACK_VECTOR_BIT = 1 << 8
const DOM0_BIT = 1 << 11
const EOPNOTSUPP = 95
const ANY_ACCESS = 7
/** PF_X, PF_W. */
const WRITE_OR_EXECUTE = 3
const SUPERPAGE = 1n << 21n

/** How far the hypervisor comes. */
export interface Dom0Result extends Omit<Answer, 'assumptions'> {
  /** What libelf derived, where it came that far. */
  parameters?: Parameters
}

export type Dom0Mode = 'pv' | 'pvh-v1' | 'pvh'

export function buildDom0(run: LoaderRun, mode: Dom0Mode): Dom0Result {
  const { ask, subject } = run
  const blob = bzImageParse(run)
  if ('verdict' in blob) return stopAt(run, blob.stage, blob)
  if (!subject.startsAsElf(blob)) return stopAt(run, 'elf_init', whyNotElf(run, blob))
  const init = subject.init(ask, blob)
  if (init !== undefined) return stopAt(run, 'elf_init', init)
  const { stop, parameters } = subject.parse(ask, blob, mode === 'pvh')
  if (stop !== undefined) return stopAt(run, 'elf_xen_parse', withDetail(run, stop))
  const failed = mode === 'pvh' ? checkPvh(run, blob, parameters) : checkPv(run, blob, parameters, mode)
  if (failed !== undefined) return stopAt(run, 'check', failed)
  const { virtKstart, virtKend, physEntry } = parameters
  const reason =
    mode === 'pvh'
      ? because('pvh-dom0-taken', { entry: hex(physEntry) })
      : because('dom0-taken', { start: hex(virtKstart), end: hex(virtKend) })
  return { verdict: 'accepts', reason, gates: [], parameters }
}

/** A verbose Xen prints each note before it looks at its value: the last one is that which it refuses. */
function withDetail({ ask, subject }: LoaderRun, stop: Stop): Stop {
  const { build, commandLine } = subject.options
  const isVerbose = commandLine?.verbose ?? build?.verbose ?? false
  if (stop.message !== undefined || stop.detail === undefined || !isVerbose) return stop
  return ask.gate('dom0-verbose') === 'option' ? { ...stop, message: stop.detail } : stop
}

function stopAt({ ask }: LoaderRun, stage: Stage, stop: Stop): Dom0Result {
  const { verdict, code, message, messageOf, reason, gates } = stop
  ask.trace?.({ stage, what: 'result', does: `stops: ${reasonText(reason)}`, gates })
  return {
    verdict,
    ...(verdict === 'refuses' && { stage }),
    code,
    // The log's line is quoted without the full stop at its end.
    ...(message !== undefined && { message }),
    ...(messageOf !== undefined && { messageOf }),
    reason,
    gates,
  }
}

function refuse(
  code: CauseCode,
  message: string | undefined,
  reason: Reason,
  gates: readonly GateId[],
): Stop {
  return { verdict: 'refuses', code, reason, gates, ...(message !== undefined && { message }) }
}

/** What went to libelf is not an ELF file: because it is something else, or because nothing unpacked it. */
function whyNotElf(run: LoaderRun, blob: Blob): Stop {
  const { ask, subject } = run
  if (blob.size < 4 && blob.depth === 0 && ask.gate('libelf-bounds') === 'unchecked') {
    return outside('tiny-file')
  }
  const stop = notElf(ask)
  const layer = subject.layerOf(blob)
  if (layer?.kind === 'bzimage') {
    if (blob.depth === 0 && ask.gate('bzimage-hypervisor') === 'unknown') {
      const reason = because('bzimage-unsupported', { side: 'hypervisor' })
      return { ...stop, code: 'bzimage-unsupported', reason, gates: ['bzimage-hypervisor'] }
    }
    return { ...stop, reason: because('unpacks-to-bzimage') }
  }
  if (layer?.kind !== 'stream') return stop
  if (blob.depth === 0 && ask.gate('compressed-elf-hypervisor') === 'unknown') {
    const reason = because('compressed-elf-unsupported')
    return { ...stop, code: 'compressed-file-unsupported', reason, gates: ['compressed-elf-hypervisor'] }
  }
  const gate = `${layer.codec}-hypervisor` as GateId
  const reason = because('codec-unsupported', { side: 'hypervisor', codec: layer.codec })
  return { ...stop, code: 'codec-unsupported', reason, gates: [gate] }
}

function checkPv(run: LoaderRun, blob: Blob, parameters: Parameters, mode: Dom0Mode): Stop | undefined {
  const elf = run.subject.elf!
  const { class: elfClass, machine } = elf.facts
  const compat32 = elfClass === ELFCLASS32
  return (
    checkType(run, parameters, elfClass, machine, elf.msb) ??
    checkFeatures(run, parameters, mode) ??
    checkAddresses(run, blob, parameters, compat32)
  )
}

function checkType(
  run: LoaderRun,
  { pae }: Parameters,
  elfClass: number,
  machine: number,
  msb: boolean,
): Stop | undefined {
  const { ask } = run
  if (!hasPv(run)) {
    const text = 'Cannot construct Dom0. No guest interface available'
    return refuse('pv-not-built', text, because('pv-not-built'), ['config-pv'])
  }
  const mismatch = 'Mismatch between Xen and DOM0 kernel'
  if (msb && ask.gate('dom0-endianness') === 'checked') {
    return refuse('big-endian', mismatch, because('big-endian'), ['dom0-endianness'])
  }
  if (elfClass === ELFCLASS64 && machine === EM_X86_64) return undefined
  if (elfClass !== ELFCLASS32 || machine !== EM_386) {
    const reason = because('machine-mismatch', { class: elfClass, machine })
    return refuse('machine-mismatch', mismatch, reason, ['dom0-type'])
  }
  if (pae === PAE_NO) {
    return refuse('no-pae', mismatch, because('no-pae-dom0'), ['dom0-type'])
  }
  const pv32 = pv32Of(run)
  if (pv32 !== 'present') {
    return refuse('pv32-not-built', pv32Text(run, pv32, mismatch), PV32_REASONS[pv32], ['pv32'])
  }
  return undefined
}

function pv32Text({ ask }: LoaderRun, why: Pv32, mismatch: string): string {
  if (why === 'off-at-run-time') return `Dom0 failed to switch to compat: ${-EOPNOTSUPP}`
  return ask.gate('pv32-missing-text') === 'named'
    ? 'Found 32-bit PV kernel, but CONFIG_PV32 missing'
    : mismatch
}

function checkFeatures({ ask }: LoaderRun, parameters: Parameters, mode: Dom0Mode): Stop | undefined {
  if (!parameters.hasSupportedFeatures) return undefined
  if (ask.gate('dom0-bit-pv') === 'checked' && (parameters.supported & DOM0_BIT) === 0)
    return dom0BitMissing('dom0-bit-pv')
  if (mode === 'pvh-v1' && (parameters.supported & CALLBACK_VECTOR_BIT) === 0) {
    const reason = because('callback-vector-missing')
    return refuse('pvh-features-missing', 'Kernel does not support PVH mode', reason, ['pvh-dom0'])
  }
  return undefined
}

function dom0BitMissing(gate: GateId): Stop {
  const reason = because('dom0-bit-missing')
  return refuse('dom0-bit-missing', 'Kernel does not support Dom0 operation', reason, [gate])
}

function checkAddresses(
  run: LoaderRun,
  blob: Blob,
  parameters: Parameters,
  compat32: boolean,
): Stop | undefined {
  const { ask, subject } = run
  const { hvStartLow, virtBase, virtHypercall, required } = parameters
  if (
    hvStartLow !== UNSET &&
    compat32 &&
    BigInt.asUintN(64, hvStartLow + SUPERPAGE - 1n) -
      (BigInt.asUintN(64, hvStartLow + SUPERPAGE - 1n) % SUPERPAGE) >
      COMPAT_START
  ) {
    const who = ask.gate('hv-start-low') === 'panics' ? 'Domain 0' : 'Dom0'
    const text = `${who} expects too high a hypervisor start address`
    const reason = because('hv-start-too-high', { start: hex(hvStartLow), limit: hex(COMPAT_START) })
    const stop = refuse('hv-start-too-high', text, reason, ['hv-start-low'])
    return ask.gate('hv-start-low') === 'panics' ? { ...stop, messageOf: 'panic' } : stop
  }
  if (required !== 0 && ask.gate('dom0-required-features') === 'refuses') {
    const text = 'Domain 0 requires an unsupported hypervisor feature'
    const reason = because('required-features')
    return { ...refuse('required-features', text, reason, ['dom0-required-features']), messageOf: 'panic' }
  }
  const end = subject.mappingEnd(parameters)
  ask.trace?.({
    stage: 'dom0_construct_pv',
    what: 'initial mapping',
    value: `${hex(virtBase)} to ${hex(end)}`,
    does: overlapsXen(virtBase, end, compat32)
      ? 'overlaps with Xen: refuses the kernel'
      : 'keeps clear of Xen',
    gates: ['xen-overlap'],
  })
  if (exceedsMemory(virtBase, end)) {
    const text = 'Domain 0 allocation is too small for kernel image'
    const reason = because('kernel-too-large', { start: hex(virtBase), end: hex(end) })
    return { ...refuse('kernel-too-large', text, reason, ['dom0-memory']), messageOf: 'panic' }
  }
  if (overlapsXen(virtBase, end, compat32)) {
    const reason = because('xen-overlap', { start: hex(virtBase), end: hex(end) })
    return refuse('xen-overlap', 'DOM0 image overlaps with Xen private area', reason, ['xen-overlap'])
  }
  const copy = checkCopy(run, blob, parameters)
  if (copy !== undefined) return copy
  if (virtHypercall !== UNSET && (virtHypercall < virtBase || virtHypercall >= end)) {
    const reason = because('hypercall-page-outside', {
      page: hex(virtHypercall),
      start: hex(virtBase),
      end: hex(end),
    })
    return refuse('hypercall-page-outside', 'Invalid HYPERCALL_PAGE field in ELF notes.', reason, [
      'xen-guest-hypercall-page',
    ])
  }
  if ((required & SUPERVISOR_MODE_BIT) !== 0 && ask.gate('supervisor-mode') === 'refuses') {
    const reason = because('supervisor-mode')
    return {
      ...refuse('required-features', 'Dom0 requires supervisor-mode execution', reason, ['supervisor-mode']),
      messageOf: 'panic',
    }
  }
  return undefined
}

/** Copying the segments and the symbols: where releases read outside the image. */
function checkCopy(run: LoaderRun, blob: Blob, parameters: Parameters): Stop | undefined {
  const { ask, subject } = run
  const elf = subject.elf!
  const limit = BigInt(Math.max(blob.size, elf.facts.size))
  let left = 2n * (parameters.virtKend - parameters.virtKstart)
  for (const { flags, offset, filesz, memsz } of elf.loads) {
    if ((flags & ANY_ACCESS) === 0) continue
    if ((flags & WRITE_OR_EXECUTE) === 0 && ask.gate('read-only-segments') === 'ignored') continue
    const beyond = filesz > 0n && offset + filesz > limit
    const shrinks = filesz > memsz
    if (left < memsz && ask.gate('load-copy-limit') !== 'none') return undefined
    left -= memsz
    if (!beyond && !shrinks) continue
    const copy = ask.gate('dom0-segment-copy')
    if (copy === 'trusting') return outside(beyond ? 'segment' : 'segment-shrinks', ['dom0-segment-copy'])
    // The number of bytes is an unsigned int then.
    const copied = ask.gate('dom0-copy-size') === '32-bit' ? BigInt.asUintN(32, filesz) : filesz
    if (copy === 'source-trusted' && copied > 0n && offset + copied > limit) {
      return outside('segment', ['dom0-segment-copy', 'dom0-copy-size'])
    }
  }
  if (elf.oddLoads && ask.gate('dom0-segment-copy') !== 'checked')
    return partUnread('program-headers', ['dom0-segment-copy'])
  const symbols = parameters.bsdSymtab ? copiedSymbols(ask, elf, blob.size) : []
  if (symbols.some(({ offset, size }) => BigInt(size) > 0n && BigInt(offset) + BigInt(size) > limit)) {
    return outside('symbols', ['dom0-symbol-copy'])
  }
  return undefined
}

function checkPvh(run: LoaderRun, blob: Blob, parameters: Parameters): Stop | undefined {
  const { ask } = run
  if (!hasHvm(run)) {
    return refuse('hvm-missing', undefined, because('hvm-missing'), ['pvh-dom0'])
  }
  if (parameters.physEntry === UNSET32) {
    const reason = because('no-phys32-entry')
    return refuse('not-pvh', 'Unable to find XEN_ELFNOTE_PHYS32_ENTRY address', reason, ['pvh-dom0'])
  }
  if (
    parameters.hasSupportedFeatures &&
    (parameters.supported & DOM0_BIT) === 0 &&
    ask.gate('dom0-bit-pvh') === 'checked'
  ) {
    return dom0BitMissing('dom0-bit-pvh')
  }
  run.assume('placement-not-asked')
  return checkCopy(run, blob, parameters)
}
