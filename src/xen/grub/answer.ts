/** What GRUB makes of a kernel. */
import type { CauseCode, VerdictWord } from '../verdict.ts'
import { type GrubRead, type GrubReason, grubBecause } from './reason.ts'

/** The two builds of GRUB for PV guests. */
export type GrubArch = 'x86_64-xen' | 'i386-xen'
export const grubArchs: readonly GrubArch[] = ['x86_64-xen', 'i386-xen']

/** Where GRUB stops: opening the file and its payload, reading the notes, comparing the architecture, loading segments. */
export type GrubStage = 'file' | 'notes' | 'architecture' | 'load'

export type GrubAssumption = 'grub-modules' | 'grub-memory' | 'stream-not-verified' | 'gzip-size-unknown'

export interface GrubStop {
  verdict: 'refuses' | 'uncertain'
  stage: GrubStage
  code: CauseCode
  /** GRUB's error; `%s` stands for the name of the kernel's file. */
  message?: string
  reason: GrubReason
}

export interface GrubAnswer {
  verdict: VerdictWord
  stage?: GrubStage
  code?: CauseCode
  /** GRUB's error; `%s` stands for the name of the kernel's file. */
  message?: string
  reason: GrubReason
  gates: readonly string[]
  assumptions: readonly GrubAssumption[]
}

/** enum grub_xen_file_type; the numbers are those of `incompatible architecture`. */
export const GRUB_XEN_FILE = { i386: 1, 'i386-pae': 2, 'i386-pae-bimodal': 3, x86_64: 4 } as const
export type GrubKernelArch = keyof typeof GRUB_XEN_FILE

/** struct grub_xen_file_info. */
export interface GrubInfo {
  arch: GrubKernelArch
  virtBase: bigint
  hasNote: boolean
}

/** Tells a step of the trace. */
export type Tell = (what: string, does: string, value?: string, offset?: number | bigint) => void

export const MESSAGES = {
  tooOld: 'version too old for xen boot',
  tooShort: 'payload too short',
  noImage: 'not xen image',
  elfType: 'unknown ELF type',
  seek: 'attempt to seek outside of the file',
  premature: 'premature end of file %s',
  memory: 'out of memory',
  noNote: 'no XEN note',
  noNoteFound: 'no XEN note found',
  loader: 'invalid loader',
  number: 'unrecognized number',
  overflow: 'overflow is detected',
  alignment: 'unaligned virt_base',
} as const

/** What GRUB does with memory that is not the image's is not defined. */
export const undefinedRead = (
  stage: GrubStage,
  what: GrubRead,
  place: { at?: number; size?: number } = {},
): GrubStop => ({
  verdict: 'uncertain',
  stage,
  code: 'memory-outside-image',
  reason: grubBecause('memory-outside-image', { what, ...place }),
})
