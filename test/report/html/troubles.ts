/** What is wrong with kernels of the made-up fleet, as audits say it. */
import type { LogLines } from '../../../src/xen/log-lines.ts'
import { type Remedy, remedy } from '../../../src/xen/remedies/remedy.ts'
import type { CauseCode, Stage } from '../../../src/xen/verdict.ts'

export interface Trouble {
  code: CauseCode
  verdict: 'refuses' | 'uncertain'
  title: string
  reason: string
  log?: LogLines
  stage: Stage
  remedies: Remedy[]
}

export const troubles = {
  feature: {
    code: 'unknown-feature',
    verdict: 'refuses',
    title: 'A feature in FEATURES is unknown to this release',
    reason:
      'FEATURES names hvm_callback_vector, and the ELF parser of releases before 4.2 refuses every name that it does not know, optional or not.',
    stage: 'elf_xen_parse',
    remedies: [
      remedy(
        'image',
        'Use a Linux from 3.14 on: it names the feature in SUPPORTED_FEATURES, which old releases pass over.',
      ),
      remedy('release', 'Upgrade the host to 4.2.0 or later.'),
      remedy('kernel-option', 'Build the kernel without CONFIG_XEN_PVH.'),
    ],
  },
  zstd: {
    code: 'codec-unsupported',
    verdict: 'refuses',
    title: 'The payload is compressed with a codec that this release cannot read',
    reason: 'The payload is zstd, which this release cannot unpack: it came with 4.15.0.',
    log: {
      lines: [
        'xc_dom_bzimageloader.c:775: xc_dom_probe_bzimage_kernel: unknown compression format: Invalid kernel',
      ],
    },
    stage: 'bzimage_parse',
    remedies: [
      remedy('repack', 'Repack the payload with gzip: every release from 3.4.0 on reads it.'),
      remedy('kernel-option', 'Build the kernel with CONFIG_KERNEL_GZIP.'),
      remedy('release', 'Upgrade the host to 4.15.0 or later.'),
    ],
  },
  lz4: {
    code: 'lz4-decoder-broken',
    verdict: 'refuses',
    title: 'The LZ4 decoder of this release is broken',
    reason: 'The decoder of 4.4.1 to 4.11.3 and of 4.12.0 to 4.12.1 fails at the end of most LZ4 payloads.',
    log: {
      lines: ['xc_dom_bzimageloader.c:768: xc_dom_probe_bzimage_kernel unable to LZ4 decompress kernel'],
    },
    stage: 'bzimage_parse',
    remedies: [
      remedy('release', 'Update the host to 4.11.4, 4.12.2 or later.'),
      remedy('repack', 'Repack the payload with gzip.'),
    ],
  },
  dictionary: {
    code: 'dictionary-too-large',
    verdict: 'uncertain',
    title: 'The xz dictionary is larger than the toolstack allows',
    reason:
      'The payload asks for a dictionary of 128 MiB; whether that fits the limit depends on how liblzma counts.',
    log: {
      lines: ['xg_dom_bzimageloader.c:761: xc_dom_probe_bzimage_kernel unable to XZ decompress kernel'],
    },
    stage: 'bzimage_parse',
    remedies: [remedy('release', 'Update the host to 4.18.5, 4.19.2 or later.')],
  },
  pv32: {
    code: 'pv32-not-built',
    verdict: 'refuses',
    title: '32-bit PV is not built into this hypervisor',
    reason: 'The kernel is a 32-bit PV one, and this release is built without CONFIG_PV32 by default.',
    log: { lines: ['Found 32-bit PV kernel, but CONFIG_PV32 missing'] },
    stage: 'guest-type',
    remedies: [
      remedy('boot-mode', 'Boot the guest as HVM.'),
      remedy('xen-build', 'Build Xen with CONFIG_PV32=y.'),
      remedy('image', 'Use a 64-bit kernel.'),
    ],
  },
  dom0: {
    code: 'dom0-bit-missing',
    verdict: 'refuses',
    title: 'The kernel says that it cannot be dom0',
    reason: 'SUPPORTED_FEATURES is 0x8001: without bit 11 this release does not take the kernel as dom0.',
    log: { lines: ['Kernel does not support Dom0 operation'] },
    stage: 'check',
    remedies: [
      remedy('kernel-option', 'Build the kernel with CONFIG_XEN_DOM0=y.'),
      remedy('image', 'Install the full flavour in place of the cloud one.'),
    ],
  },
  pvh: {
    code: 'not-pvh',
    verdict: 'refuses',
    title: 'The kernel has no PVH entry',
    reason: 'There is no PHYS32_ENTRY note, so nothing says where a PVH guest starts.',
    log: {
      lines: [
        'xc_dom_elfloader.c:66: xc_dom_guest_type: image not capable of booting inside a HVM container: Invalid kernel',
      ],
    },
    stage: 'guest-type',
    remedies: [
      remedy('kernel-option', 'Build the kernel with CONFIG_PVH=y; Linux has it from 4.11 on.'),
      remedy('boot-mode', 'Boot the guest as PV.'),
    ],
  },
} satisfies Record<string, Trouble>

export type TroubleName = keyof typeof troubles
