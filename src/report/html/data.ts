/**
 * The data inside the document, from which its script draws the matrix and its panel. Texts are said once and named by
 * their index; what cells hold is said once as a state, and rows of states once as a pattern.
 * @module
 */
import type { Audit, Change } from '../../findings/model.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import type { CauseCode, Stage, VerdictWord } from '../../xen/verdict.ts'
import type { KernelName } from './names.ts'

export interface PageData {
  kind: Audit['kind']
  to?: string
  /** What is counted: `guests` or `pairs`. */
  unit: string
  modes: BootModeName[]
  kernels: PageKernel[]
  builds: PageBuild[]
  texts: string[]
  evidence: PageEvidence[]
  verdicts: PageVerdict[]
  states: State[]
  /** Runs of indices into `states`, one number higher; 0 where there is no cell. One entry a build. */
  patterns: number[][]
  /** For each mode and in it each kernel: index into `patterns`. */
  rows: number[]
  /** Like `patterns`, of guests. */
  loads: number[][]
  /** For each mode and in it each kernel: index into `loads`. */
  loadRows: number[]
  /** Where only some of a build's hosts or of a kernel's images are meant: which, by index. */
  subsets: number[][]
  /** Like `patterns`, of indices into `subsets`, one number higher; 0 for all. Only where any is used. */
  parts?: { patterns: number[][]; hosts: number[]; images: number[] }
  /** True where the audit was compared with one of before. */
  baseline?: true
  causes: PageCause[]
  releases: string[]
  /** Kernel, build, mode, release, verdict: indices. */
  laterRefusals: [number, number, number, number, number][]
  /** Kernel, build, mode, reason, expiry: indices, the last two into `texts`. */
  ignored: [number, number, number, number, number][]
}

export interface PageKernel extends KernelName {
  images: string[]
  /** How it is wrapped. */
  layers: string
  guest: string
  version?: string
  flavour?: string
  buildId?: string
  problem?: string
  added?: true
}

export interface PageBuild {
  label: string
  series: string
  hosts: string[]
  pools: string[]
  remarks: string[]
}

/** Indices into `texts`, of which the first is empty. */
export interface PageEvidence {
  gate: number
  summary: number
  /** What it was worth around the release that was asked, and what changed it. */
  history: number
  sources: number[]
  advisory: number
}

/** Numbers are indices into `texts`, those of `evidence` into `PageData.evidence`. */
export interface PageVerdict {
  verdict: VerdictWord
  stage?: Stage
  code?: CauseCode
  /** Index into `PageData.causes`. */
  cause?: number
  log?: PageLog
  reason: number
  remedies: number[]
  assumptions: number[]
  evidence: number[]
}

/** Indices into `texts`: the lines of the log in order, those of them that mean nothing, and why the cause is not among them. */
export interface PageLog {
  lines: number[]
  noise?: number[]
  silent?: number
}

/** What a cell says: indices into `verdicts`. */
export interface State {
  verdict: number
  after?: number
  change?: Change
  /** True for what the baseline has too. */
  known?: true
}

export interface PageCause {
  code: CauseCode
  title: string
  reason: string
}
