/** Remedies that depend on what system the image is: what helps Linux means nothing to FreeBSD. */
import type { GuestSystem, KernelIdentity } from '../../facts/identity.ts'
import type { BootMode } from '../boot-mode.ts'
import { compareVersions } from '../releases.ts'
import { configure } from './build-lines.ts'
import { FILES, type Remedy, remedy, run, write } from './remedy.ts'

type ForGuest = (identity: KernelIdentity, mode: BootMode) => readonly Remedy[]
type Table = Readonly<Partial<Record<GuestSystem, ForGuest>>> & { unknown: ForGuest }

/** Looks a guest up; what has no remedies of its own gets those of an unknown system. */
export const forGuest = (table: Table, identity: KernelIdentity, mode: BootMode): readonly Remedy[] =>
  (table[identity.system] ?? table.unknown)(identity, mode)

/** True where the kernel's version is known and older. */
export function isOlder({ version }: KernelIdentity, than: string): boolean {
  const numbers = numbersOf(version)
  return numbers !== undefined && compareVersions(numbers, than) < 0
}

/** True where the kernel's version is known and not older. */
export function isAtLeast({ version }: KernelIdentity, than: string): boolean {
  const numbers = numbersOf(version)
  return numbers !== undefined && compareVersions(numbers, than) >= 0
}

const numbersOf = (version: string | undefined) => /^\d+\.\d+/.exec(version ?? '')?.[0]

const AS_HVM = write('type = "hvm"', FILES.guest)

const PHYS32_NOTE = write(
  'ELFNOTE(Xen, XEN_ELFNOTE_PHYS32_ENTRY, .long START)',
  'the source of its entry (in Linux arch/x86/platform/pvh/head.S)',
)

const REBUILD_UNIKERNEL = remedy(
  'kernel-option',
  'Build the unikernel for Xen (CONFIG_PLAT_XEN=y in its .config for Unikraft), so that it has the Xen notes',
  run('mirage configure -t xen && make'),
)
const BUILD_GRUB = run('grub-mkstandalone -O x86_64-xen -o grub-x86_64-xen.bin')
const HYPERVISOR = remedy(
  'image',
  'Point to the kernel of a guest: this is the hypervisor itself, which the boot loader of a host starts',
)

const NOTES: Readonly<Partial<Record<GuestSystem, string>>> = {
  linux: 'arch/x86/xen/xen-head.S of Linux',
  freebsd: 'sys/amd64/amd64/xen-locore.S of FreeBSD',
  netbsd: 'sys/arch/amd64/amd64/locore.S of NetBSD',
}

/** A remedy that changes a note, with the file of this guest in which its notes are. */
export function inNotesOf(remedy: Remedy, { system }: KernelIdentity): Remedy {
  const { action } = remedy
  const file = NOTES[system]
  return action?.does === 'write' && action.file === FILES.notes && file !== undefined
    ? { ...remedy, action: { ...action, file } }
    : remedy
}

/** What every option for Xen depends on (arch/x86/xen/Kconfig of Linux): olddefconfig drops those without it. */
const XEN_GUEST = ['HYPERVISOR_GUEST', 'PARAVIRT', 'XEN'] as const

/** It is not built for Xen at all, or its notes do not say so. */
export const NOT_FOR_XEN: Table = {
  linux: (identity, { guest }) => {
    if (guest === 'pvh' && isOlder(identity, '4.11')) {
      return [remedy('kernel-version', 'Use Linux 4.11 or later: PVH came with it')]
    }
    return guest === 'pvh'
      ? [
          remedy(
            'kernel-option',
            'Build the kernel with CONFIG_XEN_PVH=y in its .config',
            configure([...XEN_GUEST, 'PVH', 'XEN_PVH']),
          ),
        ]
      : [
          remedy(
            'kernel-option',
            'Build the kernel with CONFIG_XEN_PV=y in its .config (CONFIG_XEN=y before Linux 4.12): it has no usable Xen notes',
            configure([...XEN_GUEST, 'XEN_PV']),
          ),
        ]
  },
  freebsd: () => [
    remedy(
      'image',
      'Use the GENERIC kernel of FreeBSD 12 or later as PVH, or start the guest as HVM',
      AS_HVM,
    ),
  ],
  netbsd: (_, { guest, role }) => [
    guest === 'pvh'
      ? remedy('image', 'Use the GENERIC kernel of NetBSD 10 or later')
      : remedy(
          'image',
          `Use the kernel netbsd-XEN3_${role === 'dom0' ? 'DOM0' : 'DOMU'} of the same release`,
        ),
  ],
  openbsd: () => [remedy('image', 'Start the guest as HVM: OpenBSD has no PV and no PVH kernel', AS_HVM)],
  unikernel: () => [REBUILD_UNIKERNEL],
  grub: (_, { guest }) => [
    guest === 'pvh'
      ? remedy('image', 'Build GRUB for PVH', run('grub-mkstandalone -O i386-xen_pvh -o grub-pvh.bin'))
      : remedy('image', 'Build GRUB for PV', BUILD_GRUB),
  ],
  xen: () => [HYPERVISOR],
  memtest: () => [
    remedy(
      'image',
      'Start the memory test on the bare machine, or leave it out of the catalogue: it has no Xen notes',
    ),
  ],
  ipxe: () => [
    remedy(
      'image',
      'Start iPXE from its disk image in an HVM guest, or leave it out: it has no Xen notes',
      AS_HVM,
    ),
  ],
  unknown: (_, { guest }) => [
    remedy(
      'image',
      `Use a kernel that is built for Xen: Linux needs ${guest === 'pvh' ? 'CONFIG_XEN_PVH=y' : 'CONFIG_XEN_PV=y'}`,
    ),
  ],
}

/** It has Xen notes, and no PHYS32_ENTRY among them. */
export const NO_PVH_ENTRY: Table = {
  linux: identity =>
    isOlder(identity, '4.11')
      ? [
          remedy(
            'kernel-version',
            'Use Linux 4.11 or later with CONFIG_XEN_PVH=y: it brings the PHYS32_ENTRY note',
          ),
        ]
      : [
          remedy(
            'kernel-option',
            'Build the kernel with CONFIG_XEN_PVH=y in its .config (Linux 4.11 or later): it brings the PHYS32_ENTRY note',
            configure([...XEN_GUEST, 'PVH', 'XEN_PVH']),
          ),
        ],
  freebsd: () => [remedy('kernel-version', 'Use FreeBSD 12 or later: it brings the PHYS32_ENTRY note')],
  netbsd: () => [remedy('kernel-version', 'Use the GENERIC kernel of NetBSD 10 or later: it starts as PVH')],
  openbsd: () => [remedy('image', 'Start the guest as HVM: OpenBSD has no PVH kernel', AS_HVM)],
  unikernel: () => [
    remedy(
      'kernel-option',
      'Give the unikernel a PHYS32_ENTRY note (type 18) with a 32-bit physical entry',
      PHYS32_NOTE,
    ),
  ],
  grub: () => [
    remedy('image', 'Build GRUB for PVH', run('grub-mkstandalone -O i386-xen_pvh -o grub-pvh.bin')),
  ],
  xen: () => [HYPERVISOR],
  unknown: () => [
    remedy(
      'kernel-option',
      'Give the kernel a PHYS32_ENTRY note (type 18) with a 32-bit physical entry',
      PHYS32_NOTE,
    ),
  ],
}

/** FEATURES names hvm_callback_vector, which releases before 4.2 refuse. */
export const CALLBACK_VECTOR: Table = {
  linux: identity => [
    ...(isAtLeast(identity, '3.14')
      ? []
      : [
          remedy(
            'kernel-version',
            'Use Linux 3.14 or later: it moved hvm_callback_vector from FEATURES to SUPPORTED_FEATURES',
          ),
        ]),
    remedy(
      'kernel-option',
      'Build the kernel without CONFIG_XEN_PVH in its .config',
      configure([], ['XEN_PVH']),
    ),
  ],
  freebsd: () => [
    remedy(
      'kernel-option',
      'Take hvm_callback_vector out of FEATURES in sys/amd64/amd64/xen-locore.S, and build the kernel',
      run('make buildkernel KERNCONF=GENERIC'),
    ),
    remedy('image', 'Start the guest as HVM, where Xen reads no note', AS_HVM),
  ],
  unknown: () => [],
}

/** SUPPORTED_FEATURES lacks the dom0 bit. */
export const NO_DOM0_BIT: Table = {
  linux: (_, { guest }) => [
    remedy(
      'kernel-option',
      'Build the kernel with CONFIG_XEN_DOM0=y in its .config',
      configure(['XEN', guest === 'pvh' ? 'XEN_PVH' : 'XEN_PV', 'XEN_DOM0']),
    ),
    remedy('image', "Use a flavour that is built for dom0: Debian's cloud kernels, for one, are not"),
  ],
  netbsd: () => [remedy('image', 'Use the kernel netbsd-XEN3_DOM0 of the same release')],
  unknown: () => [
    remedy('image', 'Use a kernel that is built to run as dom0: its SUPPORTED_FEATURES has bit 11'),
  ],
}

/** PVH version 1 asks for four features. */
export const NO_PVH_V1: Table = {
  linux: identity => [
    isAtLeast(identity, '3.14') && isOlder(identity, '4.11')
      ? remedy(
          'kernel-option',
          'Build the kernel with CONFIG_XEN_PVH=y in its .config',
          configure(['XEN', 'XEN_PVH']),
        )
      : remedy(
          'kernel-version',
          'Use Linux 3.14 to 4.10 with CONFIG_XEN_PVH=y, the kernels of PVH version 1',
        ),
  ],
  freebsd: () => [remedy('kernel-version', 'Use FreeBSD 10 or 11, the releases of PVH version 1')],
  unknown: () => [
    remedy(
      'kernel-option',
      'Name in FEATURES what PVH version 1 needs',
      write(
        'ELFNOTE(Xen, XEN_ELFNOTE_FEATURES, .asciz "writable_descriptor_tables|auto_translated_physmap|supervisor_mode_kernel|hvm_callback_vector")',
        FILES.notes,
      ),
    ),
  ],
}

const FOR_64_BITS: Readonly<Partial<Record<GuestSystem, Remedy>>> = {
  grub: remedy('image', 'Use the 64-bit build of GRUB', BUILD_GRUB),
  unikernel: remedy('image', 'Build the unikernel for x86_64'),
}

/** The same image for 64 bits: `system` for a system with programs of its own. */
export const for64Bits = (identity: KernelIdentity, system: Remedy): Remedy =>
  FOR_64_BITS[identity.system] ?? system

/** A 32-bit Linux that starts as PVH alone: arch/x86/xen/xen-head.S has no PV entry for it from 5.9 on. */
export const NO_PV32_LINUX = remedy(
  'image',
  'Use the 64-bit kernel of the same system, or start this one as PVH: a 32-bit Linux has no PV entry from 5.9 on',
)

/** The same image once more, from where it came. */
export function getAgain(
  { system, version, flavour }: KernelIdentity,
  text = 'Get the image again: it is damaged or cut short',
): Remedy {
  if (system !== 'linux' || version === undefined) return remedy('refetch', text)
  if (/\.(?:fc|el)\d/.test(version))
    return remedy('refetch', text, run(`dnf reinstall kernel-core-${version}`))
  const isDebian = flavour !== undefined && /(?:^|-)(?:amd64|686|686-pae|generic|virtual|kvm)$/.test(flavour)
  return isDebian
    ? remedy('refetch', text, run(`apt-get install --reinstall linux-image-${version}`))
    : remedy('refetch', text)
}
