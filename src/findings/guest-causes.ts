/**
 * What keeps guests from starting that is no kernel's fault, and what to do about it: what the tenant can do comes first.
 * @module
 */
import type { CauseCode, VerdictWord } from '../xen/verdict.ts'
import type { FullVerdict } from './model.ts'

/** A cause with a text of its own: what it is called, why, and remedies. */
export interface GuestCause {
  code: CauseCode
  reason: string
  remedies: readonly string[]
}

const OTHER_PATH =
  'Or boot the guest by pvgrub2 (kernel="grub-x86_64-xen.bin") or, as PVH, by PVH GRUB: they read the guest\'s own configuration as its GRUB does'
const PLAIN_GRUB =
  'In the guest, set GRUB_DEFAULT to the number of the entry and GRUB_DISABLE_SUBMENU=y in /etc/default/grub, and run update-grub'
const FIRST_ENTRY =
  'In the guest, make the kernel that is wanted the first entry of grub.cfg: remove the newer kernels'

export const CAUSES = {
  'pygrub-default-by-title': {
    reason:
      "From 4.13.0 on pygrub takes the first entry where a guest's grub.cfg names its default by a title or an id",
    remedies: [PLAIN_GRUB, FIRST_ENTRY, OTHER_PATH],
  },
  'pygrub-python': {
    reason:
      'From 4.13.0 on pygrub may run under Python 3: it then tries partitions in table order, whatever is active, does not start from a hybrid ISO whose partition does not start at 0, and loses a configuration that is not UTF-8',
    remedies: [
      'In the guest, write grub.cfg in UTF-8, and keep one partition only with a boot configuration',
      "Find out which Python runs the host's pygrub (head -1 of the file), and ask for that one",
      OTHER_PATH,
    ],
  },
  'pygrub-path-gone': {
    reason: 'From 4.19.0 on there is no /usr/bin/pygrub: the program is found by its name alone',
    remedies: ['Write bootloader="pygrub" in the configuration of the guest, without a directory'],
  },
  'pygrub-file-too-large': {
    reason: 'De-privileged, pygrub copies no kernel and no initrd of more than 128 MiB',
    remedies: [
      'In the guest, make the initrd smaller: MODULES=dep and COMPRESS=zstd or xz in initramfs.conf, hostonly="yes" of dracut',
      'Or raise PYGRUB_MAX_FILE_SIZE_MB in the environment of the toolstack (4.19.0 on)',
      OTHER_PATH,
    ],
  },
  'pygrub-finds-nothing': {
    reason: "pygrub finds no kernel on the guest's disk",
    remedies: [
      'In the guest, write a grub.cfg with plain menuentry blocks: linux and initrd lines with literal paths, one initrd a line',
      'Put /boot on a partition of its own with ext4',
      OTHER_PATH,
    ],
  },
  'initrd-missing': {
    reason:
      "pygrub takes several initrds on a line for one file name, and there is no such file on the guest's disk",
    remedies: [
      'In the guest, leave one file on each initrd line: remove the packages with microcode (intel-microcode, amd64-microcode), which a guest does not need, and run update-grub',
      OTHER_PATH,
    ],
  },
  'boots-another-kernel': {
    reason: 'The guest boots another kernel than before',
    remedies: [PLAIN_GRUB, FIRST_ENTRY, OTHER_PATH],
  },
  'pv-grub-on-request': {
    reason:
      'From 4.16.0 on PV-GRUB is built on request only (--enable-pv-grub), and after 4.22 it is gone: whether the new host has one is not known',
    remedies: [
      'In the guest, install GRUB 2 (grub-xen): pvgrub2 then boots it by grub.cfg',
      'Keep the binary that there is: an old PV-GRUB goes on working on newer hypervisors',
      'Or build Xen with --enable-pv-grub, up to 4.22',
    ],
  },
  'pvh-bootloader-unsupported': {
    reason: 'Before 4.10.0 the toolstack runs a boot loader for PV guests only: it passes it over for PVH',
    remedies: [
      'Start the guest as PV, where its kernel can',
      'Give the guest kernel= with a file of dom0, or with grub-i386-xen_pvh.bin',
      'Or upgrade the host to 4.10.0 or later',
    ],
  },
  'nothing-to-boot': {
    reason: 'The configuration of the guest names neither a kernel nor a boot loader',
    remedies: [
      'Give the guest a kernel: a file of dom0, or for PVH grub-i386-xen_pvh.bin, which boots its disk',
      'Or give it bootloader="pygrub" (for PVH from 4.10.0 on)',
    ],
  },
  'unknown-bootloader': {
    reason: 'The configuration of the guest names a boot loader program of which nothing is known',
    remedies: ['Name pygrub, or say in the inventory by which path the guest boots'],
  },
  'boot-undecided': {
    reason: 'Which kernel the guest boots is not decided by its disk alone',
    remedies: ['In the guest, set GRUB_DEFAULT to a number, and run update-grub'],
  },
  'no-boot-configuration': {
    reason: "The boot loader finds no configuration on the guest's disk",
    remedies: [
      'In the guest, write the configuration that this loader reads: menu.lst for PV-GRUB, /boot/grub/grub.cfg for GRUB 2',
      'Or boot it by another path',
    ],
  },
  'kernel-missing': {
    reason: "The boot configuration names a file that is not on the guest's disk",
    remedies: ['In the guest, run update-grub, or install the kernel again'],
  },
} as const satisfies Record<string, { reason: string; remedies: readonly string[] }>

export type GuestCauseCode = keyof typeof CAUSES

/** A cause, with more to its reason where `detail` says it. */
export function guestCause(code: GuestCauseCode, detail?: string): GuestCause {
  const { reason, remedies } = CAUSES[code]
  return { code, reason: detail === undefined ? reason : `${reason}: ${detail}`, remedies }
}

/** A verdict that a cause gives whatever the kernel is. */
export function causeVerdict(
  { code, reason, remedies }: GuestCause,
  verdict: VerdictWord,
  message?: string,
): FullVerdict {
  return {
    verdict,
    code,
    ...(message !== undefined && { message, log: { lines: [message] } }),
    reason,
    remedies: [...remedies],
    assumptions: [],
    evidence: [],
  }
}

/** A kernel that starts, in doubt for reasons that are not its own; the first of `causes` gives the code. */
export function inDoubt(verdict: FullVerdict, causes: readonly GuestCause[]): FullVerdict {
  const [first, ...also] = causes
  if (first === undefined || verdict.verdict !== 'accepts') return verdict
  const { reason, remedies, code } = first
  return {
    ...verdict,
    verdict: 'uncertain',
    code,
    reason,
    remedies: [...remedies],
    ...(also.length > 0 && {
      also: also.map(cause => ({ code: cause.code, reason: cause.reason, remedies: [...cause.remedies] })),
    }),
  }
}
