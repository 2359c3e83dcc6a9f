/**
 * What differs between two reports. A pair is an image on a host in a boot mode: kernels and builds are grouped anew in
 * every report, images and hosts keep their names. Kernels, builds and verdicts are named by their index in their list.
 * @module
 */
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { EarlierReport, EarlierVerdict, ReportOrigin } from '../earlier/type.ts'
import type { Counts } from '../model.ts'

/** The version of the document, raised by every incompatible change. */
export const DIFF_VERSION = 1

/**
 * `breaks`: started, and does not any more. `fixed`: the other way. `uncertain`: one of the two answers is in doubt.
 * `other-cause`: does not start, before and after, for another cause. `new` and `gone`: only in one of the reports.
 */
export const DIFFERENCES = ['breaks', 'uncertain', 'other-cause', 'new', 'gone', 'fixed'] as const
export type DifferenceWord = (typeof DIFFERENCES)[number]

/** Where something is: in both reports, or in one of them. */
export type Presence = 'both' | 'old' | 'new'

/** Images that are of one kernel in both reports, in as far as both have them. */
export type DiffKernel = EarlierReport['kernels'][number] & { in: Presence }

/** Hosts that are of one build in both reports, in as far as both have them, and what it is called there. */
export interface DiffBuild {
  hosts: string[]
  before?: string
  after?: string
}

export interface DifferenceRow {
  difference: DifferenceWord
  kernel: number
  build: number
  mode: BootModeName
  /** Which of the kernel's images and of the build's hosts these are, by index; absent where it is all of them. */
  images?: number[]
  hosts?: number[]
  pairs: number
  /** Indexes into `verdicts`. `before` is absent for what is new, `after` for what is gone. */
  before?: number
  after?: number
}

/** How many pairs a cause has, and what became of it. */
export interface DiffCause {
  code: string
  title: string
  before: number
  after: number
  /** Pairs that have it now and had not, and the other way. */
  appeared: number
  vanished: number
}

export interface Diff {
  version: typeof DIFF_VERSION
  tool: string
  created: string
  old: ReportOrigin
  new: ReportOrigin
  /** What is to be known before the two are compared, in sentences. */
  remarks: string[]
  counts: DiffCounts
  /** Those of which most appeared first. */
  causes: DiffCause[]
  kernels: DiffKernel[]
  builds: DiffBuild[]
  verdicts: EarlierVerdict[]
  differences: DifferenceRow[]
}

/** Answers by their word, in pairs. */
export type AnswerCounts = Omit<Counts, 'changes'>

export interface DiffCounts {
  /** Pairs with the same answer, and the others by what differs. */
  same: number
  differences: Record<DifferenceWord, number>
  before: AnswerCounts
  after: AnswerCounts
  /** Images and hosts that only one of the reports has. */
  images: { new: number; gone: number }
  hosts: { new: number; gone: number; otherVersion: number }
}
