/** The whole of grub_cmd_xen (grub-core/loader/i386/xen.c), for one version or for all. */
import type { Facts } from '../../facts/facts.ts'
import { ComponentReader, type ComponentStep, componentSpans } from '../component.ts'
import { type ElfImage, prepareElf } from '../libelf/image.ts'
import { hex } from '../libelf/parameters.ts'
import {
  GRUB_XEN_FILE,
  type GrubAnswer,
  type GrubArch,
  type GrubAssumption,
  type GrubInfo,
  type GrubKernelArch,
  type GrubStage,
  type GrubStop,
  MESSAGES,
} from './answer.ts'
import { neededOf, openKernel, payloadBroken } from './file.ts'
import { readInfo } from './notes.ts'
import { type GrubReader, pvgrub2 } from './pvgrub2.ts'
import { grubBecause } from './reason.ts'
import { takesPairs } from './zstd-literals.ts'

const PAGE = 4096n
const EM_386 = 3
const EM_X86_64 = 62
const ELFDATA2LSB = 1
const ELFCLASS32 = 1
const ELFCLASS64 = 2

/** A kernel made ready for being asked by many versions. */
export class GrubSubject {
  readonly facts: Facts
  readonly image: ElfImage | undefined

  constructor(facts: Facts) {
    this.facts = facts
    this.image = facts.elf === undefined ? undefined : prepareElf(facts.elf)
  }
}

/** What the file and notes stages find, before an architecture is asked for. */
export interface Parsed {
  info: GrubInfo
  /** How many bytes of the ELF GRUB believes there are. */
  size: number
  /** From here on the ELF cannot be read. */
  readableTo: number
  assumptions: GrubAssumption[]
}

/** grub_xen_file and grub_xen_get_info, in a program of as many bits as the GRUB that is built for `build`. */
export function parseKernel(
  ask: GrubReader,
  { facts, image }: GrubSubject,
  build: GrubArch,
): Parsed | GrubStop {
  const opened = openKernel(ask, facts)
  if ('verdict' in opened) return opened
  const unread = unreadLiterals(facts, opened.file.depth, build)
  if (unread !== undefined) return unread
  const elf = image!.facts
  const known =
    elf.data === ELFDATA2LSB &&
    ((elf.class === ELFCLASS64 && elf.machine === EM_X86_64) ||
      (elf.class === ELFCLASS32 && elf.machine === EM_386))
  if (!known) {
    return {
      verdict: 'refuses',
      stage: 'notes',
      code: 'machine-unsupported',
      message: MESSAGES.elfType,
      reason: grubBecause('elf-type'),
    }
  }
  if (image!.walks.some(({ walk }) => Number(walk.end) > opened.readableTo)) return checksumMismatch('notes')
  const info = readInfo(ask, image!, opened.file.size)
  if ('verdict' in info) return info
  return { info, size: opened.file.size, readableTo: opened.readableTo, assumptions: opened.assumptions }
}

/** A zstd block before the end of the notes at which this GRUB's decoder stops, in a layer that it unpacks. */
function unreadLiterals({ elf, layers }: Facts, depth: number, build: GrubArch): GrubStop | undefined {
  for (const layer of layers.slice(0, depth)) {
    if (layer.kind !== 'stream' || layer.literalPairs === undefined || layer.error === undefined) continue
    const isNeeded = elf !== undefined && neededOf(elf) > layer.literalPairs.unpacked
    if (isNeeded && !takesPairs(layer.literalPairs, build)) return payloadBroken(layer.error)
  }
  return undefined
}

/** The error names both checksums, of which the facts have none. */
const checksumMismatch = (stage: GrubStage): GrubStop => ({
  verdict: 'refuses',
  stage,
  code: 'stream-broken',
  reason: grubBecause('checksum-mismatch'),
})

/** What one version, built for `arch`, does with a kernel. */
export function askGrub(ask: GrubReader, subject: GrubSubject, arch: GrubArch): GrubAnswer {
  const parsed = parseKernel(ask, subject, arch)
  if ('verdict' in parsed) return { ...parsed, gates: ask.gates, assumptions: [] }
  const stop = checkArchitecture(ask, parsed.info, arch) ?? checkSegments(ask, subject.image!, parsed)
  if (stop !== undefined) return { ...stop, gates: ask.gates, assumptions: parsed.assumptions }
  return {
    verdict: 'accepts',
    reason: grubBecause('taken', { arch: parsed.info.arch, virtBase: hex(parsed.info.virtBase) }),
    gates: ask.gates,
    assumptions: [...parsed.assumptions, 'grub-memory'],
  }
}

/** The build of GRUB that loads kernels of an architecture. */
export function buildFor(arch: GrubKernelArch): GrubArch | undefined {
  if (arch === 'x86_64') return 'x86_64-xen'
  return arch === 'i386' ? undefined : 'i386-xen'
}

function checkArchitecture(
  ask: GrubReader,
  { arch, virtBase }: GrubInfo,
  build: GrubArch,
): GrubStop | undefined {
  ask.gate('architecture')
  const fits = buildFor(arch) === build
  ask.trace?.({
    stage: 'grub_cmd_xen',
    what: 'architecture',
    value: arch,
    does: fits ? `is what ${build} loads` : `is not what ${build} loads: refuses the kernel`,
    gates: ['architecture'],
  })
  if (!fits) {
    return {
      verdict: 'refuses',
      stage: 'architecture',
      code: arch === 'i386' ? 'no-pae' : 'machine-mismatch',
      message: `incompatible architecture: ${GRUB_XEN_FILE[arch]}`,
      reason: grubBecause('architecture-differs', { arch, build }),
    }
  }
  if (virtBase % PAGE !== 0n) {
    return {
      verdict: 'refuses',
      stage: 'architecture',
      code: 'virt-base-unaligned',
      message: MESSAGES.alignment,
      reason: grubBecause('virt-base-unaligned', { virtBase: hex(virtBase) }),
    }
  }
  return undefined
}

/** grub_elfXX_load: every segment must be in the file. */
function checkSegments(
  ask: GrubReader,
  { loads }: ElfImage,
  { readableTo, size }: Parsed,
): GrubStop | undefined {
  const bad = loads.find(
    ({ offset, filesz }) => Number(offset) > size || (filesz > 0n && Number(offset + filesz) > size),
  )
  ask.trace?.({
    stage: 'grub_elf_load',
    what: 'segments',
    value: `${loads.length} to load`,
    does: bad === undefined ? 'all lie in the file' : 'one runs past the end of the file: refuses the kernel',
  })
  if (bad === undefined) {
    const broken = loads.some(({ offset, filesz }) => filesz > 0n && Number(offset + filesz) > readableTo)
    return broken ? checksumMismatch('load') : undefined
  }
  return {
    verdict: 'refuses',
    stage: 'load',
    code: 'elf-table-outside',
    message: Number(bad.offset) > size ? MESSAGES.seek : MESSAGES.premature,
    reason: grubBecause('segment-outside', { offset: hex(bad.offset), filesz: bad.filesz, size }),
  }
}

export interface GrubSpan extends GrubAnswer {
  arch: GrubArch
  /** Versions of GRUB, both ends inclusive. */
  since: string
  until: string
}

/** What all versions of pvgrub2 built for `arch` do with a kernel. */
export function grubSpans(subject: GrubSubject, arch: GrubArch): GrubSpan[] {
  return componentSpans(pvgrub2, ask => ({ arch, ...askGrub(ask, subject, arch) }), sameAnswer)
}

/** One version's answer; throws a RangeError for a version that is not known. */
export function grubAnswer(
  subject: GrubSubject,
  version: string,
  arch: GrubArch,
  trace?: (step: ComponentStep) => void,
): GrubAnswer {
  const index = pvgrub2.versions.indexOf(version)
  if (index < 0) throw new RangeError(`Cannot ask pvgrub2 ${version}: the version is not known`)
  return askGrub(new ComponentReader(pvgrub2, index, trace), subject, arch)
}

const sameAnswer = (a: GrubAnswer, b: GrubAnswer) =>
  a.verdict === b.verdict && a.stage === b.stage && a.code === b.code && a.message === b.message
