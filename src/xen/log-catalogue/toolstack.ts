/** What the toolstack (libxc, libxl) logs of a kernel. */
import { CODEC, DAMAGED, type KnownLine, line, OTHER_KERNEL } from './known-line.ts'

const PROBE = 'xc_dom_probe_bzimage_kernel'

const unable = (codec: string, since: string): KnownLine =>
  line(
    'toolstack',
    `${PROBE} unable to ${codec} decompress kernel`,
    [
      'stream-broken',
      'size-word-wrong',
      'decoder-not-built',
      'stream-unsupported',
      ...(codec === 'XZ' || codec === 'LZMA' ? (['dictionary-too-large'] as const) : []),
      ...(codec === 'LZ4' ? (['lz4-decoder-broken'] as const) : []),
    ],
    `The toolstack cannot unpack the ${codec} payload: its build may lack the library, the release may have a decoder that fails or a memory limit, or the file is damaged. \`explain --xen RELEASE\` tells them apart.`,
    { since },
  )

/** A detail before 4.6.0. */
const missing = (name: string, text: string, since: string): KnownLine =>
  line(
    'toolstack',
    `xc_try_${name}_decode: ${text} decompress support unavailable`,
    ['decoder-not-built'],
    `The toolstack was built without ${text}: install a build that has it, or compress the kernel otherwise.`,
    { since },
  )

/** What decoders log as details, which `xl -vvv` shows (xg_dom_bzimageloader.c, xg_dom_decompress_lz4.c). */
const decoderLines: readonly KnownLine[] = [
  ...['xc_try_lzma_decode', '_xc_try_lzma_decode'].flatMap(decoder => [
    line(
      'toolstack',
      `${decoder}: {codec} decompression error{colon}Memory usage limit reached`,
      ['dictionary-too-large'],
      'The toolstack takes no dictionary as large as that of the payload: 4.18.5, 4.19.2 and 4.20.0 raised the limit.',
      { since: '4.0.0' },
    ),
    line(
      'toolstack',
      `${decoder}: {codec} decompression error{problem}`,
      ['stream-broken', 'stream-unsupported'],
      DAMAGED,
      { since: '4.0.0' },
    ),
  ]),
  line(
    'toolstack',
    'LZO1x decompression error: {problem}',
    ['stream-broken', 'stream-unsupported'],
    DAMAGED,
    {
      since: '4.1.0',
    },
  ),
  line(
    'toolstack',
    'LZ4 decompression error: {problem}',
    ['stream-broken', 'size-word-wrong', 'lz4-decoder-broken'],
    DAMAGED,
    { since: '4.4.0' },
  ),
  line('toolstack', 'ZSTD: error: {problem}', ['stream-broken', 'stream-unsupported'], DAMAGED, {
    since: '4.15.0',
  }),
  line('toolstack', 'BZIP2: error{code}', ['stream-broken'], DAMAGED, { since: '4.0.0' }),
  ...['BZIP2', 'LZMA', 'XZ', 'ZSTD', 'LZ4'].flatMap(codec => [
    line('toolstack', `${codec}: got {count} bytes instead of {size}`, ['size-word-wrong'], DAMAGED),
    line('toolstack', `${codec}: insufficient input data`, ['stream-broken'], DAMAGED, { since: '4.15.0' }),
  ]),
  ...['BZIP2: not enough input', 'LZO1x: Unrecognized magic', 'LZO1x: Incomplete header'].map(text =>
    line('toolstack', text, ['stream-broken'], DAMAGED, { since: '4.0.2' }),
  ),
  ...['invalid header', 'missing data', 'decoding failed'].map(text =>
    line('toolstack', `LZ4: ${text}`, ['stream-broken'], DAMAGED, { since: '4.22.0' }),
  ),
  line('toolstack', 'xc_dom_{step}: ELF broken: {problem}', ['elf-table-outside'], DAMAGED, {
    since: '4.1.6',
  }),
]

export const toolstackLines: readonly KnownLine[] = [
  ...decoderLines,
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
      'decoder-not-built',
      'stream-unsupported',
      'size-word-wrong',
      'lz4-decoder-broken',
      'kernel-too-large',
      'payload-outside-file',
      'boot-protocol-too-old',
      'elf-table-outside',
      'p2m-inside-kernel',
      'paddr-offset-without-virt-base',
    ],
    'The lines before it name the cause; where there are none (4.7.0 and later try the notes without a log), ask `explain --xen RELEASE` about the kernel.',
  ),
  line(
    'toolstack',
    `${PROBE}: kernel is not a bzImage`,
    [],
    'Nothing: it is logged of every ELF kernel, by 4.0 and 4.1 as an error, later as a detail. Look at the other lines.',
    { kind: 'noise', since: '4.0.0' },
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
  missing('bzip2', 'BZIP2', '4.0.0'),
  missing('lzma', 'LZMA', '4.0.0'),
  missing('xz', 'XZ', '4.1.5'),
  missing('lzo1x', 'LZO1x', '4.1.0'),
  missing('lz4', 'LZ4', '4.22.0'),
  missing('zstd', 'ZSTD', '4.15.0'),
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
    ['no-pae', 'guest-type-unsupported', 'not-pvh', 'pv-not-built'],
    'Use a 32-bit kernel with PAE, or a 64-bit one.',
  ),
  line(
    'toolstack',
    'xc_dom_mem_init: arch hooks not set',
    ['no-pae', 'guest-type-unsupported', 'not-pvh', 'pv-not-built'],
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
  line(
    'toolstack',
    "xc_dom_boot_mem_init: can't allocate low memory for domain",
    ['pv32-not-built', 'not-pvh'],
    'Mostly the host has too little free memory: look at free_memory of `xl info`. Where "Operation not supported" follows, the hypervisor has no 32-bit PV for a 32-bit kernel; for PVH before 4.11.0 the kernel may lack PHYS32_ENTRY.',
  ),
  line(
    'toolstack',
    'xc_dom_kernel_file failed',
    [],
    'The file of kernel= cannot be read: look at its path.',
    { kind: 'ending' },
  ),
  ...['xc_dom_mem_init', 'xc_dom_boot_mem_init', 'xc_dom_boot_image'].map(step =>
    line(
      'toolstack',
      `${step} failed`,
      [],
      'The domain could not be built after its kernel was read: look at the line before it.',
      { kind: 'ending', since: '4.1.0' },
    ),
  ),
]
