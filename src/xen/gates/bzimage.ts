// Gates of the containers around the ELF file.

import { documented, type DocumentedBehaviour, type Gate, gate } from './gate.ts'

export interface BzimageGates {
  'bzimage-toolstack': Gate<'unknown' | 'loaded'>
  'bzimage-hypervisor': Gate<'unknown' | 'loaded'>
  'bzimage-header': DocumentedBehaviour<string>
  'payload-bounds': Gate<'unchecked' | 'checked'>
  'payload-offset-width': Gate<'64-bit' | '32-bit'>
  'gzip-magic-hypervisor': Gate<'unbounded' | 'in-payload'>
  'headroom-hypervisor': Gate<'any-payload' | 'compressed'>
  'compressed-elf-hypervisor': Gate<'unknown' | 'loaded'>
  'unknown-payload': Gate<'passed-on' | 'refuses'>
  'bzimage-probe-text': Gate<'silent' | 'logged'>
  'bare-gzip-toolstack': DocumentedBehaviour<string>
  'bin-image': DocumentedBehaviour<string>
  'kernel-size-limit': Gate<'gzip' | 'all'>
}

export const bzimageGates: BzimageGates = {
  'bzimage-toolstack': gate({
    area: 'containers',
    sides: ['toolstack'],
    summary: 'domU: bzImage files. Older toolstacks need a vmlinux.',
    spans: [
      ['3.1.0', 'unknown'],
      ['3.3.0', 'loaded'],
    ],
    evidence: [
      '3.3.0-rc7 tools/libxc/xc_dom_bzimageloader.c check_bzimage_kernel f3bf1dc168',
      '3.4.0-rc3 xen/arch/x86/bzimage.c bzimage_parse e2b1ebf4de',
    ],
  }),
  'bzimage-hypervisor': gate({
    area: 'containers',
    sides: ['hypervisor'],
    summary: 'dom0: bzImage files. Older hypervisors need a vmlinux.',
    spans: [
      ['3.1.0', 'unknown'],
      ['3.4.0', 'loaded'],
    ],
    evidence: [
      '3.3.0-rc7 tools/libxc/xc_dom_bzimageloader.c check_bzimage_kernel f3bf1dc168',
      '3.4.0-rc3 xen/arch/x86/bzimage.c bzimage_parse e2b1ebf4de',
    ],
  }),
  'bzimage-header': documented({
    area: 'containers',
    sides: ['toolstack', 'hypervisor'],
    summary: 'What makes a bzImage.',
    spans: [['3.1.0', '"HdrS" at 0x202, 0x250 bytes, protocol 2.08 or later; setup_sects 0 is taken as 0']],
    evidence: [
      'RELEASE-4.0.0 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.22.0 xen/arch/x86/bzimage.c bzimage_check',
    ],
  }),
  'payload-bounds': gate({
    area: 'containers',
    sides: ['toolstack'],
    summary:
      'domU: the payload must lie inside the file. Where it is not checked, bytes behind the file are ' +
      'read, and a decoder that fails leaves its partial output to the next loader.',
    spans: [
      ['3.1.0', 'unchecked'],
      ['4.0.2', 'checked'],
      ['4.1.0', 'unchecked'],
      ['4.1.1', 'checked'],
    ],
    evidence: [
      'RELEASE-4.0.2 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel 95b7af4f96',
      'RELEASE-4.1.1 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel 0416d74e9e',
      'RELEASE-4.2.0 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel 778d29bc95',
    ],
  }),
  'payload-offset-width': gate({
    area: 'containers',
    sides: ['hypervisor'],
    summary: "dom0: the width in which the payload's place is computed; 32 bits wrap around.",
    spans: [
      ['3.1.0', '64-bit'],
      ['4.2.0', '32-bit'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/arch/x86/bzimage.c bzimage_headroom',
      'RELEASE-4.2.0 xen/arch/x86/bzimage.c bzimage_headroom 3a2aa7c248',
    ],
  }),
  'gzip-magic-hypervisor': gate({
    area: 'containers',
    sides: ['hypervisor'],
    summary:
      "dom0: gzip's magic is looked for where the payload starts, be it there or after a payload of no or one byte.",
    spans: [
      ['3.1.0', 'unbounded'],
      ['4.0.0', 'in-payload'],
    ],
    evidence: [
      '3.4.0-rc3 xen/arch/x86/bzimage.c perform_gunzip',
      'RELEASE-4.0.0 xen/arch/x86/bzimage.c gzip_check ab77e81f65',
    ],
  }),
  'headroom-hypervisor': gate({
    area: 'containers',
    sides: ['hypervisor'],
    summary:
      'dom0: whose last four bytes are taken as the unpacked size, to make room for it: of every payload, as a signed ' +
      'number, or of compressed ones.',
    spans: [
      ['3.1.0', 'any-payload'],
      ['4.2.0', 'compressed'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/arch/x86/bzimage.c bzimage_headroom',
      'RELEASE-4.2.0 xen/arch/x86/bzimage.c bzimage_headroom 3a2aa7c248',
    ],
  }),
  'compressed-elf-hypervisor': gate({
    area: 'containers',
    sides: ['hypervisor'],
    summary:
      'dom0: a compressed ELF file without a bzImage around it, in any format that this release unpacks. ' +
      'Its last four bytes must be its unpacked size.',
    spans: [
      ['3.1.0', 'unknown'],
      ['4.2.0', 'loaded'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 xen/arch/x86/bzimage.c bzimage_parse',
      'RELEASE-4.2.0 xen/arch/x86/bzimage.c bzimage_parse 3a2aa7c248',
    ],
  }),
  'unknown-payload': gate({
    area: 'containers',
    sides: ['toolstack'],
    summary: 'domU: a bzImage payload of no known format, an uncompressed ELF among them.',
    spans: [
      ['3.1.0', 'passed-on'],
      ['4.0.0', 'refuses'],
    ],
    evidence: [
      'RELEASE-4.0.0 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.2.0 xen/arch/x86/bzimage.c bzimage_parse 3a2aa7c248',
      'RELEASE-4.22.0 xen/common/decompress.c decompress',
    ],
  }),
  'bzimage-probe-text': gate({
    area: 'containers',
    sides: ['toolstack'],
    summary: 'domU: the bzImage loader logs an error line for every file that is not a bzImage.',
    spans: [
      ['3.1.0', 'silent'],
      ['4.0.0', 'logged'],
      ['4.2.0', 'silent'],
    ],
    evidence: [
      'RELEASE-4.1.6.1 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
      'RELEASE-4.2.0 tools/libxc/xc_dom_bzimageloader.c xc_dom_probe_bzimage_kernel',
    ],
  }),
  'bare-gzip-toolstack': documented({
    area: 'containers',
    sides: ['toolstack'],
    summary: 'domU: compressed files without a bzImage around them that are unpacked when read.',
    spans: [['3.1.0', 'gzip only']],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_core.c xc_dom_kernel_file',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_core.c xc_dom_kernel_file',
    ],
  }),
  'bin-image': documented({
    area: 'containers',
    sides: ['toolstack'],
    summary: 'domU: what a flat image with a xen_bin_image_table must say.',
    spans: [['3.1.0', 'flags 0x10000, and optionally bits 0, 14 and 15; addresses that fit the image']],
    evidence: [
      'RELEASE-4.1.0 tools/libxc/xc_dom_binloader.c xc_dom_parse_bin_kernel',
      'RELEASE-4.22.0 tools/libs/guest/xg_dom_binloader.c xc_dom_parse_bin_kernel',
    ],
  }),
  'kernel-size-limit': gate({
    area: 'containers',
    sides: ['toolstack'],
    summary:
      'domU: which unpacked sizes may not exceed 1 GiB: that of gzip only, or of the file and every ' +
      'format.',
    spans: [
      ['3.1.0', 'gzip'],
      ['4.1.4', 'all'],
      ['4.2.0', 'gzip'],
      ['4.2.1', 'all'],
    ],
    evidence: [
      'RELEASE-4.1.4 tools/libxc/xc_dom_core.c xc_dom_kernel_check_size 7ce4c76597',
      'RELEASE-4.2.1 tools/libxc/xc_dom_core.c xc_dom_kernel_check_size fdd0127ae2',
      'RELEASE-4.3.0 tools/libxc/xc_dom_core.c xc_dom_kernel_check_size 127c78b8b7',
    ],
    advisory: 'XSA-25',
  }),
}
