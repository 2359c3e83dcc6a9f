/**
 * PVH GRUB (i386-xen_pvh): GRUB 2 is the PVH kernel, and loads the guest's kernel by the 32-bit Linux boot protocol
 * (grub-core/loader/i386/linux.c). No Xen note, no codec and no ELF is looked at: the kernel unpacks itself.
 * @module
 */
import type { Facts } from '../../facts/facts.ts'
import { type Component, ComponentReader, type ComponentStep, componentGate } from '../component.ts'
import type { CauseCode, VerdictWord } from '../verdict.ts'
import { type GrubReason, grubBecause, grubReasonText } from './reason.ts'

/** GRUB_LINUX_MAX_SETUP_SECTS. */
const MAX_SETUP_SECTS = 64
/** sizeof(struct linux_i386_kernel_header). */
const LINUX_HEADER = 616

const gates = {
  'linux-protocol': componentGate<number>({
    summary: 'The oldest boot protocol that the linux command takes; the kernel must be loaded high.',
    spans: [['2.04', 0x0203]],
    evidence: ['grub-2.12 grub-core/loader/i386/linux.c grub_cmd_linux'],
  }),
  multiboot: componentGate<'by-header'>({
    summary:
      'The commands multiboot and multiboot2 take an ELF with a header of their version in its first 8192 or 32768 bytes.',
    spans: [['2.04', 'by-header']],
    evidence: [
      'grub-2.12 grub-core/loader/multiboot_mbi2.c grub_multiboot2_load',
      'grub-2.12 grub-core/loader/i386/multiboot_mbi.c grub_multiboot_load',
    ],
  }),
  'xen-notes': componentGate<'not-read'>({
    summary: 'Xen notes, the payload and its codec are not looked at; a bare ELF kernel is refused.',
    spans: [['2.04', 'not-read']],
    evidence: ['grub-2.12 grub-core/loader/i386/linux.c grub_cmd_linux'],
  }),
}

export type PvhGrubGates = typeof gates

export const pvhgrub: Component<PvhGrubGates> = {
  name: 'pvhgrub',
  summary: 'GRUB 2 for Xen PVH guests: starts as a PVH kernel, and loads Linux by its 32-bit boot protocol',
  versions: ['2.04', '2.06', '2.12', '2.14'],
  repository: 'https://git.savannah.gnu.org/git/grub.git',
  gates,
}

export interface PvhGrubAnswer {
  verdict: VerdictWord
  code?: CauseCode
  message?: string
  reason: GrubReason
  gates: readonly string[]
}

/** What PVH GRUB does with a kernel; all versions do the same. */
export function askPvhGrub(facts: Facts, trace?: (step: ComponentStep) => void): PvhGrubAnswer {
  const ask = new ComponentReader(pvhgrub, 0, trace)
  const oldest = ask.gate('linux-protocol')
  ask.gate('multiboot')
  ask.gate('xen-notes')
  const answer = check(facts, oldest)
  ask.trace?.({
    stage: 'grub_cmd_linux',
    what: 'Linux header',
    does: grubReasonText(answer.reason),
    gates: ['linux-protocol', 'multiboot', 'xen-notes'],
  })
  return { ...answer, gates: ask.gates }
}

function check(facts: Facts, oldest: number): Omit<PvhGrubAnswer, 'gates'> {
  const refuse = (code: CauseCode, message: string, reason: GrubReason) => ({
    verdict: 'refuses' as const,
    code,
    message,
    reason,
  })
  // Compressed files are unpacked when they are opened.
  const layer = facts.layers.find(({ kind }) => kind === 'bzimage')
  if (layer?.kind !== 'bzimage') {
    if (facts.size < LINUX_HEADER)
      return refuse('not-a-kernel', 'premature end of file %s', grubBecause('header-too-short'))
    if (facts.multiboot !== undefined) {
      const versions = facts.multiboot
        .map(version => (version === 1 ? 'multiboot' : 'multiboot2'))
        .join(' or ')
      return { verdict: 'accepts', reason: grubBecause('taken-by-multiboot', { versions }) }
    }
    if (facts.kind === 'elf') {
      return refuse('not-a-kernel', 'no multiboot header found', grubBecause('bare-elf'))
    }
    return refuse('not-a-kernel', 'invalid magic number', grubBecause('not-bzimage'))
  }
  if (layer.setupSects > MAX_SETUP_SECTS) {
    return refuse(
      'bzimage-unsupported',
      'too many setup sectors',
      grubBecause('setup-sectors', { count: layer.setupSects, limit: MAX_SETUP_SECTS }),
    )
  }
  if (layer.protocol < oldest) {
    return refuse(
      'boot-protocol-too-old',
      'version too old for 32-bit boot',
      grubBecause('boot-protocol-too-old', { least: '2.03' }),
    )
  }
  if (layer.loadedLow) {
    return refuse('bzimage-unsupported', "zImage doesn't support 32-bit boot", grubBecause('loaded-low'))
  }
  return {
    verdict: 'accepts',
    reason: grubBecause('taken-by-protocol'),
  }
}
