// Gates of guest types, capabilities and build options.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface GuestTypeGates {
  'guest-type': DocumentedBehaviour<string>
  'compat-check': Gate<'boot' | 'parse'>
  'non-pae-hooks': Gate<'present' | 'absent'>
  'arch-hooks-text': Gate<'find' | 'set'>
  'dom0-type': DocumentedBehaviour<string>
  'dom0-pae-note': DocumentedBehaviour<string>
  pv32: Gate<'always' | 'default-on' | 'default-off' | 'boot-option'>
  'pv32-missing-text': Gate<'mismatch' | 'named'>
  'config-pv': Gate<'always' | 'default-on'>
  'config-hvm': Gate<'always' | 'default-on'>
}

export const guestTypeGates: GuestTypeGates = {
  'guest-type': documented({
    area: 'guest-type',
    sides: ['toolstack'],
    summary: 'domU: how the guest type is decided.',
    spans: [
      ['3.1.0', 'by e_machine and PAE'],
      ['4.7.0', 'by e_machine and PAE; hvm-3.0-x86_32 for PHYS32_ENTRY in an HVM container'],
    ],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
      'RELEASE-4.7.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
    ],
  }),
  'compat-check': gate({
    area: 'guest-type',
    sides: ['toolstack'],
    summary:
      'domU: the guest type must be among the capabilities of the running Xen; checked when the domain is ' +
      'booted, or when the image is parsed.',
    spans: [
      ['3.1.0', 'boot'],
      ['4.16.0', 'parse'],
    ],
    evidence: [
      'RELEASE-4.15.7 tools/libs/guest/xg_dom_boot.c xc_dom_boot_image',
      'RELEASE-4.16.0 tools/libs/guest/xg_dom_core.c xc_dom_parse_image 1787cc1679',
    ],
  }),
  'non-pae-hooks': gate({
    area: 'guest-type',
    sides: ['toolstack'],
    summary:
      'domU: page-table code for 32-bit kernels without PAE. No hypervisor since 3.3 runs them: with the code the ' +
      'toolstack fails at the capabilities, without it before.',
    spans: [
      ['3.1.0', 'present'],
      ['4.3.0', 'absent'],
    ],
    evidence: [
      '3.2.0-rc6 xen/arch/x86/domain_build.c construct_dom0',
      '3.3.0-rc7 xen/arch/x86/domain_build.c construct_dom0 84d54d5d8b',
      'RELEASE-4.2.5 tools/libxc/xc_dom_x86.c xc_dom_32',
      'RELEASE-4.3.0 tools/libxc/xc_dom_x86.c - 60ee4fbc38',
    ],
  }),
  'arch-hooks-text': gate({
    area: 'guest-type',
    sides: ['toolstack'],
    summary: 'domU: the function that says that there is no page-table code for a guest type.',
    spans: [
      ['3.1.0', 'find'],
      ['4.7.0', 'set'],
    ],
    evidence: [
      '3.1.0-branched tools/libxc/xc_dom_core.c xc_dom_find_arch_hooks',
      'RELEASE-4.6.6 tools/libxc/xc_dom_core.c xc_dom_find_arch_hooks,xc_dom_mem_init',
      'RELEASE-4.7.0 tools/libxc/xc_dom_core.c xc_dom_set_arch_hooks,xc_dom_mem_init f3627f009a',
    ],
  }),
  'dom0-type': documented({
    area: 'guest-type',
    sides: ['hypervisor'],
    summary: 'PV dom0: both class and machine are compared.',
    spans: [
      ['3.1.0', '64-bit EM_X86_64, or 32-bit EM_386 with PAE; a 32-bit Xen takes only the latter'],
      ['4.3.0', '64-bit EM_X86_64, or 32-bit EM_386 with PAE'],
    ],
    evidence: [
      'RELEASE-4.2.5 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.3.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.22.0 xen/arch/x86/pv/dom0_build.c dom0_construct',
    ],
  }),
  'dom0-pae-note': documented({
    area: 'guest-type',
    sides: ['hypervisor'],
    summary: 'PAE_MODE of a 64-bit dom0 kernel; never a cause of refusal.',
    spans: [
      ['3.1.0', 'kept'],
      ['4.18.0', 'cleared'],
    ],
    evidence: [
      'RELEASE-4.17.7 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
      'RELEASE-4.18.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv d5e1795ab4',
    ],
  }),
  pv32: gate({
    area: 'guest-type',
    sides: ['toolstack', 'hypervisor'],
    summary:
      '32-bit PV guests: always there, or by CONFIG_PV32, which is on or off in a default build. ' +
      'pv=no-32, CET and FRED take it away at run time.',
    spans: [
      ['3.1.0', 'always'],
      ['4.14.0', 'default-on'],
      ['4.14.3', 'default-off'],
      ['4.15.0', 'default-on'],
      ['4.15.1', 'default-off'],
    ],
    elsewhere: ['boot-option'],
    evidence: [
      'RELEASE-4.14.0 xen/arch/x86/Kconfig config:PV32 68d757df8d',
      'RELEASE-4.14.2 xen/arch/x86/Kconfig config:PV32',
      'RELEASE-4.14.3 xen/arch/x86/Kconfig config:PV32 c6ee6d4ec3',
      'RELEASE-4.15.0 xen/arch/x86/Kconfig config:PV32',
      'RELEASE-4.15.1 xen/arch/x86/Kconfig config:PV32 77069ea825',
      'RELEASE-4.16.0 xen/arch/x86/Kconfig config:PV32 1a0f2fe229',
      'RELEASE-4.14.0 xen/arch/x86/setup.c arch_get_xen_caps,__start_xen b60ab42db2',
      'RELEASE-4.21.0 xen/arch/x86/traps-setup.c traps_init 743fd27306',
      'RELEASE-4.22.0 xen/arch/x86/setup.c init_xen_cap_info',
    ],
  }),
  'pv32-missing-text': gate({
    area: 'guest-type',
    sides: ['hypervisor'],
    summary: 'dom0: what a Xen without CONFIG_PV32 says to a 32-bit kernel.',
    spans: [
      ['3.1.0', 'mismatch'],
      ['4.16.0', 'named'],
    ],
    evidence: [
      'RELEASE-4.14.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
      'RELEASE-4.16.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
    ],
  }),
  'config-pv': gate({
    area: 'guest-type',
    sides: ['toolstack', 'hypervisor'],
    summary: 'PV guests: always there, or by CONFIG_PV, which is on in a default build.',
    spans: [
      ['3.1.0', 'always'],
      ['4.12.0', 'default-on'],
    ],
    evidence: [
      'RELEASE-4.11.4 xen/arch/x86/Kconfig config:PV',
      'RELEASE-4.12.0 xen/arch/x86/dom0_build.c construct_dom0 29b0678b3c',
      'RELEASE-4.12.0 xen/arch/x86/setup.c arch_get_xen_caps',
    ],
  }),
  'config-hvm': gate({
    area: 'guest-type',
    sides: ['toolstack', 'hypervisor'],
    summary: 'HVM and PVH guests: always built in, or by CONFIG_HVM, which is on in a default build.',
    spans: [
      ['3.1.0', 'always'],
      ['4.12.0', 'default-on'],
    ],
    evidence: [
      'RELEASE-4.11.4 xen/arch/x86/Kconfig config:HVM',
      'RELEASE-4.12.0 xen/arch/x86/Kconfig config:HVM 1bd9cc34e1',
      'RELEASE-4.17.0 xen/arch/x86/Kconfig config:HVM',
    ],
  }),
}
