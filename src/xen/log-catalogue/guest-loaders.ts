/**
 * What programs print that find or load a guest's kernel: pygrub in dom0, and GRUB and PV-GRUB in the guest. A version is
 * that of the program.
 */
import { CODEC, DAMAGED, type KnownLine, line } from './known-line.ts'

const GRUB_KERNEL =
  "This is GRUB's own loader, not that of the host: see its version and the kernel by `explain --boot pvgrub2@VERSION KERNEL`."
const PVHGRUB =
  'GRUB for PVH starts Linux bzImages by their boot protocol: give it the bzImage, or boot the ELF directly with type = "pvh".'
const GRUB_NOTES =
  'The Xen notes of the kernel are not what GRUB takes: `notes KERNEL` prints them, `explain --boot pvgrub2@VERSION KERNEL` says which.'
const PYGRUB_CONFIG =
  "pygrub stumbled over the guest's boot configuration: `boot DISK --xen RELEASE` walks through it as that release does."
const PYGRUB_DISK =
  "pygrub found no kernel on the guest's disk: `boot DISK --xen RELEASE` and `list DISK` say what is there. Name the partition of /boot with bootloader_args, or use pvgrub2."
/** Python's own words, which any program may print. */
const PYTHON = { only: 'pygrub' } as const

const pvgrub2: readonly KnownLine[] = [
  line(
    'pvgrub2',
    'version too old for xen boot',
    ['boot-protocol-too-old', 'codec-unsupported', 'not-a-kernel'],
    GRUB_KERNEL,
  ),
  line('pvgrub2', 'payload too short', ['payload-unknown', 'payload-outside-file'], GRUB_KERNEL),
  line('pvgrub2', 'not xen image', ['not-a-kernel', 'payload-unknown', 'codec-unsupported'], CODEC),
  line('pvgrub2', 'not a xen image', ['not-a-kernel', 'payload-unknown', 'codec-unsupported'], CODEC),
  line(
    'pvgrub2',
    'you need to load the kernel first',
    [],
    'It comes after the line that names the cause: look at that.',
    { kind: 'ending' },
  ),
  line('pvgrub2', 'unknown ELF type', ['not-a-kernel', 'machine-unsupported'], GRUB_KERNEL),
  line(
    'pvgrub2',
    'attempt to seek outside of the file',
    ['elf-table-outside', 'memory-outside-image'],
    DAMAGED,
  ),
  line(
    'pvgrub2',
    'premature end of file {file}',
    ['stream-broken', 'elf-table-outside', 'not-a-kernel'],
    DAMAGED,
  ),
  line('pvgrub2', 'out of memory', ['kernel-too-large', 'elf-table-outside'], GRUB_KERNEL),
  line('pvgrub2', 'no XEN note', ['no-notes'], GRUB_NOTES),
  line('pvgrub2', 'no XEN note found', ['no-notes'], GRUB_NOTES),
  line('pvgrub2', 'invalid loader', ['loader-not-supported'], GRUB_NOTES),
  line('pvgrub2', 'unrecognized number', ['guest-string-number'], GRUB_NOTES),
  line('pvgrub2', 'overflow is detected', ['guest-string-number'], GRUB_NOTES),
  line('pvgrub2', 'unaligned virt_base', ['virt-base-unaligned'], GRUB_NOTES),
  line(
    'pvgrub2',
    'incompatible architecture: {architecture}',
    ['machine-mismatch', 'no-pae'],
    'Give the guest the GRUB of its kernel: grub-x86_64-xen.bin for a 64-bit kernel, grub-i386-xen.bin for one of 32 bits with PAE.',
  ),
]

const pvhgrub: readonly KnownLine[] = [
  line('pvhgrub', 'too many setup sectors', ['bzimage-unsupported'], DAMAGED),
  line('pvhgrub', "zImage doesn't support 32-bit boot", ['bzimage-unsupported'], PVHGRUB),
  line('pvhgrub', 'version too old for 32-bit boot', ['boot-protocol-too-old'], PVHGRUB),
  line('pvhgrub', 'no multiboot header found', ['not-a-kernel'], PVHGRUB),
  line('pvhgrub', 'invalid magic number', ['not-a-kernel'], PVHGRUB),
]

const pvGrub: readonly KnownLine[] = [
  line(
    'pv-grub',
    'can only boot {bits} kernels, not {type}',
    ['machine-mismatch'],
    'Give the guest the PV-GRUB of its kernel: pv-grub-x86_64.gz for a 64-bit kernel, pv-grub-x86_32.gz for one of 32 bits with PAE.',
  ),
  ...[
    'xc_dom_parse_image returned {code}',
    'xc_dom_build_image returned {code}',
    'Error 9: Unknown boot failure',
  ].map(text =>
    line(
      'pv-grub',
      text,
      [],
      'Look at the line before it: the libxc inside PV-GRUB refused the kernel, not the host.',
      { kind: 'ending' },
    ),
  ),
]

const pygrub: readonly KnownLine[] = [
  line('pygrub', 'Unable to find partition containing kernel', ['boot-path'], PYGRUB_DISK),
  line('pygrub', "couldn't find bootloader config file in the image provided.", ['boot-path'], PYGRUB_DISK),
  line('pygrub', 'syntax error: {problem}', ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', 'Error opening {file} in guest', ['boot-path'], PYGRUB_CONFIG),
  line('pygrub', 'Invalid disklabel magic', ['boot-path'], PYGRUB_DISK),
  line('pygrub', 'default must be positive number', ['boot-path'], PYGRUB_CONFIG),
  line('pygrub', 'unpack requires {what}', ['boot-path'], PYGRUB_DISK, PYTHON),
  line('pygrub', 'No such file or directory', ['boot-path'], PYGRUB_DISK, PYTHON),
  line('pygrub', 'Operation not supported', ['boot-path'], PYGRUB_DISK, PYTHON),
  line('pygrub', 'list index out of range', ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', "global name '{name}' is not defined", ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', "name '{name}' is not defined", ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', "'NoneType' object has no attribute '{name}'", ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', "'NoneType' object is not subscriptable", ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', 'too many values to unpack', ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', 'too many values to unpack (expected {number})', ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', 'invalid literal for int() with base 10: {text}', ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', "can't set attribute", ['boot-path'], PYGRUB_CONFIG, PYTHON),
  line('pygrub', 'invalid syntax', ['boot-path'], PYGRUB_CONFIG, PYTHON),
]

/** What xend and libxl say where the bootloader of a guest failed, and where the domain was not built. */
const toolstacks: readonly KnownLine[] = [
  line('toolstack', "Boot loader didn't return any data", [], PYGRUB_DISK, {
    kind: 'ending',
    until: '4.4.4',
  }),
  line(
    'toolstack',
    'bootloader failed - consult logfile {file}',
    [],
    'pygrub ended with an error: the file that is named has its words. Explain that file.',
    { kind: 'ending' },
  ),
  line(
    'toolstack',
    'bootloader [{pid}] exited with error status {code}',
    [],
    'pygrub ended with an error: look at /var/log/xen/bootloader.*.log, and explain that file.',
    { kind: 'ending' },
  ),
  line(
    'toolstack',
    'cannot (re-)build domain: {code}',
    [],
    'It comes with every domain that could not be built: look at the lines before it.',
    { kind: 'ending' },
  ),
]

export const guestLoaderLines: readonly KnownLine[] = [
  ...pvgrub2,
  ...pvhgrub,
  ...pvGrub,
  ...pygrub,
  ...toolstacks,
]
