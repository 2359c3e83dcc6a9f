/** elf_xen_note_check (xen/common/libelf/libelf-dominfo.c). */
import { EM_386, EM_ARM, EM_X86_64 } from '../../facts/elf-format.ts'
import type { GateReader } from '../gate-reader.ts'
import { because } from '../reason.ts'
import type { Stop } from '../verdict.ts'
import type { ElfImage } from './image.ts'
import { type Parameters, UNSET32 } from './parameters.ts'

export function checkNotes(
  ask: GateReader,
  image: ElfImage,
  parameters: Parameters,
  hvm: boolean,
): Stop | undefined {
  const { machine } = image.facts
  const { loader, guestOs, xenVersion } = parameters
  const prefix = () => (ask.gate('libelf-text-prefix') === 'function' ? 'elf_xen_note_check: ' : '')
  if (!parameters.noteRange && parameters.notesFrom !== '__xen_guest') {
    if (machine !== EM_386 && machine !== EM_X86_64) return undefined
    const end = ask.gate('libelf-text-prefix') === 'function' ? '.' : ''
    return {
      verdict: 'refuses',
      code: 'no-notes',
      message: `${prefix()}ERROR: Not a Xen-ELF image: No ELF notes or '__xen_guest' section found${end}`,
      reason: because('no-notes'),
      gates: ['no-notes'],
    }
  }
  if (machine === EM_ARM && ask.gate('arm-notes') === 'skipped') return undefined
  const ours = loader.startsWith('generic') || guestOs.startsWith('linux')
  const right = xenVersion.startsWith('xen-3.0')
  if (ours && right && ask.trace === undefined) return undefined
  if (parameters.physEntry !== UNSET32) {
    const bypass = ask.gate('phys32-entry-bypass')
    if (bypass === 'any' || (bypass === 'hvm' && hvm)) {
      ask.trace?.({
        stage: 'elf_xen_note_check',
        what: 'PHYS32_ENTRY',
        does: 'a PVH image: LOADER, GUEST_OS and XEN_VERSION are not looked at',
        gates: ['phys32-entry-bypass'],
      })
      return undefined
    }
  }
  ask.trace?.({
    stage: 'elf_xen_note_check',
    what: 'LOADER and GUEST_OS',
    value: `${JSON.stringify(loader)} and ${JSON.stringify(guestOs)}`,
    does: ours ? 'one of them fits' : 'neither is "generic" or "linux": refuses the kernel',
    gates: ['loader-or-os'],
  })
  if (!ours) {
    const form = ask.gate('note-check-text')
    const values = form === 'plain' ? '' : ` (Not '${loader}' and '${guestOs}')`
    const phys32 = form === 'phys32' ? ' or with PHYS32_ENTRY set' : ''
    return {
      verdict: 'refuses',
      code: 'loader-not-supported',
      message: `${prefix()}ERROR: Will only load images built for the generic loader or Linux images${values}${phys32}`,
      reason: because('loader-not-supported', { loader, os: guestOs }),
      gates: parameters.physEntry === UNSET32 ? ['loader-or-os'] : ['loader-or-os', 'phys32-entry-bypass'],
    }
  }
  ask.trace?.({
    stage: 'elf_xen_note_check',
    what: 'XEN_VERSION',
    value: JSON.stringify(xenVersion),
    does: right ? 'starts with "xen-3.0"' : 'does not start with "xen-3.0": refuses the kernel',
    gates: ['xen-version'],
  })
  if (right) return undefined
  const value = ask.gate('note-check-text') === 'plain' ? '' : ` (Not '${xenVersion}')`
  return {
    verdict: 'refuses',
    code: 'xen-version',
    message: `${prefix()}ERROR: Xen will only load images built for Xen v3.0${value}`,
    reason: because('xen-version', { version: xenVersion }),
    gates: parameters.physEntry === UNSET32 ? ['xen-version'] : ['xen-version', 'phys32-entry-bypass'],
  }
}
