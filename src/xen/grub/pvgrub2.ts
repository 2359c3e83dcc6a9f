/**
 * pvgrub2: GRUB 2 built for Xen PV guests (x86_64-xen, i386-xen), which loads the guest's kernel itself.
 * @module
 */
import { type Component, type ComponentReader, componentGate } from '../component.ts'

const gates = {
  'elf-header': componentGate<'version' | 'class-and-order'>({
    summary:
      'What makes a file an ELF: its version fields, or also a known class and little-endian order. A file that is not an ELF is tried as a bzImage.',
    spans: [
      ['2.02-beta2', 'version'],
      ['2.02-beta3', 'class-and-order'],
    ],
    evidence: ['grub-2.02 grub-core/kern/elf.c grub_elf_check_header bf3df4070'],
  }),
  'payload-minimum': componentGate<number>({
    summary: 'The shortest payload of a bzImage that is looked at, in bytes.',
    spans: [
      ['2.02-beta2', 4],
      ['2.02-rc2', 6],
    ],
    evidence: [
      '2.02-rc1 grub-core/loader/i386/xen_file.c grub_xen_file',
      '2.02-rc2 grub-core/loader/i386/xen_file.c grub_xen_file 529818738',
    ],
  }),
  'payload-trim': componentGate<'all' | 'none' | 'xz'>({
    summary:
      'Whose payloads lose their last four bytes, the size that Linux appends: all, none, or xz only. A filter refuses xz and lzo streams with bytes after their end.',
    spans: [
      ['2.02-beta2', 'all'],
      ['2.02-rc1', 'none'],
      ['2.02-rc2', 'xz'],
    ],
    evidence: [
      'grub-2.02-beta2 grub-core/loader/i386/xen_file.c grub_xen_file',
      '2.02-rc1 grub-core/loader/i386/xen_file.c grub_xen_file 15aee573d',
      '2.02-rc2 grub-core/loader/i386/xen_file.c grub_xen_file 529818738',
    ],
  }),
  'codec-gzip': componentGate<boolean>({
    summary: 'gzip is unpacked, by the module gzio.',
    spans: [['2.02-beta2', true]],
    evidence: ['grub-2.12 grub-core/io/gzio.c grub_gzio_open'],
  }),
  'codec-xz': componentGate<boolean>({
    summary: 'xz is unpacked, by the module xzio.',
    spans: [['2.02-beta2', true]],
    evidence: ['grub-2.12 grub-core/io/xzio.c grub_xzio_open'],
  }),
  'codec-lzo': componentGate<boolean>({
    summary: 'lzo is unpacked, by the module lzopio, where nothing follows the stream.',
    spans: [['2.02-beta2', true]],
    evidence: ['grub-2.12 grub-core/io/lzopio.c grub_lzopio_open'],
  }),
  'codec-zstd': componentGate<boolean>({
    summary: 'zstd is unpacked, by the module zstdio.',
    spans: [
      ['2.02-beta2', false],
      ['2.14', true],
    ],
    evidence: ['grub-2.14 grub-core/io/zstdio.c grub_zstdio_open'],
  }),
  'codec-other': componentGate<boolean>({
    summary: 'bzip2, lzma and lz4 are not unpacked.',
    spans: [['2.02-beta2', false]],
    evidence: ['grub-2.12 grub-core/kern/file.c grub_file_open'],
  }),
  'gzip-end': componentGate<'zeros' | 'refuses'>({
    summary: 'A gzip stream that is cut: unpacking goes on with zeros, or fails where the bytes run out.',
    spans: [
      ['2.02-beta2', 'zeros'],
      ['2.14', 'refuses'],
    ],
    evidence: ['grub-2.12 grub-core/io/gzio.c get_byte', 'grub-2.14 grub-core/io/gzio.c get_byte'],
  }),
  'notes-in-sections': componentGate<boolean>({
    summary: 'Without a Xen note in a PT_NOTE segment, SHT_NOTE sections are read.',
    spans: [
      ['2.02-beta2', false],
      ['2.04', true],
    ],
    evidence: [
      'grub-2.02 grub-core/loader/i386/xen_fileXX.c grub_xen_get_infoXX',
      'grub-2.04 grub-core/loader/i386/xen_fileXX.c grub_xen_get_infoXX 67580c006',
    ],
  }),
  'p2m-and-initrd-notes': componentGate<boolean>({
    summary: 'INIT_P2M and MOD_START_PFN are read.',
    spans: [
      ['2.02-beta2', false],
      ['2.02-rc1', true],
    ],
    evidence: ['2.02-rc1 grub-core/loader/i386/xen_fileXX.c parse_note 0de3eeb62'],
  }),
  loader: componentGate<'exact'>({
    summary:
      'LOADER, where it is there, must be "generic" and nothing else, whatever GUEST_OS is. XEN_VERSION, GUEST_OS and FEATURES are not checked.',
    spans: [['2.02-beta2', 'exact']],
    evidence: ['grub-2.12 grub-core/loader/i386/xen_fileXX.c parse_note'],
  }),
  'note-bounds': componentGate<'unchecked'>({
    summary: 'Headers and values of notes are read past the end of their segment.',
    spans: [['2.02-beta2', 'unchecked']],
    evidence: ['grub-2.12 grub-core/loader/i386/xen_fileXX.c parse_note'],
  }),
  architecture: componentGate<'exact'>({
    summary:
      'x86_64-xen takes 64-bit kernels only, i386-xen 32-bit kernels with PAE only; VIRT_BASE must be page aligned.',
    spans: [['2.02-beta2', 'exact']],
    evidence: ['grub-2.12 grub-core/loader/i386/xen.c grub_cmd_xen'],
  }),
}

export type GrubGates = typeof gates
export type GrubReader = ComponentReader<GrubGates>
export type GrubGateId = keyof GrubGates

export const pvgrub2: Component<GrubGates> = {
  name: 'pvgrub2',
  summary: "GRUB 2 for Xen PV guests: the toolstack loads GRUB, and GRUB loads the guest's kernel",
  versions: ['2.02-beta2', '2.02-beta3', '2.02-rc1', '2.02-rc2', '2.02', '2.04', '2.06', '2.12', '2.14'],
  repository: 'https://git.savannah.gnu.org/git/grub.git',
  gates,
}
