// Gates of the domain builders around libelf.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface BuilderGates {
  'loader-probe': Gate<'magic' | 'notes'>
  'loader-order': DocumentedBehaviour<string>
  'domU-final-text': Gate<string | null>
  'dom0-panic': Gate<string>
  'dom0-bug-place': Gate<string | null>
  'dom0-verbose': Gate<'build' | 'option'>
  'xen-guest-hypercall-page': Gate<'in-order' | 'any-order'>
  'hypercall-page-domU': DocumentedBehaviour<string>
  'hv-start-low': Gate<'panics' | 'refuses'>
  'xen-overlap': DocumentedBehaviour<'refuses'>
  'dom0-memory': DocumentedBehaviour<string>
  'supervisor-mode': Gate<'refuses'>
  'dom0-required-features': Gate<'refuses' | 'accepts'>
  autotranslate: Gate<'tried' | 'refuses'>
  'initial-mapping': DocumentedBehaviour<string>
  'segment-size': DocumentedBehaviour<string>
  'gzip-ramdisk': DocumentedBehaviour<string>
}

export const builderGates: BuilderGates = {
  'loader-probe': gate({
    area: 'builder',
    sides: ['toolstack'],
    summary:
      'domU: the ELF loader is chosen by the magic alone, or only when the notes parse too. With the ' +
      'latter, what libelf says is lost behind "no loader found".',
    spans: [
      ['3.1.0', 'magic'],
      ['4.7.0', 'notes'],
    ],
    evidence: [
      'RELEASE-4.6.6 tools/libxc/xc_dom_elfloader.c xc_dom_probe_elf_kernel',
      'RELEASE-4.7.0 tools/libxc/xc_dom_elfloader.c xc_dom_probe_elf_kernel ad787bafcd',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_core.c xc_dom_find_loader',
    ],
  }),
  'loader-order': documented({
    area: 'builder',
    sides: ['toolstack'],
    summary:
      'domU: the order in which loaders are tried. The bzImage loader replaces the file by its payload ' +
      'even if it then fails.',
    spans: [
      ['3.1.0', 'multiboot-binary, Linux bzImage (from 3.3.0), ELF-generic'],
      ['4.7.0', 'multiboot-binary, HVM-generic, Linux bzImage, ELF-generic'],
    ],
    evidence: [
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_core.c xc_dom_register_loader',
      'RELEASE-4.7.0 tools/libxc/Makefile -',
    ],
  }),
  'domU-final-text': gate({
    area: 'builder',
    sides: ['toolstack'],
    summary:
      'With what libxl ends, whatever refused a domU kernel while it was parsed; xend of old passed on ' +
      'the last error line and had none of its own.',
    spans: [
      ['3.1.0', null],
      ['4.1.0', 'xc_dom_parse_image failed'],
    ],
    evidence: ['RELEASE-4.1.0 tools/libxl/libxl_dom.c libxl__build_pv'],
  }),
  'dom0-panic': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary: 'With what the machine panics, whatever refused dom0.',
    spans: [
      ['3.1.0', 'Could not set up DOM0 guest OS'],
      ['4.14.0', 'Could not construct domain 0'],
      ['4.21.0', 'Could not construct d0'],
    ],
    evidence: [
      'RELEASE-4.13.5 xen/arch/x86/setup.c __start_xen',
      'RELEASE-4.14.0 xen/arch/x86/setup.c create_dom0',
      'RELEASE-4.22.0 xen/arch/x86/setup.c create_dom0',
    ],
  }),
  'dom0-bug-place': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary:
      "dom0: where BUG_ON says that an empty file is one, as the log names it. A vendor's patches may move the line.",
    spans: [
      ['3.1.0', null],
      ['3.4.0', 'bzimage.c:221'],
      ['4.0.0', 'bzimage.c:235'],
      ['4.2.0', 'bzimage.c:257'],
      ['4.7.0', 'bzimage.c:125'],
      ['4.9.0', 'bzimage.c:126'],
      ['4.17.0', 'arch/x86/bzimage.c:126'],
      ['4.20.0', 'arch/x86/bzimage.c:125'],
    ],
    evidence: [
      '3.4.0-rc3 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.0.4 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.6.6 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.7.0 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.9.0 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.17.0 xen/Rules.mk - 7a3bcd2bab',
      'RELEASE-4.20.0 xen/arch/x86/bzimage.c bzimage_parse',
    ],
  }),
  'dom0-verbose': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary:
      "dom0: what puts libelf's reading of the notes into the log: only how Xen was built, of which the models say " +
      'nothing, or CONFIG_VERBOSE_DEBUG and dom0=verbose.',
    spans: [
      ['3.1.0', 'build'],
      ['4.13.0', 'option'],
    ],
    evidence: [
      'RELEASE-4.12.4 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
      'RELEASE-4.13.0 xen/arch/x86/dom0_build.c parse_dom0_param 525ef6584f',
      'RELEASE-4.22.0 xen/arch/x86/pv/dom0_build.c dom0_construct',
    ],
  }),
  'xen-guest-hypercall-page': gate({
    area: 'builder',
    sides: ['toolstack', 'hypervisor'],
    summary:
      'HYPERCALL_PAGE in __xen_guest is a page number counted from VIRT_BASE, which must come before it ' +
      'in the string, or may come anywhere.',
    spans: [
      ['3.1.0', 'in-order'],
      ['4.11.0', 'any-order'],
    ],
    evidence: [
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.11.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_guest_info f2613bd7f2',
    ],
  }),
  'hypercall-page-domU': documented({
    area: 'builder',
    sides: ['toolstack'],
    summary: 'domU: a HYPERCALL_PAGE outside the kernel.',
    spans: [['3.1.0', 'fails when the domain is booted']],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_boot.c setup_hypercall_page',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_boot.c setup_hypercall_page',
    ],
  }),
  'hv-start-low': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary: '32-bit dom0: HV_START_LOW, rounded up to 2 MiB, above the start of the hypervisor.',
    spans: [
      ['3.1.0', 'panics'],
      ['4.15.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.14.6 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
      'RELEASE-4.15.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv',
    ],
  }),
  'xen-overlap': documented({
    area: 'builder',
    sides: ['hypervisor'],
    summary: "dom0: an initial mapping that reaches into Xen's own addresses.",
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.22.0 xen/arch/x86/pv/dom0_build.c dom0_construct',
    ],
  }),
  'dom0-memory': documented({
    area: 'builder',
    sides: ['hypervisor'],
    summary: 'dom0: kernel, initrd and tables larger than its memory.',
    spans: [['3.1.0', 'panics']],
    evidence: [
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.22.0 xen/arch/x86/pv/dom0_build.c dom0_construct',
    ],
  }),
  'supervisor-mode': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary: 'PV dom0: a kernel that requires supervisor_mode_kernel panics after it was loaded.',
    spans: [['3.1.0', 'refuses']],
    evidence: [
      'RELEASE-4.1.0 xen/arch/x86/domain_build.c construct_dom0',
      'RELEASE-4.6.0 xen/arch/x86/domain_build.c construct_dom0 f915632c90',
      'RELEASE-4.22.0 xen/arch/x86/pv/dom0_build.c dom0_construct',
    ],
  }),
  'dom0-required-features': gate({
    area: 'builder',
    sides: ['hypervisor'],
    summary: 'PV dom0: any required feature, the "!writable_page_tables" of every Linux among them.',
    spans: [
      ['3.1.0', 'refuses'],
      ['3.2.0', 'accepts'],
    ],
    evidence: [
      '3.1.0-branched xen/arch/x86/domain_build.c construct_dom0',
      '3.2.0-rc6 xen/arch/x86/domain_build.c construct_dom0',
    ],
  }),
  autotranslate: gate({
    area: 'builder',
    sides: ['toolstack'],
    summary: 'PV domU: a kernel that requires auto_translated_physmap.',
    spans: [
      ['3.1.0', 'tried'],
      ['4.9.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.8.5 tools/libxc/xc_dom_x86.c meminit_pv',
      'RELEASE-4.9.0 tools/libxc/xc_dom_x86.c bootearly ee92c92b51',
    ],
  }),
  'initial-mapping': documented({
    area: 'builder',
    sides: ['toolstack'],
    summary: "domU: an initial mapping that does not fit the domain's memory.",
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.3.0', 'refused'],
    ],
    evidence: [
      'RELEASE-4.2.5 tools/libxc/xc_dom_x86.c count_pgtables',
      'RELEASE-4.3.0 tools/libxc/xc_dom_x86.c count_pgtables 5bb2be127b',
    ],
  }),
  'segment-size': documented({
    area: 'builder',
    sides: ['toolstack'],
    summary: "domU: a kernel or ramdisk larger than the domain's memory.",
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.0.0', 'refused'],
    ],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_core.c xc_dom_alloc_segment',
      'RELEASE-4.7.0 tools/libxc/xc_dom_core.c xc_dom_chk_alloc_pages',
    ],
  }),
  'gzip-ramdisk': documented({
    area: 'builder',
    sides: ['toolstack'],
    summary: 'domU: a gzip ramdisk.',
    spans: [
      ['3.1.0', 'unpacked by the toolstack'],
      ['4.20.0', 'passed through'],
    ],
    evidence: [
      'RELEASE-4.19.6 tools/libs/guest/xg_dom_core.c xc_dom_build_module',
      'RELEASE-4.20.0 tools/libs/guest/xg_dom_core.c xc_dom_build_module',
    ],
  }),
}
