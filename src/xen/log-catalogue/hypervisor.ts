/** What the hypervisor logs of its dom0 kernel. */
import { BOUNDS, DAMAGED, type KnownLine, line, OTHER_KERNEL } from './known-line.ts'

/** The first release whose hypervisor unpacks gzip. */
const GZIP = { since: '3.4.0' } as const
const PACKED_OTHERWISE =
  'The file is damaged, or was not packed by `gzip -n` or `lzop`: pack the vmlinux again, or get the file again.'

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

const CAUSES: readonly KnownLine[] = [
  line(
    'hypervisor',
    'ELF: note: FEATURES = "{text}"',
    [],
    'Nothing where more notes follow. Where the panic does, this is the note that was refused: `explain` names the feature.',
    { kind: 'noise', since: '4.8.0' },
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
    'Dom0 failed to switch to compat: {code}',
    ['pv32-not-built'],
    'Use a 64-bit dom0 kernel, or take pv=no-32 off the command line of Xen.',
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
    'Xen BUG at {folder}bzimage.c:{line}',
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
  // Of lz4 and lzo.
  ...['invalid header', 'data corrupted', 'file corrupted'].map(text =>
    line('hypervisor', text, ['stream-broken'], DAMAGED, { since: '4.1.0' }),
  ),
  line(
    'hypervisor',
    'dest len longer than block size',
    ['stream-broken', 'stream-unsupported'],
    PACKED_OTHERWISE,
    {
      since: '4.1.0',
    },
  ),
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
  line('hypervisor', 'crc error', ['stream-broken'], DAMAGED, GZIP),
  line('hypervisor', 'length error', ['stream-broken', 'size-word-wrong'], DAMAGED, GZIP),
  line('hypervisor', 'ran out of input data', ['stream-broken'], DAMAGED, GZIP),
  ...[
    'invalid compressed format (err={code})',
    'Multi part input',
    'Input is encrypted',
    'Input has invalid flags',
    'internal error, invalid method',
  ].map(text => line('hypervisor', text, ['stream-broken', 'stream-unsupported'], PACKED_OTHERWISE, GZIP)),
  ...['incomplete literal tree', 'incomplete distance tree'].map(text =>
    line('hypervisor', text, ['stream-broken'], DAMAGED, GZIP),
  ),
]

export const hypervisorLines: readonly KnownLine[] = [...PANICS, ...CAUSES]
