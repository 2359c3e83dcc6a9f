/** What a verdict rests on besides the release, in sentences. */
import type { Release } from './releases.ts'
import type { AssumptionCode } from './verdict.ts'

export interface Assumption {
  /**
   * One of the codes of a model; `target` for what the version string left open, `reason-of` where the releases that it
   * may mean give the same verdict with different log lines, `vendor-support` for what the vendor does not support.
   */
  code: AssumptionCode | 'target' | 'reason-of' | 'vendor-support'
  text: string
}

const TEXTS: Readonly<Record<AssumptionCode, string>> = {
  'autotranslate-refused-later':
    'The kernel requires auto_translated_physmap: its image is taken, but building the domain fails later with "PV Autotranslate guests no longer supported"',
  'decoder-library':
    'The toolstack was built with the library that unpacks this payload (HAVE_BZLIB, HAVE_LZMA, HAVE_LZO1X, HAVE_LZ4, HAVE_ZSTD)',
  'placement-not-asked':
    'The physical addresses that the kernel is linked for are free RAM on this machine, or it has PHYS32_RELOC and the release is 4.19.0 or later',
  'hvm-default-on':
    'Xen was built with CONFIG_HVM, and so has PVH guests, as a default build does (a choice from 4.12.0 on)',
  'notes-packed':
    'Only Xen reads the notes: they are packed at 4 bytes in a segment with a larger alignment, and binutils, QEMU and linux-loader before 0.10.0 lose those after the first ones (`notes` says which)',
  'pv-default-on': 'Xen was built with CONFIG_PV, as a default build is (a choice from 4.12.0 on)',
  'pv32-boot-option': 'Xen was booted without pv=32',
  'pv32-default-off':
    'Xen was built without CONFIG_PV32, as a default build is from 4.14.3, 4.15.1 and 4.16.0 on',
  'pv32-default-on':
    'Xen was built with CONFIG_PV32, as a default build of 4.14.0 to 4.14.2 and 4.15.0 is, and it is not off at run time',
  'pvh-v1': 'PVH here is version 1, the only one that this release has',
  'pvh-v2':
    'PVH here is version 2; version 1, which the toolstack to 4.8.5 still had beside it, was not asked',
  'stream-not-verified':
    'The rest of the payload is sound: it was unpacked only as far as the notes, while Xen unpacks all of it and compares its checksums',
}

export const reasonOf = (release: Release): Assumption => ({
  code: 'reason-of',
  text: `The reason is that of Xen ${release}: the releases that may be meant log different lines`,
})

export function assumptionOf(code: AssumptionCode): Assumption {
  return { code, text: TEXTS[code] }
}
