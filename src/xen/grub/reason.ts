/**
 * Why GRUB does what it does with a kernel, as a code and its arguments; the words are made where a report is written.
 * @module
 */
import type { Codec, Hex } from '../../facts/facts.ts'

/** What GRUB reads past the end of what it has in memory. */
export type GrubRead =
  | 'closed-twice'
  | 'guest-string'
  | 'names-section'
  | 'note-header'
  | 'note-name'
  | 'note-sizes'
  | 'note-value'
  | 'notes-unread'
  | 'program-headers'
  | 'zstd-cut'

type None = Record<never, never>

/** Every reason with its arguments. Sizes and offsets are in bytes. */
export interface GrubReasonArgs {
  'architecture-differs': { arch: string; build: string }
  'bare-elf': None
  'loaded-low': None
  'taken-by-multiboot': { versions: string }
  'boot-protocol-too-old': { least: string }
  'checksum-mismatch': None
  'codec-unsupported': { codec: Codec; place: 'file' | 'payload' }
  'elf-type': None
  'guest-string-number': { item: string; value: string }
  'gzip-cut': None
  'header-too-short': None
  'loader-not-generic': { loader: string }
  'memory-outside-image': { what: GrubRead; at?: number; size?: number }
  'more-than-memory': { offset: number; length: number; size: number }
  'no-notes': None
  'not-a-kernel': None
  'not-bzimage': None
  'outside-file': { offset: number; length: number; size: number }
  'payload-broken': { problem: string }
  'payload-short': { length: number }
  'payload-unknown': None
  'sections-unread': None
  'segment-outside': { offset: Hex; filesz: bigint; size: number }
  'setup-sectors': { count: number; limit: number }
  taken: { arch: string; virtBase: Hex }
  'taken-by-protocol': None
  'virt-base-unaligned': { virtBase: Hex }
}

export type GrubReasonCode = keyof GrubReasonArgs
export type GrubReason = { [K in GrubReasonCode]: { code: K; args: GrubReasonArgs[K] } }[GrubReasonCode]

type Given<K extends GrubReasonCode> = None extends GrubReasonArgs[K]
  ? [args?: GrubReasonArgs[K]]
  : [args: GrubReasonArgs[K]]

export function grubBecause<K extends GrubReasonCode>(code: K, ...[args]: Given<K>): GrubReason {
  return { code, args: args ?? {} } as GrubReason
}

const READS: Readonly<Record<GrubRead, (at?: number, size?: number) => string>> = {
  'closed-twice': () => 'the payload unpacks to no ELF, and is closed twice',
  'guest-string': () => 'the __xen_guest string has no end in its section',
  'names-section': () => 'the section header of the names lies outside the table',
  'note-header': at => `the header of the note at ${at}`,
  'note-name': at => `the name of the note at ${at}`,
  'note-sizes': at => `the sizes of the note at ${at} wrap around`,
  'note-value': at => `the value of the note at ${at}`,
  'notes-unread': () => 'more notes than were read',
  'program-headers': (_, size) => `program headers of ${size} bytes`,
  'zstd-cut': () => 'the zstd stream is cut',
}

const TEXTS: { readonly [K in GrubReasonCode]: (args: GrubReasonArgs[K]) => string } = {
  'architecture-differs': ({ arch, build }) => `The kernel is ${arch}, and this GRUB is built for ${build}`,
  'bare-elf': () =>
    'A bare ELF is no bzImage, and has no multiboot header in its first 8192 bytes either: a Xen note says nothing here',
  'loaded-low': () => 'It is a zImage: loadflags has no LOADED_HIGH',
  'taken-by-multiboot': ({ versions }) =>
    `PVH GRUB loads it by the command ${versions}, as its header asks: linux takes no bare ELF, and its Xen notes say nothing here`,
  'boot-protocol-too-old': ({ least }) => `Its boot protocol is older than ${least}`,
  'checksum-mismatch': () => 'The checksum of the gzip stream does not match',
  'codec-unsupported': ({ codec, place }) =>
    place === 'file'
      ? `GRUB does not unpack this ${codec} file, and what it then sees is no Linux kernel`
      : `GRUB does not unpack this ${codec} payload`,
  'elf-type': () => 'It is neither a 64-bit x86-64 ELF nor a 32-bit i386 ELF',
  'guest-string-number': ({ item, value }) =>
    `__xen_guest says ${item}${value}, which GRUB cannot read as a hexadecimal number`,
  'gzip-cut': () => 'The gzip stream is cut, and the notes lie in the part that is missing',
  'header-too-short': () => 'The file is shorter than a Linux header',
  'loader-not-generic': ({ loader }) => `LOADER is ${JSON.stringify(loader)}: GRUB wants exactly "generic"`,
  'memory-outside-image': ({ what, at, size }) =>
    `GRUB reads past the end of what it has in memory: ${READS[what](at, size)}`,
  'more-than-memory': ({ offset, length, size }) =>
    `It asks for more memory than GRUB has: ${length} bytes at ${offset}, in a file of ${size}`,
  'no-notes': () => 'It has neither Xen notes nor a __xen_guest section where GRUB looks for them',
  'not-a-kernel': () => 'It is neither an ELF file that GRUB takes nor a bzImage',
  'not-bzimage': () => 'PVH GRUB takes bzImage files only, and this is not one',
  'outside-file': ({ offset, length, size }) =>
    `It points outside the file: ${length} bytes at ${offset}, in a file of ${size}`,
  'payload-broken': ({ problem }) =>
    `The payload is broken before its notes, and GRUB's decoder may see that or not: ${problem}`,
  'payload-short': ({ length }) => `The payload has ${length} bytes`,
  'payload-unknown': () => 'The payload is neither an ELF nor compressed in a way that is known',
  'sections-unread': () =>
    'GRUB goes on to the section headers, which were not read: Xen does not need them for this kernel',
  'segment-outside': ({ offset, filesz, size }) =>
    `The segment at ${offset} has ${filesz} bytes, and the file ends at ${size}`,
  'setup-sectors': ({ count, limit }) => `It has ${count} setup sectors, limit is ${limit}`,
  taken: ({ arch, virtBase }) => `GRUB loads it as ${arch}, with VIRT_BASE at ${virtBase}`,
  'taken-by-protocol': () =>
    'PVH GRUB loads it by the 32-bit boot protocol, whatever its Xen notes and codec are; the kernel unpacks itself',
  'virt-base-unaligned': ({ virtBase }) => `VIRT_BASE is ${virtBase}, which is no multiple of the page size`,
}

/** One sentence for people, without its full stop. */
export const grubReasonText = ({ code, args }: GrubReason): string =>
  (TEXTS[code] as (args: unknown) => string)(args)
