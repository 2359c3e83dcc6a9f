/** Remedies by cause, where they are the same for every release and every guest. */
import type { CauseCode } from '../verdict.ts'
import { configure } from './build-lines.ts'
import { REPAIR, UNPACK } from './own-command.ts'
import { FILES, type Remedy, remedy, run, write } from './remedy.ts'

/** What every release takes: the ELF out of the bzImage. */
export const DIRECT_VMLINUX = remedy('repack', 'Unpack the vmlinux from the bzImage, and boot that', UNPACK)
const SIZE_WORD =
  'Append the unpacked size as four little-endian bytes, as Linux does after its payload (gzip has it already)'
const PV32 = [
  remedy(
    'xen-build',
    'Build Xen with 32-bit PV guests, which a default build has not, and boot it without pv=no-32 and cet=...',
    write('CONFIG_PV32=y', FILES.xenBuild),
  ),
  remedy('image', 'Use the 64-bit kernel of the same system: it runs 32-bit programs too'),
]

/** A note as Linux writes it. */
const note = (text: string, name: string, value: string): Remedy =>
  remedy('kernel-option', text, write(`ELFNOTE(Xen, XEN_ELFNOTE_${name}, ${value})`, FILES.notes))

/** What is the same for every release. */
export const BY_CAUSE: Readonly<Partial<Record<CauseCode, readonly Remedy[]>>> = {
  'address-out-of-bounds': [
    note(
      'Set the ENTRY note to the virtual entry, inside the loaded segments, and VIRT_BASE and PADDR_OFFSET to match them',
      'ENTRY',
      '_ASM_PTR startup_xen',
    ),
  ],
  'bin-image-addresses': [
    remedy(
      'image',
      'Set the addresses of xen_bin_image_table to where the image is loaded: header_addr to that of the table itself',
    ),
  ],
  'bin-image-flags': [
    remedy('image', 'Set the flags of xen_bin_image_table to 0x10000, and optionally bits 0, 14 and 15'),
  ],
  'boot-protocol-too-old': [
    remedy(
      'repack',
      'Unpack the vmlinux from the bzImage by searching for its magic, and boot that',
      run('scripts/extract-vmlinux vmlinuz > vmlinux'),
    ),
    remedy('kernel-version', 'Use Linux 2.6.26 or later, whose boot protocol says where the payload is'),
  ],
  'bzimage-unsupported': [DIRECT_VMLINUX],
  'compressed-file-unsupported': [
    remedy('repack', 'Unpack the file, and compress the ELF inside it with gzip', REPAIR),
  ],
  'dictionary-too-large': [
    remedy('repack', 'Repack the payload by gzip, or by xz with a dictionary of at most 64 MiB', REPAIR),
  ],
  'dom0-only-kernel': [
    note(
      'Take the "!" from dom0 in FEATURES, so that the kernel may run as domU too',
      'FEATURES',
      '.asciz "...|dom0"',
    ),
  ],
  'hv-start-too-high': [
    note('Set HV_START_LOW to 0xf5800000 or below', 'HV_START_LOW', '_ASM_PTR 0xf5800000'),
  ],
  'hvm-missing': [
    remedy(
      'xen-build',
      'Switch on VT-x or AMD-V in the firmware, and build Xen with HVM guests',
      write('CONFIG_HVM=y', FILES.xenBuild),
    ),
  ],
  'hypercall-page-outside': [
    note(
      'Set HYPERCALL_PAGE to an address inside the kernel, or leave the note out',
      'HYPERCALL_PAGE',
      '_ASM_PTR xen_hypercall_page',
    ),
  ],
  'kernel-too-large': [
    remedy('image', 'Use a kernel that unpacks to less than 1 GiB, and says so at the end of its payload'),
  ],
  'no-pae': [
    remedy(
      'kernel-option',
      'Build the kernel with CONFIG_X86_PAE=y in its .config',
      configure(['HIGHMEM64G', 'X86_PAE'], ['HIGHMEM4G', 'NOHIGHMEM']),
    ),
    remedy('image', 'Use the 64-bit kernel of the same system'),
  ],
  'no-section-names': [
    remedy('repack', 'Give the kernel a section header table with names again', REPAIR),
    remedy('image', 'Keep the section headers: do not strip them off the kernel'),
  ],
  'not-a-kernel': [remedy('image', 'Point to a kernel: a vmlinux, a bzImage, or an ELF file packed by gzip')],
  'output-overwrites-input': [remedy('repack', SIZE_WORD, REPAIR)],
  'p2m-inside-kernel': [
    note('Set INIT_P2M to an address outside the kernel', 'INIT_P2M', '.quad 0x8000000000'),
  ],
  'paddr-offset-without-virt-base': [
    note('Set VIRT_BASE too, or leave PADDR_OFFSET out', 'VIRT_BASE', '_ASM_PTR __START_KERNEL_map'),
  ],
  'pv-not-built': [remedy('xen-build', 'Build Xen with PV guests', write('CONFIG_PV=y', FILES.xenBuild))],
  'pv32-not-built': PV32,
  'required-features': [note('Take the "!" from the names in FEATURES', 'FEATURES', '.asciz "NAME|NAME"')],
  'size-word-wrong': [remedy('repack', SIZE_WORD, REPAIR)],
  'unknown-feature': [
    remedy('repack', 'Repair the kernel: the name goes from FEATURES to SUPPORTED_FEATURES', REPAIR),
    note(
      'Take the name out of FEATURES, and say its bit in SUPPORTED_FEATURES (note 17), which releases before 4.2.0 ignore',
      'SUPPORTED_FEATURES',
      '.long (1 << XENFEAT_NAME)',
    ),
  ],
  'unknown-required-feature': [
    note(
      'Take the name out of FEATURES, or its "!": no release takes a required one that it does not know',
      'FEATURES',
      '.asciz "NAME|NAME"',
    ),
  ],
  'xen-overlap': [
    remedy(
      'kernel-option',
      "Link the kernel outside of Xen's own addresses, as Linux is (0xffffffff80000000, 0xc0000000)",
      write('. = __START_KERNEL;', 'arch/x86/kernel/vmlinux.lds.S of Linux'),
    ),
  ],
  'xen-version': [
    note(
      'Set XEN_VERSION to "xen-3.0", whatever Xen the kernel is meant for',
      'XEN_VERSION',
      '.asciz "xen-3.0"',
    ),
  ],
}
