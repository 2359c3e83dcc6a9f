/**
 * The lines that Xen's loaders log, as patterns, and what each means. A text in braces stands for what differs: a number,
 * a name, a type.
 * @module
 */
import type { Side } from './gates/gate.ts'
import type { CauseCode } from './verdict.ts'

export interface KnownLine {
  pattern: string
  side: Side | 'both'
  /** What the line can be about; none for a line that comes with every failure, or with none. */
  causes: readonly CauseCode[]
  /** `noise` is logged of kernels that load, too; `ending` comes after the line that names the cause. */
  kind?: 'noise' | 'ending'
  /** The first and the last release that logs it, where it is not all of them. */
  since?: string
  until?: string
  /** What to look at, or to do, next. */
  next: string
}

const PROBE = 'xc_dom_probe_bzimage_kernel'
const DAMAGED =
  'Compare the file with its source (checksum, size) and get it again: the kernel is cut or damaged. `scan --verify` finds the place.'
const CODEC =
  'See what the kernel is compressed with (`notes`, `scan`), and use a release or a build that unpacks it, or unpack the kernel: `explain --xen RELEASE` says which.'
const OTHER_KERNEL =
  'Use a kernel that is built for this boot mode: `explain --xen RELEASE` says what the notes lack.'
const BOUNDS =
  'The notes of the kernel contradict its segments: `notes` prints them, `explain` the comparison. Build it anew.'

const line = (
  side: KnownLine['side'],
  pattern: string,
  causes: readonly CauseCode[],
  next: string,
  more: Pick<KnownLine, 'kind' | 'since' | 'until'> = {},
): KnownLine => ({ pattern, side, causes, next, ...more })

const unable = (codec: string, since: string): KnownLine =>
  line(
    'toolstack',
    `${PROBE} unable to ${codec} decompress kernel`,
    [
      'stream-broken',
      'size-word-wrong',
      'decoder-not-built',
      'stream-unsupported',
      'dictionary-too-large',
      'lz4-decoder-broken',
    ],
    `The toolstack cannot unpack the ${codec} payload: its build may lack the library, the release may have a decoder that fails or a memory limit, or the file is damaged. \`explain --xen RELEASE\` tells them apart.`,
    { since },
  )

const missing = (name: string, text: string): KnownLine =>
  line(
    'toolstack',
    `xc_try_${name}_decode: ${text} decompress support unavailable`,
    ['decoder-not-built'],
    `The toolstack was built without ${text}: install a build that has it, or compress the kernel otherwise.`,
    { since: '4.6.0' },
  )

const TOOLSTACK: readonly KnownLine[] = [
  line(
    'toolstack',
    'xc_dom_find_loader: no loader found',
    [
      'not-a-kernel',
      'codec-unsupported',
      'bzimage-unsupported',
      'compressed-file-unsupported',
      'no-notes',
      'loader-not-supported',
      'xen-version',
      'unknown-feature',
      'unknown-required-feature',
      'address-out-of-bounds',
      'payload-unknown',
      'stream-broken',
    ],
    'The lines before it name the cause; where there are none (4.7.0 and later try the notes without a log), ask `explain --xen RELEASE` about the kernel.',
  ),
  line(
    'toolstack',
    `${PROBE}: kernel is not a bzImage`,
    [],
    'Nothing: 4.0 and 4.1 log it for every ELF kernel, also for those that load. Look at the other lines.',
    { kind: 'noise', since: '4.0.0', until: '4.1.6.1' },
  ),
  line(
    'toolstack',
    `${PROBE}: kernel image too small`,
    ['not-a-kernel'],
    'The file is shorter than a bzImage header: look at its size. 4.0 and 4.1 log it for small ELF files that load, too.',
    { since: '4.0.0' },
  ),
  line('toolstack', `${PROBE}: unknown compression format`, ['codec-unsupported', 'payload-unknown'], CODEC, {
    since: '4.0.0',
  }),
  line('toolstack', `${PROBE}: payload {part} overflow`, ['payload-outside-file'], DAMAGED, {
    since: '4.0.2',
  }),
  line(
    'toolstack',
    `${PROBE}: boot protocol too old ({protocol})`,
    ['boot-protocol-too-old'],
    'Use a kernel of Linux 2.6.24 or later, or a vmlinux: the boot protocol must be 2.08 or later.',
    { since: '3.3.0' },
  ),
  line(
    'toolstack',
    `${PROBE}: unable to gzip decompress kernel`,
    ['stream-broken', 'size-word-wrong', 'kernel-too-large'],
    DAMAGED,
    { since: '4.0.0' },
  ),
  unable('BZIP2', '4.0.0'),
  unable('LZMA', '4.0.0'),
  unable('XZ', '4.1.5'),
  unable('LZO', '4.1.0'),
  unable('LZ4', '4.4.0'),
  unable('ZSTD', '4.15.0'),
  missing('bzip2', 'BZIP2'),
  missing('lzma', 'LZMA'),
  missing('xz', 'XZ'),
  missing('lzo1x', 'LZO1x'),
  missing('lz4', 'LZ4'),
  missing('zstd', 'ZSTD'),
  line(
    'toolstack',
    'xc_dom_do_gunzip: inflate failed (rc={rc})',
    ['stream-broken', 'size-word-wrong'],
    DAMAGED,
  ),
  line(
    'toolstack',
    'kernel image too large',
    ['kernel-too-large'],
    'The kernel says that it unpacks to more than 1 GiB: use a smaller one, or get it again where that is not true.',
  ),
  line(
    'toolstack',
    'tried to map file which is too large',
    ['kernel-too-large'],
    'The file is larger than 1 GiB: use a smaller kernel.',
  ),
  line('toolstack', 'xc_dom_parse_elf_kernel: corrupted ELF image', ['elf-table-outside'], DAMAGED),
  line(
    'toolstack',
    'xc_dom_parse_elf_kernel: ELF image has no shstrtab',
    ['no-section-names'],
    'Keep the section headers: do not strip them off the kernel. Toolstacks from 4.13.0 on do not need them.',
    { until: '4.12.4' },
  ),
  line(
    'toolstack',
    'xc_dom_parse_elf_kernel: Kernel does not support unprivileged (DomU) operation',
    ['dom0-only-kernel'],
    'Use a kernel that does not require the feature dom0.',
  ),
  line(
    'toolstack',
    'xc_dom_parse_hvm_kernel: ELF image is not 32bit',
    [
      'no-notes',
      'loader-not-supported',
      'xen-version',
      'unknown-required-feature',
      'address-out-of-bounds',
      'p2m-inside-kernel',
      'paddr-offset-without-virt-base',
    ],
    'libelf refused the notes, and the kernel was then taken for firmware: `explain --mode pvh-domU` says what is wrong with them.',
    { since: '4.7.0' },
  ),
  line(
    'toolstack',
    'xc_dom_guest_type: image not capable of booting inside a HVM container',
    ['not-pvh'],
    'Use a kernel with CONFIG_PVH (a PHYS32_ENTRY note), or boot it as a PV guest: type = "pv".',
    { since: '4.10.0' },
  ),
  line(
    'toolstack',
    'xc_dom_guest_type: {spelling} image type {machine}',
    ['machine-unsupported'],
    'The kernel is built for another processor: use one for x86.',
    { since: '4.11.0' },
  ),
  line(
    'toolstack',
    'xc_dom_compat_check: guest type {type} not supported by xen kernel, sorry',
    ['guest-type-unsupported', 'no-pae', 'not-pvh', 'pv-not-built', 'pv32-not-built'],
    'Compare the type with xen_caps of `xl info`: the hypervisor was built or started without it (CONFIG_PV32, pv=no-32), or the kernel is of a kind that no host runs.',
  ),
  line(
    'toolstack',
    'xc_dom_{action}_arch_hooks: not found (type {type})',
    ['no-pae', 'guest-type-unsupported', 'not-pvh'],
    'Use a 32-bit kernel with PAE, or a 64-bit one.',
  ),
  line(
    'toolstack',
    'xc_dom_mem_init: arch hooks not set',
    ['no-pae', 'guest-type-unsupported', 'not-pvh'],
    'The line before it names the guest type, for which this toolstack builds no domains.',
    { until: '4.15.7' },
  ),
  line(
    'toolstack',
    'xc_dom_parse_image: unsupported feature requested',
    ['pvh-features-missing'],
    OTHER_KERNEL,
  ),
  line(
    'toolstack',
    'vcpu_x86_32: PVH not supported for 32bit guests.',
    ['guest-type-unsupported'],
    'Use a 64-bit kernel, or another boot mode: PVH version 1 has no 32-bit guests.',
    { since: '4.4.0', until: '4.8.5' },
  ),
  line(
    'toolstack',
    'xc_dom_parse_bin_kernel: xen_bin_image_table flags required {wanted} found {found}',
    ['bin-image-flags'],
    'The xen_bin_image_table of the flat image has flags that Xen does not take: build it anew.',
  ),
  line(
    'toolstack',
    'xc_dom_parse_bin_kernel: Invalid {field}.',
    ['bin-image-addresses'],
    'The addresses of the xen_bin_image_table do not fit the image: build it anew.',
  ),
  line(
    'toolstack',
    'xc_dom_parse_image failed',
    [],
    'It comes with every kernel that is refused: look at the line before it.',
    { kind: 'ending', since: '4.1.0' },
  ),
  ...['xc_dom_mem_init', 'xc_dom_boot_image'].map(step =>
    line(
      'toolstack',
      `${step} failed`,
      [],
      'The domain could not be built after its kernel was read: look at the line before it.',
      { kind: 'ending', since: '4.1.0' },
    ),
  ),
]

const LIBELF: readonly KnownLine[] = ['', 'elf_xen_note_check: '].flatMap(prefix => [
  line(
    'both',
    `${prefix}ERROR: Not a Xen-ELF image: No ELF notes or '__xen_guest' section found`,
    ['no-notes'],
    'Use a kernel that is built for Xen (CONFIG_XEN, CONFIG_PVH).',
  ),
  line(
    'both',
    `${prefix}ERROR: Will only load images built for the generic loader or Linux images`,
    ['loader-not-supported'],
    OTHER_KERNEL,
  ),
  line(
    'both',
    `${prefix}ERROR: Will only load images built for the generic loader or Linux images (Not '{loader}' and '{os}')`,
    ['loader-not-supported'],
    OTHER_KERNEL,
  ),
  line(
    'both',
    `${prefix}ERROR: Will only load images built for the generic loader or Linux images (Not '{loader}' and '{os}') or with PHYS32_ENTRY set`,
    ['loader-not-supported'],
    OTHER_KERNEL,
  ),
  line('both', `${prefix}ERROR: Xen will only load images built for Xen v3.0`, ['xen-version'], OTHER_KERNEL),
  line(
    'both',
    `${prefix}ERROR: Xen will only load images built for Xen v3.0 (Not '{version}')`,
    ['xen-version'],
    OTHER_KERNEL,
  ),
])

const ADDRESSES: readonly KnownLine[] = ['', 'elf_xen_addr_calc_check: '].flatMap(prefix => [
  line('both', `${prefix}ERROR: ELF start or entries are out of bounds`, ['address-out-of-bounds'], BOUNDS),
  line(
    'both',
    `${prefix}ERROR: ELF_PADDR_OFFSET set, VIRT_BASE unset`,
    ['paddr-offset-without-virt-base'],
    BOUNDS,
  ),
  line('both', `${prefix}ERROR: P->M table base is out of bounds`, ['p2m-inside-kernel'], BOUNDS),
])

const INIT: readonly KnownLine[] = ['elf_init', 'ELF'].flatMap(prefix => [
  line(
    'hypervisor',
    `${prefix}: not an ELF binary`,
    ['not-a-kernel', 'bzimage-unsupported', 'codec-unsupported', 'compressed-file-unsupported'],
    CODEC,
  ),
  line('both', `${prefix}: {table} overflow (off {end} > size {size})`, ['elf-table-outside'], DAMAGED),
])

const PANICS: readonly KnownLine[] = [
  line('hypervisor', 'Panic on CPU {cpu}:', [], 'The next line is why.', { kind: 'ending' }),
  line(
    'hypervisor',
    'Could not set up DOM0 guest OS',
    [],
    'It comes with every dom0 kernel that is refused: look at the lines before the panic.',
    { kind: 'ending', until: '4.13.5' },
  ),
  line(
    'hypervisor',
    'Could not construct domain 0',
    [],
    'It comes with every dom0 kernel that is refused: look at the lines before the panic.',
    { kind: 'ending', since: '4.14.0', until: '4.20.4' },
  ),
  line(
    'hypervisor',
    'Could not construct d0',
    [],
    'It comes with every dom0 kernel that is refused: look at the lines before the panic.',
    { kind: 'ending', since: '4.21.0' },
  ),
]

const HYPERVISOR: readonly KnownLine[] = [
  line(
    'hypervisor',
    'ELF: note: FEATURES = "{text}"',
    [],
    'Nothing where more notes follow. Where the panic does, this is the note that was refused: `explain` names the feature.',
    { kind: 'noise', since: '4.13.0' },
  ),
  line(
    'hypervisor',
    'Cannot construct Dom0. No guest interface available',
    ['pv-not-built'],
    'This Xen was built without PV: start dom0 as PVH (dom0=pvh), or use a build with CONFIG_PV.',
  ),
  line(
    'hypervisor',
    'Cannot load bzImage v{version} at least v2.08 is required',
    ['boot-protocol-too-old'],
    'Use a kernel of Linux 2.6.24 or later.',
    { since: '3.4.0' },
  ),
  line(
    'hypervisor',
    'Mismatch between Xen and DOM0 kernel',
    ['machine-mismatch', 'no-pae', 'big-endian', 'pv32-not-built'],
    'dom0 has to be a 64-bit kernel, or a 32-bit one with PAE where 32-bit PV is built in.',
  ),
  line(
    'hypervisor',
    'Found 32-bit PV kernel, but CONFIG_PV32 missing',
    ['pv32-not-built'],
    'Use a 64-bit dom0 kernel, or a build with CONFIG_PV32.',
  ),
  line(
    'hypervisor',
    'Kernel does not support Dom0 operation',
    ['dom0-bit-missing'],
    'Use a kernel that is built as dom0 (CONFIG_XEN_DOM0).',
  ),
  line('hypervisor', 'Kernel does not support PVH mode', ['pvh-features-missing'], OTHER_KERNEL, {
    since: '4.5.0',
    until: '4.8.5',
  }),
  line(
    'hypervisor',
    'Unable to find XEN_ELFNOTE_PHYS32_ENTRY address',
    ['not-pvh'],
    'Use a kernel with CONFIG_PVH, or start dom0 as PV.',
    { since: '4.9.0' },
  ),
  line('hypervisor', '{who} expects too high a hypervisor start address', ['hv-start-too-high'], BOUNDS),
  line(
    'hypervisor',
    'Domain 0 requires an unsupported hypervisor feature',
    ['required-features'],
    'This release refuses every required feature of dom0: use Xen 3.2.0 or later.',
    { until: '3.1.0' },
  ),
  line(
    'hypervisor',
    'Dom0 requires supervisor-mode execution',
    ['required-features'],
    'Take "!supervisor_mode_kernel" out of the FEATURES note.',
    { since: '3.2.0' },
  ),
  line(
    'hypervisor',
    'Domain 0 allocation is too small for kernel image',
    ['kernel-too-large'],
    'Give dom0 more memory (dom0_mem), or use a smaller kernel.',
  ),
  line('hypervisor', 'DOM0 image overlaps with Xen private area', ['xen-overlap'], BOUNDS),
  line('hypervisor', 'Invalid HYPERCALL_PAGE field in ELF notes.', ['hypercall-page-outside'], BOUNDS),
  line(
    'hypervisor',
    'Xen BUG at bzimage.c',
    ['not-a-kernel'],
    'The file that was loaded as dom0 is empty: look at its size.',
  ),
  line(
    'hypervisor',
    'Decoding failed',
    ['lz4-decoder-broken', 'stream-broken', 'size-word-wrong'],
    'The lz4 payload cannot be unpacked: 4.4.1 to 4.11.3, 4.12.0 and 4.12.1 fail on every one. Otherwise the file is damaged.',
    { since: '4.4.0' },
  ),
  line('hypervisor', 'Compressed data violation', ['stream-broken', 'stream-unsupported'], DAMAGED, {
    since: '4.1.0',
  }),
  line('hypervisor', 'Compressed file ends unexpectedly', ['stream-broken'], DAMAGED),
  line('hypervisor', 'Data integrity error when decompressing.', ['stream-broken'], DAMAGED),
  line('hypervisor', 'LZMA data is corrupt', ['stream-broken'], DAMAGED),
  line('hypervisor', 'unexpected EOF', ['stream-broken'], DAMAGED),
  line('hypervisor', 'XZ-compressed data is corrupt', ['stream-broken'], DAMAGED),
  line(
    'hypervisor',
    'Input was encoded with settings that are not supported by this XZ decoder',
    ['stream-unsupported'],
    'Compress the kernel with `xz --check=crc32` and no filter but x86, as Linux does, or load a vmlinux.',
    { since: '4.1.5' },
  ),
  line('hypervisor', 'ZSTD-compressed data is corrupt', ['stream-broken'], DAMAGED),
  line('hypervisor', 'ZSTD-compressed data is probably corrupt', ['stream-broken'], DAMAGED),
  line('hypervisor', 'crc error', ['stream-broken'], DAMAGED),
  line('hypervisor', 'length error', ['stream-broken', 'size-word-wrong'], DAMAGED),
  line('hypervisor', 'ran out of input data', ['stream-broken'], DAMAGED),
  line(
    'hypervisor',
    'invalid compressed format (err={code})',
    ['stream-broken', 'stream-unsupported'],
    DAMAGED,
  ),
]

export const knownLines: readonly KnownLine[] = [
  ...TOOLSTACK,
  ...LIBELF,
  ...ADDRESSES,
  ...INIT,
  ...PANICS,
  ...HYPERVISOR,
]
