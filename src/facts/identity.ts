/**
 * Which system an image is, in which version and build, by what it says of itself. Xen's loaders do not look at it; people
 * and remedies do.
 * @module
 */
import type { BzImageLayer, ElfFacts, Facts } from './facts.ts'

export type GuestSystem =
  | 'linux'
  | 'freebsd'
  | 'netbsd'
  | 'openbsd'
  | 'unikernel'
  | 'grub'
  | 'xen'
  | 'memtest'
  | 'ipxe'
  | 'other'
  | 'unknown'

export interface KernelIdentity {
  system: GuestSystem
  /** What it calls itself: `linux`, `Mini-OS`. */
  name?: string
  /** `6.1.0-50-cloud-amd64`; for Linux never the 2.6 that its GUEST_VERSION note has said since 2007. */
  version?: string
  /** `cloud-amd64`: what comes after the numbers of a Linux version. */
  flavour?: string
  /** The NT_GNU_BUILD_ID, in hexadecimal. */
  buildId?: string
}

/** Types of notes by owner: xen/include/public/elfnote.h, linux/elfnote-lto.h and build-salt.h, elf.h. */
const XEN_GUEST_OS = 6
const XEN_GUEST_VERSION = 7
const LINUX_BUILD_SALT = 0x100
const GNU_BUILD_ID = 3

/** How Xen's mkelf32 writes the hypervisor: one segment with all rights, at this place and alignment. */
const MKELF32 = { flags: 7, offset: '0x80', align: '0x40' }

const SYSTEMS: readonly (readonly [prefix: string, system: GuestSystem])[] = [
  ['linux', 'linux'],
  ['freebsd', 'freebsd'],
  ['netbsd', 'netbsd'],
  ['openbsd', 'openbsd'],
  ['grub', 'grub'],
  ['mini-os', 'unikernel'],
  ['unikraft', 'unikernel'],
  ['osv', 'unikernel'],
  ['mirage', 'unikernel'],
  ['solo5', 'unikernel'],
  ['rumprun', 'unikernel'],
  ['hermit', 'unikernel'],
  ['halvm', 'unikernel'],
  ['ling', 'unikernel'],
  ['memtest', 'memtest'],
  ['ipxe', 'ipxe'],
  ['xen', 'xen'],
]

function systemOf(name: string): GuestSystem | undefined {
  const lower = name.toLowerCase()
  return SYSTEMS.find(([prefix]) => lower.startsWith(prefix))?.[1]
}

/** Never throws; what the image does not say is absent. */
export function identify({ layers, elf }: Pick<Facts, 'layers' | 'elf'>): KernelIdentity {
  const bzImage = layers.find((layer): layer is BzImageLayer => layer.kind === 'bzimage')
  const banner = bzImage?.kernelVersion
  const buildId = elf === undefined ? undefined : bytesOf(elf, 'GNU', GNU_BUILD_ID)
  const salt = elf === undefined ? undefined : latin1(bytesOf(elf, 'Linux', LINUX_BUILD_SALT))
  const name = elf === undefined ? undefined : guestOs(elf)
  const system =
    (bzImage && bannerSystem(bzImage)) ?? systemOf(name ?? '') ?? ownerSystem(elf, salt !== undefined)
  const version =
    system === 'linux'
      ? (linuxVersion(banner) ?? linuxVersion(salt))
      : system === 'ipxe' || systemOf(banner ?? '') !== undefined
        ? banner
        : elf && guestVersion(elf)
  const flavour = system === 'linux' ? flavourOf(version) : undefined
  return {
    system: system ?? (name === undefined || name === '' ? 'unknown' : 'other'),
    ...(name !== undefined && name !== '' && { name }),
    ...(version !== undefined && version !== '' && { version }),
    ...(flavour !== undefined && { flavour }),
    ...(buildId !== undefined && buildId !== '' && { buildId }),
  }
}

/** The boot protocol that iPXE's header has in every version (src/arch/x86/prefix/lkrnprefix.S). */
const IPXE_PROTOCOL = 0x0207

/**
 * A bzImage's banner starts with Linux's release and who built it (arch/x86/boot/version.c), or names what is packed as if it
 * were Linux. A number alone is anybody's, but for iPXE's: its header is of a protocol that only Linux 2.6.24 and 2.6.25 had,
 * and no builder, who has an @ in his name, is told.
 */
function bannerSystem({ kernelVersion: banner, protocol }: BzImageLayer): GuestSystem | undefined {
  if (banner === undefined) return undefined
  if (protocol === IPXE_PROTOCOL && /^\d+\.\d+/.test(banner) && !banner.includes('@')) return 'ipxe'
  return linuxVersion(banner) !== undefined && /^\S+ \(/.test(banner) ? 'linux' : systemOf(banner)
}

function ownerSystem(elf: ElfFacts | undefined, hasSalt: boolean): GuestSystem | undefined {
  if (hasSalt) return 'linux'
  if (elf === undefined) return undefined
  const owner = elf.notes.find(note => ['FreeBSD', 'NetBSD', 'OpenBSD'].includes(note.owner))?.owner
  if (owner !== undefined) return systemOf(owner)
  const [segment] = elf.segments
  const isHypervisor =
    segment !== undefined &&
    elf.class === 1 &&
    segment.flags === MKELF32.flags &&
    segment.offset === MKELF32.offset &&
    segment.align === MKELF32.align
  return isHypervisor ? 'xen' : undefined
}

const guestOs = (elf: ElfFacts) => textOf(elf, XEN_GUEST_OS) ?? guestKey(elf, ['GUEST_OS'])

/** The key is GUEST_VER in Xen; kernels with GUEST_VERSION are about as many. */
export const guestVersion = (elf: ElfFacts) =>
  textOf(elf, XEN_GUEST_VERSION) ?? guestKey(elf, ['GUEST_VER', 'GUEST_VERSION'])

const textOf = ({ notes }: ElfFacts, type: number) =>
  notes.findLast(note => note.owner === 'Xen' && note.type === type)?.text

function guestKey({ guest }: ElfFacts, names: readonly string[]): string | undefined {
  for (const pair of guest?.text.split(',') ?? []) {
    const [name = '', ...value] = pair.split('=')
    if (names.includes(name)) return value.join('=')
  }
  return undefined
}

const bytesOf = ({ notes }: ElfFacts, owner: string, type: number) =>
  notes.find(note => note.owner === owner && note.type === type)?.desc

/** Up to the first NUL. */
function latin1(hex: string | undefined): string | undefined {
  const codes = hex?.match(/../g)?.map(byte => Number.parseInt(byte, 16))
  if (codes === undefined) return undefined
  const end = codes.indexOf(0)
  return String.fromCharCode(...(end === -1 ? codes : codes.slice(0, end)))
}

/** `6.1.0-50-amd64 (debian-kernel@…) #1 SMP …`: the first word, where it is a number with a dot. */
function linuxVersion(text: string | undefined): string | undefined {
  const word = text?.split(' ', 1)[0] ?? ''
  return /^\d+\.\d+/.test(word) ? word : undefined
}

function flavourOf(version: string | undefined): string | undefined {
  const words = version?.split('-').slice(1) ?? []
  const first = words.findIndex(word => /^[a-z]/i.test(word) && !/^rc\d/.test(word))
  return first === -1 ? undefined : words.slice(first).join('-')
}

/** How those write themselves who do not name themselves in a note. */
const NAMES: Readonly<Partial<Record<GuestSystem, string>>> = { ipxe: 'iPXE', xen: 'Xen hypervisor' }

/** What people call it: `linux 6.1.0-50-amd64`, `FreeBSD 1200086`. */
export function identityName({ system, name, version }: KernelIdentity): string {
  const known = name ?? (system === 'unknown' || system === 'other' ? 'unnamed' : (NAMES[system] ?? system))
  // A banner such as "Memtest86+ v6.10" has the name in it.
  if (version?.toLowerCase().startsWith(known.toLowerCase())) return version
  return version === undefined ? known : `${known} ${version}`
}
