/** What a verdict rests on besides the release, in sentences. */
import type { Release } from './releases.ts'
import type { AssumptionCode } from './verdict.ts'

export interface Assumption {
  /**
   * One of the codes of a model; `target` for what the version string left open, `reason-of` where the releases that it
   * may mean give the same verdict with different log lines.
   */
  code: AssumptionCode | 'target' | 'reason-of'
  text: string
}

const TEXTS: Readonly<Record<AssumptionCode, string>> = {
  'autotranslate-refused-later':
    'The kernel requires auto_translated_physmap: its image is taken, but building the domain fails later with "PV Autotranslate guests no longer supported"',
  'decoder-library':
    'The toolstack was built with the library that unpacks this payload (HAVE_BZLIB, HAVE_LZMA, HAVE_LZO1X, HAVE_LZ4, HAVE_ZSTD)',
  'placement-not-asked':
    'The physical addresses that the kernel is linked for are free RAM on this machine, or it has PHYS32_RELOC and the release is 4.19.0 or later',
  'pv32-default':
    'Xen was built with CONFIG_PV32, and it is not off at run time; a default build of this release has it off, and then 32-bit PV guests are refused',
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
