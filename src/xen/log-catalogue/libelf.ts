/** What libelf, which both sides have, logs of a kernel. */
import { BOUNDS, CODEC, DAMAGED, type KnownLine, line, OTHER_KERNEL } from './known-line.ts'

const NOTES: readonly KnownLine[] = ['', 'elf_xen_note_check: '].flatMap(prefix => [
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
    [
      'not-a-kernel',
      'bzimage-unsupported',
      'codec-unsupported',
      'compressed-file-unsupported',
      'payload-unknown',
    ],
    CODEC,
  ),
  line('both', `${prefix}: {table} overflow (off {end} > size {size})`, ['elf-table-outside'], DAMAGED),
])

export const libelfLines: readonly KnownLine[] = [...NOTES, ...ADDRESSES, ...INIT]
