// Gates of the notes: which are known, and how they are found and read.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface NotesGates {
  'note-init-p2m': Gate<'unknown' | 'read'>
  'note-mod-start-pfn': Gate<'unknown' | 'read'>
  'note-phys32-entry': Gate<'unknown' | 'read'>
  'note-l1-mfn-valid': Gate<'unknown' | 'read'>
  'note-phys32-reloc': Gate<'unknown' | 'read'>
  'note-unknown': DocumentedBehaviour<string>
  'note-numeric-size': DocumentedBehaviour<string>
  'note-pae-mode': DocumentedBehaviour<string>
  'note-discovery': DocumentedBehaviour<string>
  'first-section': Gate<0 | 1>
  'note-name': DocumentedBehaviour<string>
  'note-string-limit': Gate<number>
  'note-count-limit': Gate<number>
  'libelf-bounds': Gate<'unchecked' | 'checked'>
}

export const notesGates: NotesGates = {
  'note-init-p2m': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'INIT_P2M (note 15): where it is read, an address inside the kernel is refused.',
    spans: [
      ['3.1.0', 'unknown'],
      ['3.4.0', 'read'],
    ],
    evidence: [
      '3.4.0-rc3 xen/common/libelf/libelf-dominfo.c elf_xen_addr_calc_check c6d8d541e9',
      'RELEASE-4.7.0 tools/libxc/xc_dom_core.c xc_dom_build_image abdf3c5b2b',
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0',
      '3.4.0-rc3 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note c6d8d541e9',
    ],
  }),
  'note-mod-start-pfn': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'MOD_START_PFN (note 16): lets the initrd live outside the initial mapping. Honoured for dom0 from ' +
      '4.1.0, for domU from 4.7.0; never refused.',
    spans: [
      ['3.1.0', 'unknown'],
      ['4.1.0', 'read'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0 9f41c22a55',
      'RELEASE-4.7.0 tools/libxc/xc_dom_core.c xc_dom_build_image 8c45adec18',
    ],
  }),
  'note-phys32-entry': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'PHYS32_ENTRY (note 18): the physical, 32-bit entry that PVH needs.',
    spans: [
      ['3.1.0', 'unknown'],
      ['4.7.0', 'read'],
    ],
    evidence: ['RELEASE-4.7.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note a1b2d39f07'],
  }),
  'note-l1-mfn-valid': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'L1_MFN_VALID (note 13): known by name, its value never used.',
    spans: [
      ['3.1.0', 'unknown'],
      ['4.18.0', 'read'],
    ],
    evidence: ['RELEASE-4.18.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note 01a5814d4e'],
  }),
  'note-phys32-reloc': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'PHYS32_RELOC (note 19): lets a PVH dom0 be moved when its linked addresses are not RAM. Before, it ' +
      'was loaded blindly; without the note such a kernel is refused now.',
    spans: [
      ['3.1.0', 'unknown'],
      ['4.19.0', 'read'],
    ],
    evidence: [
      'RELEASE-4.18.6 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel',
      'RELEASE-4.19.0 xen/arch/x86/hvm/dom0_build.c check_and_adjust_load_address dfc9fab003',
    ],
  }),
  'note-unknown': documented({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'A note of owner Xen whose type libelf does not know.',
    spans: [['3.1.0', 'passed over, but counted as a Xen note']],
    evidence: [
      '3.1.0-branched xen/common/libelf/libelf-dominfo.c elf_xen_parse_note eca96c65d9',
      '3.4.0-rc3 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note c6d8d541e9',
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note 9f41c22a55',
      'RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note ec029aaa9a',
      'RELEASE-4.7.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note a1b2d39f07',
      'RELEASE-4.18.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note 01a5814d4e',
      'RELEASE-4.19.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note dfc9fab003',
    ],
  }),
  'note-numeric-size': documented({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'Descriptor sizes of numeric notes.',
    spans: [['3.1.0', '1, 2, 4 and 8 bytes are read; any other size gives 0']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-tools.c elf_note_numeric',
      'RELEASE-4.22.0 xen/common/libelf/libelf-tools.c elf_note_numeric',
    ],
  }),
  'note-pae-mode': documented({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'Which kind of PAE the text of PAE_MODE means.',
    spans: [['3.1.0', '"yes" is extended-cr3, "bimodal" anywhere is bimodal, anything else is not PAE']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note,elf_xen_parse_guest_info',
    ],
  }),
  'note-discovery': documented({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'Where notes are looked for. One note of owner Xen, of any type, ends the search; a PT_NOTE with ' +
      'p_offset 0 is passed over.',
    spans: [
      ['3.1.0', 'PT_NOTE, then SHT_NOTE, then __xen_guest'],
      ['4.16.0', 'the same for PV; __xen_guest is never looked at for HVM and PVH'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse',
      'RELEASE-4.16.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse dec25a2cd1',
      'RELEASE-4.6.5 xen/common/libelf/libelf-dominfo.c elf_xen_parse 23fc18bf2d',
      'RELEASE-4.7.2 xen/common/libelf/libelf-dominfo.c elf_xen_parse fd869a6ec7',
      'RELEASE-4.8.1 xen/common/libelf/libelf-dominfo.c elf_xen_parse 6933092cbd',
      'RELEASE-4.9.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse 41fe9cabf2',
    ],
  }),
  'first-section': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'The first section header that is looked at for notes and symbols: the specification keeps section ' +
      '0 undefined.',
    spans: [
      ['3.1.0', 0],
      ['4.6.5', 1],
      ['4.7.0', 0],
      ['4.7.2', 1],
      ['4.8.0', 0],
      ['4.8.1', 1],
    ],
    evidence: [
      'RELEASE-4.6.5 xen/common/libelf/libelf-dominfo.c elf_xen_parse 23fc18bf2d',
      'RELEASE-4.7.2 xen/common/libelf/libelf-dominfo.c elf_xen_parse fd869a6ec7',
      'RELEASE-4.8.1 xen/common/libelf/libelf-dominfo.c elf_xen_parse 6933092cbd',
      'RELEASE-4.9.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse 41fe9cabf2',
    ],
  }),
  'note-name': documented({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary: 'How the owner of a note is compared.',
    spans: [['3.1.0', 'a C string compared with "Xen"; the name size is not checked, all steps are 4 bytes']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_notes',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_notes',
    ],
  }),
  'note-string-limit': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'The longest string of a note, 0 for no limit. A longer one, or one without end inside the image, ' +
      'makes the note count without being read.',
    spans: [
      ['3.1.0', 0],
      ['4.1.6', 4096],
      ['4.2.0', 0],
      ['4.2.3', 4096],
    ],
    evidence: [
      'RELEASE-4.1.6 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note 8ce60b35be',
      'RELEASE-4.2.3 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note db14d5bd9b',
      'RELEASE-4.3.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note 04877847ad',
      'RELEASE-4.1.6 xen/common/libelf/libelf-tools.c elf_strval',
    ],
    advisory: 'XSA-55',
  }),
  'note-count-limit': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'How many notes are looked at over all segments and sections, 0 for no limit. Notes behind it are ' +
      'lost.',
    spans: [
      ['3.1.0', 0],
      ['4.1.6', 65536],
      ['4.2.0', 0],
      ['4.2.3', 65536],
    ],
    evidence: [
      'RELEASE-4.1.6 xen/common/libelf/libelf-dominfo.c elf_xen_parse_notes 968c039915',
      'RELEASE-4.2.3 xen/common/libelf/libelf-dominfo.c elf_xen_parse_notes 52d8cc2dd3',
      'RELEASE-4.3.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_notes 39bf7b9d0a',
    ],
    advisory: 'XSA-55',
  }),
  'libelf-bounds': gate({
    area: 'notes',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'Reads outside the image: followed blindly, or answered with 0 and the image marked as broken. ' +
      'Broken alone never refuses.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.1.6', 'checked'],
      ['4.2.0', 'unchecked'],
      ['4.2.3', 'checked'],
    ],
    evidence: [
      'RELEASE-4.1.6 xen/common/libelf/libelf-tools.c elf_access_ok,elf_note_next 39923542bb',
      'RELEASE-4.2.3 xen/common/libelf/libelf-tools.c elf_access_ok cc8761371a',
      'RELEASE-4.3.0 xen/common/libelf/libelf-tools.c elf_access_ok 65808a8ed4',
      'RELEASE-4.1.6 xen/arch/x86/domain_build.c construct_dom0 44c74b1ed3',
      'RELEASE-4.1.6 tools/libxc/xc_dom_elfloader.c xc_dom_parse_elf_kernel 44c74b1ed3',
    ],
    advisory: 'XSA-55',
  }),
}
