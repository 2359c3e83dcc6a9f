// Gates of the feature strings and bits (xen/common/libelf/libelf-dominfo.c).

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface FeaturesGates {
  'feature-names': Gate<Readonly<Record<string, number>>>
  'feature-bits': DocumentedBehaviour<string>
  'unknown-optional-feature': Gate<'refuses' | 'accepts'>
  'unknown-required-feature': Gate<'refuses' | 'accepts'>
  'feature-item-length': DocumentedBehaviour<number>
  'features-in-xen-guest': DocumentedBehaviour<string>
  'feature-activation': DocumentedBehaviour<'refuses' | 'accepts'>
  'supported-features-note': Gate<'ignored' | 'read'>
  'supported-features-size': DocumentedBehaviour<string>
  'dom0-bit-pv': Gate<'unchecked' | 'checked'>
  'dom0-bit-pvh': Gate<'unchecked' | 'checked'>
  'dom0-only-kernel': Gate<'accepts' | 'refuses'>
}

export const featuresGates: FeaturesGates = {
  'feature-names': gate({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'The names that FEATURES may use, with their XENFEAT bits. One table serves toolstack and ' +
      'hypervisor; all other bits never got a name and can only be said by SUPPORTED_FEATURES.',
    spans: [
      [
        '3.1.0',
        {
          writable_page_tables: 0,
          writable_descriptor_tables: 1,
          auto_translated_physmap: 2,
          supervisor_mode_kernel: 3,
          pae_pgdir_above_4gb: 4,
        },
      ],
      [
        '4.2.0',
        {
          writable_page_tables: 0,
          writable_descriptor_tables: 1,
          auto_translated_physmap: 2,
          supervisor_mode_kernel: 3,
          pae_pgdir_above_4gb: 4,
          dom0: 11,
        },
      ],
      [
        '4.4.0',
        {
          writable_page_tables: 0,
          writable_descriptor_tables: 1,
          auto_translated_physmap: 2,
          supervisor_mode_kernel: 3,
          pae_pgdir_above_4gb: 4,
          hvm_callback_vector: 8,
          dom0: 11,
        },
      ],
    ],
    evidence: [
      '3.1.0-branched xen/common/libelf/libelf-dominfo.c elf_xen_feature_names eca96c65d9',
      'RELEASE-4.1.6.1 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names',
      'RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names ec029aaa9a',
      'RELEASE-4.3.4 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names',
      'RELEASE-4.4.0 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names 30832c06a8',
      'RELEASE-4.3.4 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
    ],
  }),
  'feature-bits': documented({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary: 'The XENFEAT bits that public/features.h declares.',
    spans: [
      ['3.1.0', 'bits 0 to 4'],
      ['3.3.0', 'bits 0 to 5'],
      ['3.4.0', 'bits 0 to 7'],
      ['4.0.1', 'bits 0 to 9'],
      ['4.1.0', 'bits 0 to 10'],
      ['4.2.0', 'bits 0 to 11'],
      ['4.5.0', 'bits 0 to 12'],
      ['4.6.0', 'bits 0 to 13'],
      ['4.10.0', 'bits 0 to 14'],
      ['4.11.0', 'bits 0 to 15'],
      ['4.16.0', 'bits 0 to 17'],
      ['4.19.0', 'bits 0 to 20'],
    ],
    evidence: [
      '3.3.0-rc7 xen/include/public/features.h -',
      '3.4.0-rc3 xen/include/public/features.h -',
      'RELEASE-4.0.0 xen/include/public/features.h -',
      'RELEASE-4.0.1 xen/include/public/features.h -',
      'RELEASE-4.1.0 xen/include/public/features.h -',
      'RELEASE-4.2.0 xen/include/public/features.h -',
      'RELEASE-4.5.0 xen/include/public/features.h -',
      'RELEASE-4.6.0 xen/include/public/features.h -',
      'RELEASE-4.10.0 xen/include/public/features.h -',
      'RELEASE-4.11.0 xen/include/public/features.h -',
      'RELEASE-4.16.0 xen/include/public/features.h -',
      'RELEASE-4.18.6 xen/include/public/features.h -',
      'RELEASE-4.19.0 xen/include/public/features.h -',
    ],
  }),
  'unknown-optional-feature': gate({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'A name in the FEATURES note that this release does not know, without an exclamation mark. An empty ' +
      'item (two bars in a row) counts as one; a trailing bar does not.',
    spans: [
      ['3.1.0', 'refuses'],
      ['4.2.0', 'accepts'],
    ],
    evidence: [
      '3.0.4-branched tools/libxc/xc_linux_build.c parse_features',
      '3.1.0-branched xen/common/libelf/libelf-dominfo.c elf_xen_parse_features eca96c65d9',
      'RELEASE-4.1.6.1 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
      'RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features ec029aaa9a',
      'RELEASE-4.0.4 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
      'RELEASE-4.4.0 xen/common/libelf/libelf-dominfo.c elf_xen_feature_names 30832c06a8',
    ],
  }),
  'unknown-required-feature': gate({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'A name in the FEATURES note that this release does not know, behind an exclamation mark. libelf ' +
      'says nothing about it.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
    ],
  }),
  'feature-item-length': documented({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'Items of FEATURES are read in pieces of at most this many characters, each looked up by itself: an ' +
      'exclamation mark that starts such a piece makes it a required one.',
    spans: [['3.1.0', 63]],
    evidence: [
      '3.1.0-branched xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_features',
    ],
  }),
  'features-in-xen-guest': documented({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'FEATURES= in a __xen_guest string never refuses by itself: a bad name ends the reading, and the ' +
      'keys behind it are lost.',
    spans: [
      ['3.1.0', 'any unknown name ends the reading of the string there'],
      ['4.2.0', 'only an unknown required name ends the reading there'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_guest_info,elf_xen_parse',
      'RELEASE-4.22.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_guest_info,elf_xen_parse',
    ],
  }),
  'feature-activation': documented({
    area: 'features',
    sides: ['toolstack'],
    summary: 'A feature that was asked for or required, and that the kernel does not support.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_core.c xc_dom_parse_image',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_core.c xc_dom_parse_image',
    ],
  }),
  'supported-features-note': gate({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'SUPPORTED_FEATURES (note 17): read, its bits added to those of FEATURES, or passed over as an ' +
      'unknown note.',
    spans: [
      ['3.1.0', 'ignored'],
      ['4.2.0', 'read'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note',
      'RELEASE-4.2.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note ec029aaa9a',
    ],
  }),
  'supported-features-size': documented({
    area: 'features',
    sides: ['toolstack', 'hypervisor'],
    summary: 'Which descriptor sizes of SUPPORTED_FEATURES give bits.',
    spans: [
      ['3.1.0', 'not read'],
      ['4.2.0', 'a multiple of 4 bytes, the first word used; any other size counts as present without bits'],
    ],
    evidence: [
      'RELEASE-4.2.0 xen/common/libelf/libelf-tools.c elf_note_numeric_array ec029aaa9a',
      'RELEASE-4.22.0 xen/common/libelf/libelf-tools.c elf_note_numeric_array',
    ],
  }),
  'dom0-bit-pv': gate({
    area: 'features',
    sides: ['hypervisor'],
    summary:
      'PV dom0: a kernel with a SUPPORTED_FEATURES note of any size must have the dom0 bit (11), from the ' +
      'note or by name in FEATURES. A kernel without the note is never refused by this.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.2.0', 'checked'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.2.0 xen/arch/x86/domain_build.c construct_dom0 ec029aaa9a',
      'RELEASE-4.2.0 xen/arch/x86/domain_build.c construct_dom0 63b9bf3017',
      'RELEASE-4.10.1 xen/arch/x86/pv/dom0_build.c dom0_construct_pv 0ba5d8c275',
      'RELEASE-4.11.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv d9527b2a51',
      'RELEASE-4.22.0 xen/arch/x86/dom0_build.c initdom_check_parms 44429b6931',
    ],
  }),
  'dom0-bit-pvh': gate({
    area: 'features',
    sides: ['hypervisor'],
    summary: 'PVH dom0: the same check on the dom0 bit, which was missing until 2026.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.20.4', 'checked'],
      ['4.21.0', 'unchecked'],
      ['4.21.2', 'checked'],
    ],
    evidence: [
      'RELEASE-4.20.3 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel',
      'RELEASE-4.20.4 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel 1f067a8e6a',
      'RELEASE-4.21.1 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel',
      'RELEASE-4.21.2 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel b2352be941',
      'RELEASE-4.22.0 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel 44429b6931',
    ],
  }),
  'dom0-only-kernel': gate({
    area: 'features',
    sides: ['toolstack'],
    summary: 'A domU kernel that requires the feature dom0. Before, the name itself is not known.',
    spans: [
      ['3.1.0', 'accepts'],
      ['4.2.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.2.0 tools/libxc/xc_dom_elfloader.c xc_dom_parse_elf_kernel ec029aaa9a',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_elfloader.c xc_dom_parse_elf_kernel',
    ],
  }),
}
