/**
 * Guests: what a configuration says of how each starts, and from which disks.
 * @module
 */
import type { BootMode, BootPathText } from './host.ts'

export type GuestType = 'pv' | 'pvh' | 'hvm'

/** What is wrong with a guest's configuration whatever its kernel is. */
export type GuestFault =
  /** Neither a kernel nor a boot loader is named, and none is by default. */
  | 'nothing-to-boot'
  /** A boot loader program that is not known. */
  | 'unknown-bootloader'

export interface Guest {
  name: string
  uuid?: string
  /** Names or uuids of the hosts where it runs; absent where the source does not say. */
  hosts?: string[]
  type: GuestType
  boot: BootPathText
  /** The file in dom0, or the id of the image, that the toolstack loads. */
  kernel?: string
  /** The path in the guest's disk that pygrub is told to take. */
  kernelInside?: string
  /** The arguments that the toolstack adds. */
  args?: string
  /** The boot loader program as it is named, such as `/usr/bin/pygrub`. */
  bootloader?: string
  /** True where pygrub runs de-privileged, with its limits. */
  restricted?: boolean
  /** Paths or uuids of its disks; the one that it boots from comes first. */
  disks: string[]
  /** The id of the image of OpenStack that it was made from, which says how it boots. */
  image?: string
  fault?: GuestFault
  /** XAPI runs pygrub by rules of its own. */
  toolstack?: 'xapi'
  source: { file: string; line: number; adapter: string }
}

/** A disk that one record attaches to a guest that another record describes. */
export interface Attachment {
  /** Name or uuid of the guest. */
  guest: string
  /** Path or uuid of the disk. */
  disk: string
  bootable: boolean
}

/** Where guests run that other files describe. */
export interface Site {
  /** Name of a guest, `*` and `?` allowed. */
  guest: string
  /** Names of hosts, `*` and `?` allowed. */
  hosts: string[]
  source: { file: string; line: number; field: string }
}

/** What is in an inventory and is no guest that starts: counted, and passed over. */
export interface PassedOver {
  templates: number
  snapshots: number
  /** dom0 and driver domains of the toolstack. */
  controlDomains: number
}

export const nothingPassedOver = (): PassedOver => ({ templates: 0, snapshots: 0, controlDomains: 0 })

/** The boot mode in which Xen builds the guest; undefined for HVM, where no loader of Xen is asked. */
export const guestMode = ({ type }: Pick<Guest, 'type'>): BootMode | undefined =>
  type === 'hvm' ? undefined : `${type}-domU`

/** File names of boot loaders that toolstacks load as kernels, as packages and distributions name them. */
const LOADERS: readonly [RegExp, BootPathText][] = [
  [/grub[^/]*pvh|pvgrub2-pvh\/[^/]*$/, 'pvhgrub'],
  [/pv-?grub2|pvgrub2\/[^/]*$|grub2?-(?:x86_64|i386|x86_32)-xen|pvgrub(?:32|64)|pvboot-|grub-xen/, 'pvgrub2'],
  [/pv-?grub/, 'pv-grub'],
  [/ovmf/, 'ovmf'],
]

/** The boot path of a file that the toolstack loads: a boot loader's, or `direct` for a kernel. */
export function pathOfKernel(kernel: string): BootPathText {
  const [directory = '', name = ''] = kernel.toLowerCase().split(/[/\\]/).slice(-2)
  const text = name === '' ? directory : `${directory}/${name}`
  const base = name === '' ? directory : name
  // A directory counts where the file in it has the name of any kernel: Qubes OS keeps GRUB as pvgrub2/vmlinuz.
  return (
    LOADERS.find(
      ([pattern]) => pattern.test(base) || pattern.test(text.replace(/^[^/]*grub-xen\//, '')),
    )?.[1] ?? 'direct'
  )
}

/** What a boot loader program is: pygrub by whatever path, nothing where it is another program. */
export const isPygrub = (program: string): boolean => /(?:^|[/\\])pygrub(?:\.py)?$/.test(program.trim())

/** How a guest boots whose configuration names a boot loader that runs on the host. */
export function byBootloader(bootloader: string): Pick<Guest, 'bootloader' | 'boot' | 'fault'> {
  return isPygrub(bootloader)
    ? { bootloader, boot: 'pygrub' }
    : { bootloader, boot: 'unknown', fault: 'unknown-bootloader' }
}
