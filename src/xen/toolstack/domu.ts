/**
 * The toolstack building a domU: xc_dom_kernel_file, xc_dom_find_loader, the loader's parser, and the check of the
 * guest type (tools/libxc/xc_dom_*.c, tools/libs/guest/xg_dom_*.c).
 * @module
 */
import { EHDR32_LENGTH, ELFCLASS32 } from '../../facts/elf-format.ts'
import type { StreamLayer } from '../../facts/facts.ts'
import type { GateId } from '../gates/gates.ts'
import { outside } from '../libelf/init.ts'
import { hex, type Parameters, UNSET32 } from '../libelf/parameters.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because } from '../reason.ts'
import { reasonText } from '../reason-text.ts'
import type { Blob } from '../subject.ts'
import type { Answer, Stage, Stop } from '../verdict.ts'
import { parseBinImage } from './bin-image.ts'
import { type BzImageProbe, probeBzImage } from './bzimage.ts'
import { checkCompatibility, guestTypeOf, HVM_TYPE } from './guest-type.ts'
import { DECOMPRESS_MAX, type Gunzipped, gunzipFailure, tryGunzip } from './read.ts'

const DOM0_BIT = 1 << 11
const AUTO_TRANSLATED_BIT = 1 << 2
const PV64_TYPE = 'xen-3.0-x86_64'
/** The features that a PVH version 1 guest is given. */
const PVH_V1_FEATURES: readonly (readonly [bit: number, name: string])[] = [
  [1, 'writable_descriptor_tables'],
  [2, 'auto_translated_physmap'],
  [3, 'supervisor_mode_kernel'],
  [8, 'hvm_callback_vector'],
]
const NOT_PVH: Pick<Stop, 'code' | 'reason' | 'gates'> = {
  code: 'not-pvh',
  reason: because('no-phys32-entry'),
  gates: ['hvm-container-pv-kernel'],
}
const NO_LOADER = 'xc_dom_find_loader: no loader found'

/** How far the toolstack comes. */
export interface DomUResult extends Omit<Answer, 'assumptions'> {
  /** What libelf derived, where it came that far. */
  parameters?: Parameters
}

type Loader = 'multiboot-binary' | 'HVM-generic' | 'Linux bzImage' | 'ELF-generic'

/** As a PV domain, as PVH version 1 (a PV domain with features), or as PVH in an HVM container. */
export type DomUMode = 'pv' | 'pvh-v1' | 'pvh'

export function buildDomU(run: LoaderRun, mode: DomUMode): DomUResult {
  const read = readKernel(run)
  if ('verdict' in read) return read
  const result = findLoader(run, read, mode === 'pvh')
  return mode === 'pvh-v1' && result.verdict === 'accepts' ? checkPvhV1(run, result) : result
}

/** What PVH version 1 asks for on top of PV (xc_dom_parse_image, vcpu_x86_32). */
function checkPvhV1(run: LoaderRun, result: DomUResult): DomUResult {
  const { loader, guestType, parameters } = result
  const extra = { ...(loader !== undefined && { loader }), ...(guestType !== undefined && { guestType }) }
  const missing = PVH_V1_FEATURES.filter(([bit]) => ((parameters?.supported ?? 0) & (1 << bit)) === 0)
  run.ask.trace?.({
    stage: 'xc_dom_parse_image',
    what: 'features of PVH version 1',
    does: missing.length === 0 ? 'the kernel supports all of them' : 'some are missing: refuses the kernel',
    gates: ['pvh-domU', 'feature-activation'],
  })
  if (missing.length > 0) {
    const names = missing.map(([, name]) => name)
    const stop: Stop = {
      verdict: 'refuses',
      code: 'pvh-features-missing',
      message: 'xc_dom_parse_image: unsupported feature requested',
      reason: because('pvh-v1-features-missing', { names }),
      gates: ['pvh-domU', 'feature-activation'],
    }
    return stopAt('parse', stop, extra)
  }
  if (guestType !== PV64_TYPE) {
    const stop: Stop = {
      verdict: 'refuses',
      code: 'guest-type-unsupported',
      message: 'vcpu_x86_32: PVH not supported for 32bit guests.',
      reason: because('pvh-v1-64-bit-only'),
      gates: ['pvh-domU'],
    }
    return stopAt('guest-type', stop, extra)
  }
  return result
}

function stopAt(stage: Stage | undefined, stop: Stop, extra: Partial<DomUResult> = {}): DomUResult {
  const { verdict, code, message, messageOf, reason, gates } = stop
  return {
    verdict,
    ...(stage !== undefined && verdict === 'refuses' && { stage }),
    code,
    ...(message !== undefined && { message }),
    ...(messageOf !== undefined && { messageOf }),
    reason,
    gates,
    ...extra,
  }
}

function readKernel(run: LoaderRun): Blob | DomUResult {
  const { ask, subject } = run
  const { file } = subject
  if (file.size < 4 && ask.gate('libelf-bounds') === 'unchecked') {
    const layer = subject.layerOf(file)
    const reads = file.size === 0 || layer?.kind === 'stream'
    if (reads) return stopAt(undefined, outside('tiny-file'))
  }
  if (file.size > DECOMPRESS_MAX && ask.gate('kernel-size-limit') === 'all') {
    return stopAt('read', {
      verdict: 'refuses',
      code: 'kernel-too-large',
      message: 'tried to map file which is too large',
      reason: because('file-too-large'),
      gates: ['kernel-size-limit'],
    })
  }
  const layer = subject.layerOf(file)
  const stream = layer?.kind === 'stream' ? layer : undefined
  const result = tryGunzip(run, stream, 0, file.size)
  if (stream !== undefined) traceFile(run, stream, result)
  if (result === 'as-it-is') return file
  if ('verdict' in result) return stopAt(undefined, result)
  if ('depth' in result) return result
  return stopAt('read', {
    verdict: 'refuses',
    code: stream?.error === undefined ? 'size-word-wrong' : 'stream-broken',
    message: gunzipFailure(result.rc),
    reason: because('gzip-file-wrong', stream?.error === undefined ? {} : { problem: stream.error.message }),
    gates: ['bare-gzip-toolstack'],
  })
}

function traceFile({ ask }: LoaderRun, { codec, offset, length }: StreamLayer, result: Gunzipped): void {
  const fails = (why: string) => `cannot unpack it: ${why}`
  const does = () => {
    if (result === 'as-it-is') return 'leaves it as it is'
    if ('verdict' in result) return fails(reasonText(result.reason))
    return 'depth' in result ? `unpacks it to ${result.size} bytes` : fails(gunzipFailure(result.rc))
  }
  ask.trace?.({
    stage: 'xc_dom_try_gunzip',
    what: `${codec} file`,
    offset,
    value: `${length} bytes`,
    does: does(),
    gates: ['bare-gzip-toolstack'],
  })
}

function findLoader(run: LoaderRun, blob: Blob, hvm: boolean): DomUResult {
  const { subject } = run
  const { binTable } = subject.facts
  if (binTable !== undefined) return loadBinImage(run, parseBinImage(run, binTable, blob.size))

  if (hvm && subject.startsAsElf(blob) && run.ask.gate('hvm-firmware') === 'taken') {
    const firmware = probeFirmware(run, blob)
    if (firmware !== undefined) return firmware
  }
  const probe = probeBzImage(run, blob)
  if (probe.stop?.verdict === 'uncertain') return stopAt(undefined, probe.stop)
  if (probe.unpacked) {
    const found = probeElf(run, probe.blob, hvm)
    if (found === true) return parseKernel(run, probe.blob, 'Linux bzImage', hvm)
    if (found !== false && found.verdict === 'uncertain') return stopAt(undefined, found)
    return noLoader(run, found === false ? undefined : found)
  }
  const found = probeElf(run, probe.blob, hvm)
  if (found === true) return parseKernel(run, probe.blob, 'ELF-generic', hvm)
  if (found !== false && found.verdict === 'uncertain') return stopAt(undefined, found)
  return noLoader(run, whyNoLoader(run, probe, found))
}

function whyNoLoader(run: LoaderRun, probe: BzImageProbe, found: Stop | false): Stop | undefined {
  if (probe.stop !== undefined) return probe.stop
  if (found !== false) return found
  const layer = run.subject.layerOf(probe.blob)
  if (layer?.kind !== 'stream') return undefined
  return {
    verdict: 'refuses',
    code: layer.codec === 'gzip' ? 'kernel-too-large' : 'compressed-file-unsupported',
    reason:
      layer.codec === 'gzip'
        ? because('gzip-file-size-limit')
        : because('bare-codec-unsupported', { codec: layer.codec }),
    gates: ['bare-gzip-toolstack'],
  }
}

/** The operator reads only "no loader found": the cause is given beside it. */
function noLoader(run: LoaderRun, why: Stop | undefined): DomUResult {
  run.log(NO_LOADER)
  const gates: readonly GateId[] = why === undefined ? ['loader-order'] : why.gates
  const reason = why?.reason ?? because('not-a-kernel')
  run.ask.trace?.({
    stage: 'xc_dom_find_loader',
    what: 'result',
    does: `no loader found: ${reasonText(reason)}`,
    gates,
  })
  return {
    verdict: 'refuses',
    stage: 'parse',
    code: why?.code ?? 'not-a-kernel',
    message: NO_LOADER,
    ...(why !== undefined && why.code !== 'not-a-kernel' && { messageOf: 'search' as const }),
    reason,
    gates,
  }
}

function loadBinImage(run: LoaderRun, type: string | Stop): DomUResult {
  const loader: Loader = 'multiboot-binary'
  if (typeof type !== 'string') return stopAt('parse', type, { loader })
  const compat = checkCompatibility(run, type)
  if (compat !== undefined) return stopAt(compat.stage, compat, { loader, guestType: type })
  return {
    verdict: 'accepts',
    loader,
    guestType: type,
    reason: because('flat-image-taken', { type }),
    gates: [],
  }
}

/** elf_is_elfbinary, with the size that only hardened releases compare. */
function isElf(run: LoaderRun, blob: Blob): boolean | Stop {
  const { ask, subject } = run
  if (blob.depth < subject.facts.layers.length || blob.depth > subject.facts.layers.length) return false
  if (blob.size < EHDR32_LENGTH && ask.gate('libelf-bounds') === 'checked') return false
  if (blob.depth === 0 && blob.size < 4) return outside('tiny-file')
  return subject.startsAsElf(blob)
}

/** The HVM-generic loader: takes what libelf does not. */
function probeFirmware(run: LoaderRun, blob: Blob): DomUResult | undefined {
  const { subject, ask } = run
  if (isElf(run, blob) !== true || subject.init(ask, blob) !== undefined) return undefined
  const { stop } = subject.parse(ask, blob, true)
  if (stop === undefined) return undefined
  const loader: Loader = 'HVM-generic'
  const gates: GateId[] = ['hvm-firmware', ...stop.gates]
  ask.trace?.({
    stage: 'xc_dom_probe_hvm_kernel',
    what: 'HVM-generic loader',
    does: 'claims it: libelf refuses the notes, so it is taken as firmware',
    gates,
  })
  if (subject.elf!.facts.class !== ELFCLASS32) {
    return stopAt(
      'parse',
      {
        verdict: 'refuses',
        code: stop.code,
        message: 'xc_dom_parse_hvm_kernel: ELF image is not 32bit',
        reason: because('firmware-not-32-bit', { cause: stop.reason }),
        gates,
      },
      { loader },
    )
  }
  return {
    verdict: 'refuses',
    stage: 'parse',
    code: 'hvm-firmware',
    loader,
    guestType: HVM_TYPE,
    reason: because('started-as-firmware', { cause: stop.reason }),
    gates,
  }
}

/** The ELF-generic loader's probe: true, false for other bytes, or why libelf refuses it. */
function probeElf(run: LoaderRun, blob: Blob, hvm: boolean): true | false | Stop {
  const { subject, ask } = run
  const elf = isElf(run, blob)
  if (elf !== true) return elf
  if (ask.gate('loader-probe') === 'magic') return true
  return subject.init(ask, blob) ?? subject.parse(ask, blob, hvm).stop ?? true
}

function parseKernel(run: LoaderRun, blob: Blob, loader: Loader, hvm: boolean): DomUResult {
  const { subject, ask } = run
  const { facts } = subject.elf!
  const init = subject.init(ask, blob)
  if (init?.verdict === 'uncertain') return stopAt(undefined, init)
  if (init !== undefined) {
    const message = 'xc_dom_parse_elf_kernel: corrupted ELF image'
    return stopAt('parse', { ...init, message }, { loader })
  }
  if (facts.shstrndx >= facts.shnum && ask.gate('shstrtab') === 'needed') {
    return stopAt(
      'parse',
      {
        verdict: 'refuses',
        code: 'no-section-names',
        message: 'xc_dom_parse_elf_kernel: ELF image has no shstrtab',
        reason: because('no-section-names'),
        gates: ['shstrtab'],
      },
      { loader },
    )
  }
  const { stop, parameters } = subject.parse(ask, blob, hvm)
  if (stop?.verdict === 'uncertain') return stopAt(undefined, stop)
  if (stop !== undefined) {
    const message = stop.message ?? run.logged?.text
    const noise = stop.message === undefined && run.logged?.noise === true
    const said = {
      ...(message !== undefined && { message }),
      ...(noise && { messageOf: 'earlier-loader' as const }),
    }
    return stopAt('parse', { ...stop, ...said }, { loader })
  }
  if ((parameters.required & DOM0_BIT) !== 0 && ask.gate('dom0-only-kernel') === 'refuses') {
    return stopAt(
      'parse',
      {
        verdict: 'refuses',
        code: 'dom0-only-kernel',
        message: 'xc_dom_parse_elf_kernel: Kernel does not support unprivileged (DomU) operation',
        reason: because('dom0-only-kernel'),
        gates: ['dom0-only-kernel'],
      },
      { loader },
    )
  }
  const type = guestTypeOf(run, parameters, hvm)
  if ('verdict' in type) return stopAt('parse', type, { loader })
  const compat = checkCompatibility(run, type.type)
  if (compat !== undefined) {
    const why = hvm && parameters.physEntry === UNSET32 ? { ...compat, ...NOT_PVH } : compat
    return stopAt(compat.stage, why, { loader, guestType: type.type })
  }
  if (type.undecided) {
    return {
      verdict: 'uncertain',
      code: 'hvm-container-undecided',
      loader,
      guestType: type.type,
      reason: because('pv-type-in-hvm-container'),
      gates: ['hvm-container-pv-kernel'],
    }
  }
  if (!hvm && (parameters.required & AUTO_TRANSLATED_BIT) !== 0 && ask.gate('autotranslate') === 'refuses') {
    run.assume('autotranslate-refused-later')
  }
  const { virtKstart, virtKend } = parameters
  return {
    verdict: 'accepts',
    loader,
    guestType: type.type,
    reason: because('taken', { type: type.type, start: hex(virtKstart), end: hex(virtKend) }),
    gates: [],
    parameters,
  }
}
