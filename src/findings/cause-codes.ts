/**
 * All cause codes, and their titles for people.
 * @module
 */
import type { CauseCode } from '../xen/verdict.ts'

export const CAUSE_CODES = Object.keys({
  'address-out-of-bounds': true,
  'big-endian': true,
  'bin-image-addresses': true,
  'bin-image-flags': true,
  'boot-path': true,
  'boot-protocol-too-old': true,
  'build-unknown': true,
  'bzimage-unsupported': true,
  'codec-unsupported': true,
  'compressed-file-unsupported': true,
  'decoder-not-built': true,
  'dictionary-too-large': true,
  'dom0-bit-missing': true,
  'dom0-only-kernel': true,
  'elf-table-outside': true,
  'guest-string-number': true,
  'guest-type-unsupported': true,
  'hv-start-too-high': true,
  'hvm-container-undecided': true,
  'hvm-firmware': true,
  'hvm-missing': true,
  'hypercall-page-outside': true,
  'image-unread': true,
  'kernel-too-large': true,
  'loader-not-supported': true,
  'lz4-decoder-broken': true,
  'machine-mismatch': true,
  'machine-unsupported': true,
  'memory-outside-image': true,
  'no-notes': true,
  'no-pae': true,
  'no-section-names': true,
  'not-a-kernel': true,
  'not-pvh': true,
  'output-overwrites-input': true,
  'p2m-inside-kernel': true,
  'paddr-offset-without-virt-base': true,
  'payload-outside-file': true,
  'payload-unknown': true,
  'pv-grub-crash': true,
  'pv-not-built': true,
  'pv32-not-built': true,
  'pvh-features-missing': true,
  'release-unknown': true,
  'releases-differ': true,
  'required-features': true,
  'size-word-wrong': true,
  'stream-broken': true,
  'stream-unsupported': true,
  'unknown-feature': true,
  'unknown-required-feature': true,
  'unpacked-only-in-part': true,
  'vendor-patch-unknown': true,
  'virt-base-unaligned': true,
  'xen-overlap': true,
  'xen-version': true,
} satisfies Record<CauseCode, true>) as readonly CauseCode[]

/** Words of cause codes that are names, as their field writes them. */
const NAMES: Readonly<Record<string, string>> = {
  bsd: 'BSD',
  bzimage: 'bzImage',
  elf: 'ELF',
  hv: 'HV',
  hvm: 'HVM',
  lz4: 'LZ4',
  p2m: 'P2M',
  paddr: 'PADDR',
  pae: 'PAE',
  pv: 'PV',
  pv32: 'PV32',
  pvh: 'PVH',
  virt: 'VIRT',
  xen: 'Xen',
}

/** `unknown-feature` reads as `Unknown feature`, `not-pvh` as `Not PVH`. */
export function causeTitle(code: string): string {
  const [first = '', ...rest] = code.split('-').map(word => NAMES[word] ?? word)
  const head =
    NAMES[first.toLowerCase()] === first ? first : `${first.slice(0, 1).toUpperCase()}${first.slice(1)}`
  return [head, ...rest].join(' ')
}
