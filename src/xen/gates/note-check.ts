// Gates of the note check and of how libelf words its errors.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface NoteCheckGates {
  'no-notes': DocumentedBehaviour<'refuses'>
  'loader-or-os': DocumentedBehaviour<'refuses'>
  'xen-version': DocumentedBehaviour<'refuses'>
  'arm-notes': Gate<'checked' | 'skipped'>
  'phys32-entry-bypass': Gate<'none' | 'any' | 'hvm'>
  'hvm-argument': Gate<'absent' | 'present'>
  'libelf-text-prefix': Gate<'function' | 'none'>
  'note-check-text': Gate<'plain' | 'values' | 'phys32'>
}

export const noteCheckGates: NoteCheckGates = {
  'no-notes': documented({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary: 'No note segment or section at all and no __xen_guest section, on x86.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.8.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check b2405fed19',
    ],
  }),
  'loader-or-os': documented({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary: 'LOADER must start with "generic" or GUEST_OS with "linux"; one of the two is enough.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.4.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check e6564c6348',
      'RELEASE-4.8.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check b2405fed19',
      'RELEASE-4.10.1 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 4621c10f48',
      'RELEASE-4.11.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 2dd3e22949',
    ],
  }),
  'xen-version': documented({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary: 'XEN_VERSION must start with "xen-3.0", whatever Xen runs.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.4.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check e6564c6348',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
    ],
  }),
  'arm-notes': gate({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary: 'LOADER, GUEST_OS and XEN_VERSION of an ELF for ARM.',
    spans: [
      ['3.1.0', 'checked'],
      ['4.2.0', 'skipped'],
    ],
    evidence: ['RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check a03bc285bd'],
  }),
  'phys32-entry-bypass': gate({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'PHYS32_ENTRY makes LOADER, GUEST_OS and XEN_VERSION irrelevant: never, for any container, or for ' +
      'HVM and PVH only.',
    spans: [
      ['3.1.0', 'none'],
      ['4.10.1', 'any'],
      ['4.16.0', 'hvm'],
    ],
    evidence: [
      'RELEASE-4.10.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.10.1 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 4621c10f48',
      'RELEASE-4.11.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 2dd3e22949',
      'RELEASE-4.16.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 632cbaf124',
    ],
  }),
  'hvm-argument': gate({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'elf_xen_parse is told that the container is HVM or PVH: then __xen_guest, VIRT_BASE, PADDR_OFFSET ' +
      'and ENTRY are ignored, and PHYS32_ENTRY is compared with the physical range.',
    spans: [
      ['3.1.0', 'absent'],
      ['4.16.0', 'present'],
    ],
    evidence: [
      'RELEASE-4.15.7 xen/common/libelf/libelf-dominfo.c elf_xen_parse',
      'RELEASE-4.16.0 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check 632cbaf124',
      'RELEASE-4.16.0 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel',
      'RELEASE-4.16.0 tools/libs/guest/xg_dom_elfloader.c xc_dom_probe_elf_kernel',
    ],
  }),
  'libelf-text-prefix': gate({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary: 'Error lines of libelf start with the name of the function.',
    spans: [
      ['3.1.0', 'function'],
      ['4.8.0', 'none'],
    ],
    evidence: [
      'RELEASE-4.7.6 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.8.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check b2405fed19',
    ],
  }),
  'note-check-text': gate({
    area: 'note-check',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'Error lines of the note check: as they are, with the values that were found, and with PHYS32_ENTRY ' +
      'mentioned.',
    spans: [
      ['3.1.0', 'plain'],
      ['4.4.0', 'values'],
      ['4.10.1', 'phys32'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check',
      'RELEASE-4.4.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check e6564c6348',
      'RELEASE-4.8.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check b2405fed19',
      'RELEASE-4.10.1 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 4621c10f48',
      'RELEASE-4.11.0 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 2dd3e22949',
    ],
  }),
}
