/**
 * What keeps guests from starting that is no kernel's fault, and what to do about it, in the order of `cheapestFirst`.
 * @module
 */
import { FILES, type Remedy, remedy, run, write } from '../xen/remedies/remedy.ts'
import type { CauseCode, VerdictWord } from '../xen/verdict.ts'
import type { FullVerdict } from './model.ts'

/** A cause with a text of its own: what it is called, why, and remedies. */
export interface GuestCause {
  code: CauseCode
  reason: string
  remedies: readonly Remedy[]
}

const OTHER_PATH = remedy(
  'host-config',
  'Boot the guest by pvgrub2, or as PVH by PVH GRUB (kernel = "grub-i386-xen_pvh.bin"): they read the guest\'s own configuration as its GRUB does',
  write('kernel = "grub-x86_64-xen.bin"', FILES.guest),
)
const PLAIN_GRUB = remedy(
  'guest-config',
  'In the guest, set GRUB_DEFAULT to the number of the entry, with no submenu, and run update-grub',
  write('GRUB_DEFAULT=0 and GRUB_DISABLE_SUBMENU=y', FILES.guestGrub),
)
const FIRST_ENTRY = remedy(
  'guest-config',
  'In the guest, make the kernel that is wanted the first entry: remove the newer kernels, and run update-grub',
  write('its menuentry before all others', FILES.guestGrubCfg),
)

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
      remedy(
        'build-fact',
        "Find out which Python runs the host's pygrub, and ask for that one",
        run('head -1 "$(command -v pygrub || echo /usr/lib/xen/bin/pygrub)"'),
      ),
      remedy(
        'guest-config',
        'In the guest, write grub.cfg in UTF-8, and keep one partition only with a boot configuration',
        run('iconv -f UTF-8 -t UTF-8 /boot/grub/grub.cfg > /dev/null'),
      ),
      OTHER_PATH,
    ],
  },
  'pygrub-path-gone': {
    reason: 'From 4.19.0 on there is no /usr/bin/pygrub: the program is found by its name alone',
    remedies: [
      remedy('host-config', 'Name pygrub without a directory', write('bootloader = "pygrub"', FILES.guest)),
    ],
  },
  'pygrub-file-too-large': {
    reason: 'De-privileged, pygrub copies no kernel and no initrd of more than 128 MiB',
    remedies: [
      remedy(
        'guest-config',
        'In the guest, make the initrd smaller (hostonly="yes" in /etc/dracut.conf with dracut), and run update-initramfs -u',
        write('MODULES=dep and COMPRESS=xz', '/etc/initramfs-tools/initramfs.conf of the guest'),
      ),
      remedy(
        'host-config',
        'Raise the limit, in MiB (4.19.0 on)',
        write('PYGRUB_MAX_FILE_SIZE_MB=512', 'the environment in which xl or libvirtd runs'),
      ),
      OTHER_PATH,
    ],
  },
  'pygrub-finds-nothing': {
    reason: "pygrub finds no kernel on the guest's disk",
    remedies: [
      remedy(
        'guest-config',
        'In the guest, write plain menuentry blocks with literal paths, one initrd a line',
        write("menuentry 'NAME' { linux /vmlinuz ...; initrd /initrd.img }", FILES.guestGrubCfg),
      ),
      remedy(
        'guest-config',
        'In the guest, put /boot on a partition of its own with ext4',
        write('LABEL=boot /boot ext4 defaults 0 2', '/etc/fstab of the guest'),
      ),
      OTHER_PATH,
    ],
  },
  'initrd-missing': {
    reason:
      "pygrub takes several initrds on a line for one file name, and there is no such file on the guest's disk",
    remedies: [
      remedy(
        'guest-config',
        'In the guest, remove the packages with microcode, which a guest does not need, so that each initrd line has one file',
        run('apt-get purge intel-microcode amd64-microcode && update-grub'),
      ),
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
      remedy(
        'guest-config',
        'In the guest, install GRUB 2: pvgrub2 then boots it by grub.cfg',
        run('apt-get install grub-xen && update-grub'),
      ),
      remedy(
        'host-config',
        'Keep the binary that there is: an old PV-GRUB goes on working on newer hypervisors',
        write('kernel = "pv-grub-x86_64.gz"', FILES.guest),
      ),
      remedy(
        'xen-build',
        'Build PV-GRUB with Xen, up to 4.22, in its source tree',
        run('./configure --enable-stubdom --enable-pv-grub'),
      ),
    ],
  },
  'pvh-bootloader-unsupported': {
    reason: 'Before 4.10.0 the toolstack runs a boot loader for PV guests only: it passes it over for PVH',
    remedies: [
      remedy(
        'host-config',
        'Start the guest as PV, where its kernel can',
        write('builder = "generic"', FILES.guest),
      ),
      remedy(
        'host-config',
        'Give the guest a file of dom0 as its kernel, or PVH GRUB, which boots its disk',
        write('kernel = "grub-i386-xen_pvh.bin"', FILES.guest),
      ),
      remedy('release', 'Upgrade the host to 4.10.0 or later'),
    ],
  },
  'nothing-to-boot': {
    reason: 'The configuration of the guest names neither a kernel nor a boot loader',
    remedies: [
      remedy(
        'host-config',
        'Give the guest a boot loader (for PVH from 4.10.0 on)',
        write('bootloader = "pygrub"', FILES.guest),
      ),
      remedy(
        'host-config',
        'Give the guest a kernel: a file of dom0, or for PVH its GRUB, which boots its disk',
        write('kernel = "grub-i386-xen_pvh.bin"', FILES.guest),
      ),
    ],
  },
  'unknown-bootloader': {
    reason: 'The configuration of the guest names a boot loader program of which nothing is known',
    remedies: [
      remedy(
        'host-config',
        'Name pygrub, or say in the inventory by which path the guest boots (boot: pvgrub2@2.06)',
        write('bootloader = "pygrub"', FILES.guest),
      ),
    ],
  },
  'boot-undecided': {
    reason: 'Which kernel the guest boots is not decided by its disk alone',
    remedies: [
      remedy(
        'guest-config',
        'In the guest, name the entry by its number, and run update-grub',
        write('GRUB_DEFAULT=0', FILES.guestGrub),
      ),
    ],
  },
  'no-boot-configuration': {
    reason: "The boot loader finds no configuration on the guest's disk",
    remedies: [
      remedy(
        'guest-config',
        'In the guest, write the configuration that this loader reads: /boot/grub/menu.lst for PV-GRUB, /boot/grub/grub.cfg for GRUB 2',
        run('update-grub'),
      ),
      remedy(
        'host-config',
        'Boot it by a loader that reads what there is',
        write('bootloader = "pygrub"', FILES.guest),
      ),
    ],
  },
  'kernel-missing': {
    reason: "The boot configuration names a file that is not on the guest's disk",
    remedies: [
      remedy(
        'guest-config',
        'In the guest, write the configuration anew, or install the kernel again',
        run('update-grub'),
      ),
    ],
  },
} as const satisfies Record<string, { reason: string; remedies: readonly Remedy[] }>

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
