/**
 * What differs between two scans: images by their address, kernels by their facts, verdicts where both scans have some.
 * Kernels are named by their index in their list.
 * @module
 */
import type { VerdictWord } from '../../xen/reason.ts'

import type { DifferenceWord, Presence } from '../diff/model.ts'
import type { Kernel } from '../model.ts'

/** The version of the document, raised by every incompatible change. */
export const SCAN_DIFF_VERSION = 1

/**
 * `facts`: the image says something else. `content`: other bytes that say the same, as far as both scans have digests.
 * `verdicts`: the same image, judged otherwise. `moved`: the same kernel at another address.
 */
export const SCAN_DIFFERENCES = ['facts', 'verdicts', 'content', 'new', 'moved', 'gone'] as const
export type ScanDifference = (typeof SCAN_DIFFERENCES)[number]

export interface ScanOrigin {
  file: string
  /** By which version of the program; lines of facts do not say. */
  tool?: string
  images: number
  kernels: number
}

/** A kernel that an image holds which differs. */
export interface ScanDiffKernel
  extends Pick<Kernel, 'kind' | 'layers' | 'guest' | 'kernelVersion' | 'flavour' | 'buildId' | 'problem'> {
  /** Bytes of the file. */
  size: number
  in: Presence
}

/** What a scan has written of an answer. */
export interface ScannedVerdict {
  verdict: VerdictWord
  code?: string
  reason: string
  remedies?: readonly string[]
}

/** One thing that an image says otherwise. */
export interface FactChange {
  fact: string
  /** Absent where the image did not say it. */
  before?: string
  after?: string
}

/** An answer that is another one than before. */
export interface AnswerChange {
  difference: Extract<DifferenceWord, 'breaks' | 'uncertain' | 'other-cause' | 'fixed'>
  /** The boot mode, or the loader of guests. */
  mode: string
  /** Releases, versions or hosts: `4.1.0 - 4.1.6.1`. */
  on: string
  before: ScannedVerdict
  after: ScannedVerdict
}

export interface ScanDifferenceRow {
  difference: ScanDifference
  images: string[]
  /** Of what has moved: where each was. */
  from?: string[]
  /** Indexes into `kernels`. `before` is absent for what is new, `after` for what is gone. */
  before?: number
  after?: number
  facts: FactChange[]
  /** Members of the facts that differ: `layers`, `elf.notes`. */
  members: string[]
  answers: AnswerChange[]
  /** Of what is new: what it is refused by, or in doubt of. */
  refusals: ScannedVerdict[]
}

export interface ScanDiff {
  version: typeof SCAN_DIFF_VERSION
  kind: 'scans'
  tool: string
  created: string
  old: ScanOrigin
  new: ScanOrigin
  /** What is to be known before the two are compared, in sentences. */
  remarks: string[]
  counts: {
    /** Images with nothing that differs, and the others by what does. */
    same: number
    differences: Record<ScanDifference, number>
    /** Kernels, by their facts, that only one of the scans has in any image. */
    kernels: { new: number; gone: number }
    /** Answers that differ, each for an image. */
    answers: Record<AnswerChange['difference'], number>
  }
  kernels: ScanDiffKernel[]
  /** By what differs, those of most images first. */
  differences: ScanDifferenceRow[]
}
