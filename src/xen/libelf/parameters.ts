/** What libelf derives from an image: struct elf_dom_parms (xen/include/xen/libelf.h). */

/** UNSET_ADDR, and UNSET_ADDR32 of phys_entry. */
export const UNSET = 0xffff_ffff_ffff_ffffn
export const UNSET32 = 0xffff_ffff

/** XEN_PAE_*. */
export const PAE_NO = 0
export const PAE_YES = 1
export const PAE_EXTENDED = 2
export const PAE_BIMODAL = 3

export interface Parameters {
  guestOs: string
  guestVersion: string
  xenVersion: string
  loader: string
  pae: number
  bsdSymtab: boolean
  virtBase: bigint
  virtEntry: bigint
  virtHypercall: bigint
  hvStartLow: bigint
  paddrOffset: bigint
  p2mBase: bigint
  physEntry: number
  supported: number
  required: number
  /** The SUPPORTED_FEATURES note is there, whatever its size. */
  hasSupportedFeatures: boolean
  /** A range of notes was walked, and the legacy string was not used. */
  noteRange: boolean
  notesFrom?: 'PT_NOTE' | 'SHT_NOTE' | '__xen_guest'
  pstart: bigint
  pend: bigint
  virtKstart: bigint
  virtKend: bigint
}

export function unsetParameters(): Parameters {
  return {
    guestOs: '',
    guestVersion: '',
    xenVersion: '',
    loader: '',
    pae: PAE_NO,
    bsdSymtab: false,
    virtBase: UNSET,
    virtEntry: UNSET,
    virtHypercall: UNSET,
    hvStartLow: UNSET,
    paddrOffset: UNSET,
    p2mBase: UNSET,
    physEntry: UNSET32,
    supported: 0,
    required: 0,
    hasSupportedFeatures: false,
    noteRange: false,
    pstart: 0n,
    pend: 0n,
    virtKstart: 0n,
    virtKend: 0n,
  }
}

/** guest_os, guest_ver, xen_ver and loader are char[16]: 15 characters are kept (safe_strcpy). */
export const keptText = (text: string) => (text.length > 15 ? text.slice(0, 15) : text)

export const u64 = (value: bigint) => BigInt.asUintN(64, value)

export { hex } from '../../problem.ts'
