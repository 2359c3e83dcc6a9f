// Gates of PVH, version 1 and 2.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface PvhGates {
  'pvh-domU': Gate<'none' | 'v1-64-bit' | 'v2'>
  'pvh-dom0': Gate<'none' | 'v1' | 'v2'>
  'hvm-container-pv-kernel': Gate<'undecided' | 'unknown-type' | 'refuses'>
  'hvm-firmware': Gate<'refuses' | 'taken'>
  'hvm-direct-kernel-boot': DocumentedBehaviour<string>
}

export const pvhGates: PvhGates = {
  'pvh-domU': gate({
    area: 'pvh',
    sides: ['toolstack'],
    summary:
      'domU as PVH: not there; PVH v1 (a PV kernel with four features, 64-bit only); PVH v2 (an HVM ' +
      'container started at PHYS32_ENTRY). Version 1 was still there to 4.8.5.',
    spans: [
      ['3.1.0', 'none'],
      ['4.4.0', 'v1-64-bit'],
      ['4.7.0', 'v2'],
    ],
    evidence: [
      'RELEASE-4.4.0 tools/libxc/xc_dom_core.c xc_dom_parse_image 2aa2be09ae',
      'RELEASE-4.6.6 tools/libxc/xc_dom_x86.c vcpu_x86_32',
      'RELEASE-4.7.0 tools/libxc/xc_dom_x86.c - fd5964a2a0',
      'RELEASE-4.8.5 tools/libxc/xc_dom_core.c xc_dom_parse_image',
      'RELEASE-4.9.0 tools/libxc/xc_dom_core.c xc_dom_parse_image 33e5c32559',
      'RELEASE-4.7.0 tools/libxl/libxl_dom.c libxl__domain_firmware 5ca88cb758',
      'RELEASE-4.7.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note a1b2d39f07',
      'RELEASE-4.10.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type 96edb111dd',
      'RELEASE-4.10.0 tools/libxl/libxl_create.c - 6cc06d092c',
      'RELEASE-4.11.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
    ],
  }),
  'pvh-dom0': gate({
    area: 'pvh',
    sides: ['hypervisor'],
    summary: 'dom0 as PVH: not there; dom0pvh (v1); dom0=pvh (v2, PHYS32_ENTRY needed).',
    spans: [
      ['3.1.0', 'none'],
      ['4.5.0', 'v1'],
      ['4.9.0', 'v2'],
    ],
    evidence: [
      'RELEASE-4.5.0 xen/arch/x86/domain_build.c construct_dom0 9a28170f2d',
      'RELEASE-4.5.0 xen/arch/x86/setup.c opt_dom0pvh e6390ad57b',
      'RELEASE-4.9.0 xen/arch/x86/pv/dom0_build.c dom0_construct_pv 33e5c32559',
      'RELEASE-4.9.0 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel 62ba982424',
      'RELEASE-4.9.0 xen/arch/x86/dom0_build.c parse_dom0_param a04c678888',
      'RELEASE-4.10.0 xen/arch/x86/hvm/dom0_build.c pvh_load_kernel',
      'RELEASE-4.10.1 xen/common/libelf/libelf-dominfo.c elf_xen_note_check 4621c10f48',
    ],
  }),
  'hvm-container-pv-kernel': gate({
    area: 'pvh',
    sides: ['toolstack'],
    summary:
      'A kernel without PHYS32_ENTRY in an HVM container: it passes with a PV guest type, and what ' +
      'follows was not run; it gets the type "xen-3.0-unknown"; or it is refused.',
    spans: [
      ['3.1.0', 'undecided'],
      ['4.10.0', 'unknown-type'],
      ['4.11.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.7.0 tools/libxl/libxl_dom.c libxl__domain_firmware 5ca88cb758',
      'RELEASE-4.7.0 xen/common/libelf/libelf-dominfo.c elf_xen_parse_note a1b2d39f07',
      'RELEASE-4.10.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type 96edb111dd',
      'RELEASE-4.10.0 tools/libxl/libxl_create.c - 6cc06d092c',
      'RELEASE-4.11.0 tools/libxc/xc_dom_elfloader.c xc_dom_guest_type',
    ],
  }),
  'hvm-firmware': gate({
    area: 'pvh',
    sides: ['toolstack'],
    summary:
      'An uncompressed ELF that libelf refuses is taken as HVM firmware in an HVM container: a 32-bit one ' +
      'is started at e_entry, a 64-bit one refused.',
    spans: [
      ['3.1.0', 'refuses'],
      ['4.7.0', 'taken'],
    ],
    evidence: [
      'RELEASE-4.7.0 tools/libxc/xc_dom_hvmloader.c xc_dom_probe_hvm_kernel ad787bafcd',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_hvmloader.c xc_dom_parse_hvm_kernel',
    ],
  }),
  'hvm-direct-kernel-boot': documented({
    area: 'pvh',
    sides: ['toolstack'],
    summary: 'type=hvm with kernel=.',
    spans: [
      ['3.1.0', 'by hvmloader'],
      ['4.5.0', 'the file goes to QEMU, Xen reads no note'],
    ],
    evidence: ['RELEASE-4.5.0 tools/libxl/libxl_dm.c - 11dffa2359'],
  }),
}
