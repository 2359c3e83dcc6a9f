/**
 * The audit as data: kernels, builds, the verdict of each build on each kernel, and why. Every report format is
 * made from this and from nothing else. Kernels, builds and verdicts are named by their index in their list.
 * @module
 */
import type { ImageKind } from '../facts/facts.ts'
import type { PassedOver } from '../inventory/guest.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import type { Problem } from '../problem.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { LogLines } from '../xen/log-lines.ts'
import type { Remedy, RemedyKind } from '../xen/remedies/remedy.ts'
import type { CauseCode, Stage, VerdictWord } from '../xen/verdict.ts'

/** The version of the document, raised by every incompatible change. Version 1 had other names for what is accepted nowhere, outdated or refused later. */
export const AUDIT_VERSION = 2

/** Images with equal facts are one kernel. */
export interface Kernel {
  /** Their paths, in order. */
  images: string[]
  /** `guest` for guests that have no one kernel: `images` are their disks, or names of guests then. */
  kind: ImageKind | 'guest'
  /** How it is wrapped: `bzImage xz`. */
  layers: string
  /** What it says that it is: `64-bit linux 2.6`. */
  guest: string
  /** Its version, the flavour of a Linux, and its NT_GNU_BUILD_ID, as far as the image says them. */
  kernelVersion?: string
  flavour?: string
  buildId?: string
  /** What could not be read. */
  problem?: Problem
  /** True for a kernel that is to enter the catalogue. */
  added?: true
}

/** Hosts with the same verdicts, because their version, build options, capabilities and back-ports are the same. */
export interface Build {
  /** The version as the inventory gives it. */
  label: string
  hosts: string[]
  /** The pools of these hosts. */
  pools: string[]
  /** What an answer for these hosts rests on: a vendor's build, a series without point release, a guess. */
  remarks: string[]
}

/** A verdict with everything that a reader needs to act on it. */
export interface FullVerdict {
  verdict: VerdictWord
  stage?: Stage
  code?: CauseCode
  /** The line in the log that is about the cause. */
  message?: string
  /** All lines that the log shows, in order. */
  log?: LogLines
  /** What is wrong in a few words, where the title of its cause does not say it all. */
  title?: string
  /** One sentence. */
  reason: string
  /** What can be done, in the order of `cheapestFirst`. */
  remedies: Remedy[]
  /** On what it rests that the release alone does not say. */
  assumptions: string[]
  evidence: GateEvidence[]
  /** Other causes of the same doubt. */
  also?: { code: CauseCode; reason: string; remedies: Remedy[] }[]
}

/** A gate that decided: what differs between releases, and where that was read. */
export interface GateEvidence {
  gate: string
  summary: string
  /** What it was worth around the release that was asked, and what changed it. */
  history?: string
  /** Tag, file, function and commit of each source. */
  sources: string[]
  /** The security advisory that brought the change. */
  advisory?: string
}

/** What becomes of a kernel on a build: today's answer, and the one after the change where there is one. */
export interface Cell {
  kernel: number
  build: number
  mode: BootModeName
  /** Images of this kernel on hosts of this build: what runs there by placement, else every pair. */
  guests: number
  /** Which of the build's hosts and of the kernel's images these are, by index; absent where it is all of them. */
  hosts?: number[]
  images?: number[]
  /** Names of the guests, where the inventory has guests. */
  names?: string[]
  /** How the guests boot, where placements or guests say it. */
  paths?: string[]
  /** Index into `verdicts`. */
  verdict: number
  /** Index into `verdicts`; only where an upgrade or a new kernel is asked. */
  after?: number
  change?: Change
  /** True for a refusal or doubt that the baseline has too. */
  known?: true
}

/**
 * `breaks`: taken before, refused after. `fixed`: the other way. `uncertain`: one of the two answers is.
 * A new kernel has no before: it breaks where it is refused.
 */
export type Change = 'breaks' | 'fixed' | 'still-broken' | 'still-fine' | 'uncertain'

/** A remedy that many verdicts name. */
export interface CommonRemedy extends Remedy {
  /** Where it holds: `2 of 3 kernels`. Absent where it does everywhere. */
  reach?: string
  /** For how many refusals of the whole fleet it is; only where that tells it from others of the same list. */
  cures?: number
}

/** A cause of refusals or doubts, said once. */
export interface Cause {
  /** Several causes may share a code: what is wrong is one thing, what has it another. */
  code: CauseCode
  /** `refuses` outweighs `uncertain`. */
  verdict: 'refuses' | 'uncertain'
  title: string
  /** Of the most frequent verdict with this cause. */
  reason: string
  message?: string
  log?: LogLines
  /** In one line, the cheapest remedy that holds for all of it; where there is none, the cheapest and where it holds. */
  cure?: string
  /** In the order of `cheapestFirst`, with the first image and what refuses it in commands of this tool. */
  remedies: CommonRemedy[]
  kernels: number[]
  builds: number[]
  hosts: number
  /** Guests that cannot start because of it (in an upgrade: that could before, and cannot after). */
  guests: number
}

/** A kernel that its builds take today, and that a later release refuses. */
export interface LaterRefusal {
  kernel: number
  build: number
  mode: BootModeName
  /** The first release after the build's that refuses it. */
  release: string
  verdict: number
}

/**
 * One step of a plan. The steps of a change come in order, and nothing that runs stops in between. Those of an audit
 * come with the most refusals first, and each refusal is counted for one step.
 */
export interface PlanStep {
  action: 'upgrade-hosts' | 'replace-kernel' | 'hold-hosts' | 'change-settings'
  /** What the step of an audit is: the kind of the remedy that it carries out. */
  kind?: RemedyKind
  /** True where the loader models say that the step by itself ends all of its refusals. */
  proven?: true
  /** The release to upgrade to: the one that was asked for, else the first that takes the kernels. */
  to?: string
  builds: number[]
  kernels: number[]
  hosts: number
  /** Guests that the step keeps running; of an upgrade of hosts, those that start only then; in an audit, its refusals. */
  guests: number
  text: string
  /** The command line of this tool that does it, where there is one. */
  command?: string
}

/** How a pool of hosts fares, in pairs of a kernel and a host that are asked there; after the change where there is one. */
export interface PoolGrade {
  /** Empty for hosts that are in no pool. */
  pool: string
  hosts: number
  accepts: number
  refuses: number
  uncertain: number
  /** Of 100 such pairs, those that are known to start, rounded down. */
  score: number
  grade: Grade
}

export type Grade = 'A' | 'B' | 'C' | 'D' | 'E'

/** A cell that policy keeps out of the exit code, with the reason given there. */
export interface Ignored {
  kernel: number
  build: number
  mode: BootModeName
  reason: string
  expires?: string
}

export interface Audit {
  version: typeof AUDIT_VERSION
  tool: string
  /** What the reader calls it, where it has a title of its own. */
  title?: string
  /** The newest release of Xen that the tool knew. */
  knowledge?: string
  /** When the report was made, ISO 8601; the clock is the caller's. */
  created: string
  /** The catalogue as it is, a hypervisor upgrade, or new kernels. */
  kind: 'audit' | 'upgrade' | 'add'
  /** The release to upgrade to. */
  to?: string
  /** Hosts that an upgrade does not move, because they run this release or a newer one; absent where there are none. */
  leftAlone?: number
  modes: BootModeName[]
  kernels: Kernel[]
  builds: Build[]
  verdicts: FullVerdict[]
  /** By kernel, then build, then mode. */
  cells: Cell[]
  /** Worst first. */
  causes: Cause[]
  counts: Counts
  /** Kernels that no build takes in any mode that was asked. */
  acceptedNowhere: number[]
  /** Builds that refuse every kernel on which the fleet is divided, in the same boot mode: they can run nothing new. */
  outdatedBuilds: number[]
  laterRefusals: LaterRefusal[]
  plan: PlanStep[]
  /** Worst first; absent in reports of older versions, and where no pair is asked. */
  pools?: PoolGrade[]
  ignored: Ignored[]
  /** Ignore rules that have expired. */
  expired: string[]
  /** The report of before, where one was given: how many of its findings are still there, and how many are new. */
  baseline?: { file: string; created?: string; known: number; new: number }
  /** What earlier reports counted, where they were given. */
  history?: History
  inventory: {
    files: string[]
    /** When the oldest and the newest of the files were last written, ISO 8601; absent where it is not known. */
    written?: { oldest: string; newest: string }
    hosts: number
    /** How many placements there are: without any, every image counts once on every host. */
    placements?: number
    /** Hosts that are left out, in all and by the problem's code. */
    leftOut: number
    reasons: Record<string, number>
    problems: InventoryProblem[]
    /** Only where the inventory has guests. */
    guests?: GuestTally
  }
}

/** What became of the guests of an inventory. */
export interface GuestTally extends PassedOver {
  total: number
  /** Asked about on at least one host. */
  judged: number
  /** HVM, and UEFI of PVH guests: the disk's own boot loader decides, and no loader of Xen is asked. */
  firmware: number
  /** They run on hosts that are not asked. */
  elsewhere: number
  /** The kernel that their configuration names is not among the images. */
  absent: number
  /** Of those judged: their disks are not among the files, so that every kernel is asked that is in no guest's disk. */
  withoutDisk: number
  /** Of those judged: no host of them is known, so that every host is asked. */
  withoutHost: number
}

/** What one report counted. */
export interface HistoryPoint {
  created: string
  /** Absent for the report that this is. */
  file?: string
  tool: string
  kernels: number
  hosts: number
  counts: Omit<Counts, 'changes'>
  /** Of an upgrade. */
  changes?: Record<Change, number>
  /** Refusals and doubts by cause. */
  causes: { code: string; guests: number }[]
}

export interface History {
  /** The oldest first; the last one is this report. */
  points: HistoryPoint[]
  /** Files that are left out, and why. */
  leftOut: { file: string; reason: string }[]
}

/** Counts of cells, weighed by guests. */
export interface Counts {
  accepts: number
  refuses: number
  uncertain: number
  unavailable: number
  /** Placed with a boot path that asks no loader of Xen; only where there are some. */
  'not-asked'?: number
  /** Only where something changes. */
  changes?: Record<Change, number>
}
