// Gates of the ELF file around the notes.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface ElfGates {
  'elf-magic': DocumentedBehaviour<string>
  'elf-tables': DocumentedBehaviour<'refuses'>
  shstrtab: Gate<'needed' | 'unchecked'>
  'read-only-segments': Gate<'ignored' | 'loaded'>
  'load-copy-limit': Gate<string>
  'dom0-segment-copy': Gate<'trusting' | 'checked' | 'source-trusted'>
  'dom0-copy-size': Gate<'64-bit' | '32-bit'>
  'dom0-symbol-copy': Gate<'none' | 'every-section' | 'checked' | 'linked'>
  'unknown-machine': Gate<'unknown-type' | 'refuses-misspelt' | 'refuses'>
  'other-machines': Gate<Readonly<Record<number, string>>>
  'dom0-endianness': Gate<'unchecked' | 'checked'>
}

export const elfGates: ElfGates = {
  'elf-magic': documented({
    area: 'elf',
    sides: ['toolstack', 'hypervisor'],
    summary: 'What makes an ELF file.',
    spans: [['3.1.0', 'four magic bytes; class, type and version are not looked at']],
    evidence: [
      'RELEASE-4.0.0 xen/common/libelf/libelf-loader.c elf_init',
      'RELEASE-4.1.6 xen/common/libelf/libelf-tools.c elf_is_elfbinary 9962d7ffcc',
    ],
  }),
  'elf-tables': documented({
    area: 'elf',
    sides: ['toolstack', 'hypervisor'],
    summary: 'A program header or section header table that runs past the end of the image.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      '3.1.0-branched xen/common/libelf/libelf-loader.c elf_init',
      'RELEASE-4.22.0 xen/common/libelf/libelf-loader.c elf_init',
    ],
  }),
  shstrtab: gate({
    area: 'elf',
    sides: ['toolstack'],
    summary: 'domU: e_shstrndx must name an existing section header.',
    spans: [
      ['3.1.0', 'needed'],
      ['4.13.0', 'unchecked'],
    ],
    evidence: [
      'RELEASE-4.12.4 tools/libxc/xc_dom_elfloader.c xc_dom_parse_elf_kernel',
      'RELEASE-4.13.0 tools/libxc/xc_dom_elfloader.c xc_dom_parse_elf_kernel 582a298b21',
    ],
  }),
  'read-only-segments': gate({
    area: 'elf',
    sides: ['toolstack', 'hypervisor'],
    summary: 'PT_LOAD segments without write and execute permission: loaded and counted, or not.',
    spans: [
      ['3.1.0', 'ignored'],
      ['4.0.0', 'loaded'],
    ],
    evidence: [
      '3.4.0-rc3 xen/common/libelf/libelf-tools.c elf_phdr_is_loadable',
      'RELEASE-4.0.0 xen/common/libelf/libelf-tools.c elf_phdr_is_loadable 3d624ae31b',
    ],
  }),
  'load-copy-limit': gate({
    area: 'elf',
    sides: ['toolstack', 'hypervisor'],
    summary: 'How much all segments together may copy.',
    spans: [
      ['3.1.0', 'none'],
      ['4.1.6', 'twice the destination'],
      ['4.2.0', 'none'],
      ['4.2.3', 'twice the destination'],
    ],
    evidence: [
      'RELEASE-4.1.6 xen/common/libelf/libelf-loader.c elf_load_binary 968c039915',
      'RELEASE-4.2.3 xen/common/libelf/libelf-loader.c elf_load_binary 52d8cc2dd3',
      'RELEASE-4.2.0 xen/arch/x86/domain_build.c construct_dom0',
    ],
    advisory: 'XSA-55',
  }),
  'dom0-segment-copy': gate({
    area: 'elf',
    sides: ['hypervisor'],
    summary:
      'How the hypervisor copies dom0 segments: without any check; inside the image only; or with the ' +
      'image trusted, so that file bytes outside of it are read.',
    spans: [
      ['3.1.0', 'trusting'],
      ['4.1.6', 'checked'],
      ['4.2.0', 'source-trusted'],
    ],
    evidence: [
      'RELEASE-4.1.6 xen/common/libelf/libelf-loader.c elf_load_binary 968c039915',
      'RELEASE-4.2.3 xen/common/libelf/libelf-loader.c elf_load_binary 52d8cc2dd3',
      'RELEASE-4.2.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.1.5 xen/common/libelf/libelf-loader.c elf_load_binary',
      'RELEASE-4.2.0 xen/common/libelf/libelf-loader.c elf_load_image',
    ],
    advisory: 'XSA-55',
  }),
  'dom0-copy-size': gate({
    area: 'elf',
    sides: ['hypervisor'],
    summary: 'dom0: how many bits of p_filesz count when a segment is copied.',
    spans: [
      ['3.1.0', '64-bit'],
      ['4.2.0', '32-bit'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/common/libelf/libelf-loader.c elf_load_binary',
      'RELEASE-4.2.0 xen/common/libelf/libelf-loader.c elf_load_image',
    ],
  }),
  'dom0-symbol-copy': gate({
    area: 'elf',
    sides: ['hypervisor'],
    summary:
      'dom0: which symbol and string tables are copied for BSD_SYMTAB: none; all of them, without a check; all of ' +
      'them, inside the image only; or the first symbol table and its strings, without a check.',
    spans: [
      ['3.1.0', 'none'],
      ['3.2.0', 'every-section'],
      ['4.1.6', 'checked'],
      ['4.2.0', 'every-section'],
      ['4.2.3', 'checked'],
      ['4.7.0', 'linked'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-loader.c elf_load_bsdsyms',
      'RELEASE-4.1.6 xen/common/libelf/libelf-loader.c elf_load_bsdsyms',
      'RELEASE-4.2.3 xen/common/libelf/libelf-loader.c elf_load_bsdsyms',
      'RELEASE-4.7.0 xen/common/libelf/libelf-loader.c elf_load_bsdsyms',
      'RELEASE-4.22.0 xen/common/libelf/libelf-loader.c elf_load_bsdsyms',
    ],
    advisory: 'XSA-55',
  }),
  'unknown-machine': gate({
    area: 'elf',
    sides: ['toolstack'],
    summary:
      'domU: an e_machine other than EM_386 and EM_X86_64 becomes the type "xen-3.0-unknown", which no ' +
      'host offers, or is refused at once. The ELF class is not looked at.',
    spans: [
      ['3.1.0', 'unknown-type'],
      ['4.11.0', 'refuses-misspelt'],
      ['4.12.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.10.4 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
      'RELEASE-4.11.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
      'RELEASE-4.12.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
    ],
  }),
  'other-machines': gate({
    area: 'elf',
    sides: ['toolstack'],
    summary: 'domU: guest types of machines other than x86.',
    spans: [
      ['3.1.0', { 21: 'xen-3.0-powerpc64', 50: 'xen-3.0-ia64' }],
      ['3.3.0', { 50: 'xen-3.0-ia64' }],
      ['4.3.0', {}],
    ],
    evidence: [
      'RELEASE-4.10.4 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
      'RELEASE-4.11.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
      'RELEASE-4.12.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
    ],
  }),
  'dom0-endianness': gate({
    area: 'elf',
    sides: ['hypervisor'],
    summary: 'PV dom0: a big-endian kernel.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.15.0', 'checked'],
    ],
    evidence: [
      'RELEASE-4.14.6 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
      'RELEASE-4.15.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv 347384331e',
    ],
  }),
}
