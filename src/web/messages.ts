/**
 * What the page asks of its workers, and what they answer. A request carries all that it needs: a worker keeps nothing
 * that another one could not make anew, so that each may be given up at any time.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { Problem } from '../problem.ts'
import type { RepairPart, RepairProof } from '../report/repair-parts.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { LogLines } from '../xen/log-lines.ts'
import type { CauseCode, VerdictWord } from '../xen/verdict.ts'

/** What the tool knows. */
export interface Knowledge {
  version: string
  /** The version of facts. */
  facts: Facts['version']
  /** Every release, oldest first. */
  releases: readonly string[]
  /** By series, oldest first. */
  series: readonly { name: string; releases: readonly string[] }[]
}

/** A file that a person gave, with the path that it has for the command: its name, or its path below a folder. */
export interface GivenFile {
  file: File
  address: string
  /** Chosen by itself, and not met in a folder. */
  named: boolean
}

/** Where an image is: a file, those that were given with it, and the path in a container. */
export interface Origin {
  given: GivenFile
  siblings: readonly GivenFile[]
  inside?: string
}

/** Neighbouring releases, or versions of a loader, that say the same. */
export interface SpanView {
  since: string
  until: string
  verdict: VerdictWord
  /** Index into the causes of the kernel. */
  cause?: number
}

export interface ModeView {
  mode: BootModeName
  spans: readonly SpanView[]
}

/** A guest's own loader, of one build where it has several. */
export interface LoaderView {
  path: string
  arch?: string
  spans: readonly SpanView[]
}

export interface RemedyView {
  text: string
  command?: string
}

/** One thing that is wrong, wherever it shows. */
export interface CauseView {
  code: CauseCode
  title: string
  verdict: 'refuses' | 'uncertain'
  reason: string
  log?: LogLines
  remedies: readonly RemedyView[]
  where: readonly { who: string; since: string; until: string }[]
}

export interface KernelView {
  image: string
  /** The record, as a scan writes it. */
  json: string
  /** `bzImage xz`. */
  layers: string
  /** `64-bit linux 6.1.0-50-amd64`. */
  guest: string
  /** In bytes: of the file, or of the file in the container. */
  size: number
  problem?: Problem
  remarks: readonly string[]
  /** Absent where there is no kernel to judge. */
  answers?: { modes: readonly ModeView[]; loaders: readonly LoaderView[]; causes: readonly CauseView[] }
}

/** A text file that a person gave. */
export interface GivenText {
  name: string
  text: string
  /** When the file was last written, in milliseconds since 1970. */
  written?: number
}

/** A line of a log that a loader prints, explained. */
export interface LogLineView {
  /** From 1. */
  line: number
  text: string
  /** How often it is in the log. */
  times: number
  /** Who prints it. */
  who: string
  modes: readonly BootModeName[]
  /** Absent for a guest's loader, which has versions of its own. */
  since?: string | undefined
  until?: string | undefined
  kind?: 'noise' | 'ending'
  causes: readonly { code: string; title: string }[]
  next: string
  remedies: readonly string[]
}
export interface LogAnswer {
  lines: readonly LogLineView[]
}

/** What a file turned out to be. Facts that a scan wrote are images whose bytes are not here. `fault` is set where the rest of it could not be read. */
export type FileReading =
  | { kind: 'images'; records: readonly ReadRecord[]; isFacts?: true; fault?: string }
  | { kind: 'inventory'; given: GivenText; hosts: number; problems: readonly string[] }
  | { kind: 'log'; name: string; log: LogAnswer }
  /** A folder's file that is no kernel: it is only counted. */
  | { kind: 'ordinary'; count: number }

export interface ReadRecord {
  view: KernelView
  /** The path inside the container that the image is in. */
  inside?: string
}

/** Each request by its kind: what is asked, and what is answered. */
export interface Requests {
  know: { ask: object; answer: Knowledge }
  read: { ask: { given: GivenFile; siblings: readonly GivenFile[] }; answer: FileReading }
  /** The view of a record that no worker read. */
  view: { ask: ImageText; answer: KernelView }
  walk: {
    ask: ImageText & { release: string; mode: BootModeName }
    /** `text` is what `explain` prints. */
    answer: { steps: readonly WalkStep[]; text: string }
  }
  notes: {
    ask: ImageText
    answer: {
      notes: readonly { offset: number; name: string; size: number; value: string; remark?: string }[]
      guest: readonly { name: string; value: string; known: boolean }[]
      remark?: string
    }
  }
  why: { ask: { text: string }; answer: LogAnswer }
  hosts: {
    ask: { json: string; inventories: readonly GivenText[] }
    answer: { modes: readonly BootModeName[]; builds: readonly BuildAnswers[] }
  }
  'scan-report': {
    ask: { records: readonly ImageText[]; format: 'json' | 'ndjson'; version: string }
    answer: Blob
  }
  'audit-report': {
    ask: AuditAsk & { question: ReportQuestion; format: ReportFormat }
    answer: { blob: Blob; remarks: readonly string[] } | Fault
  }
  'audit-summary': { ask: AuditAsk; answer: AuditSummary }
  unpack: { ask: Origin; answer: { blob: Blob; remark?: string } | Fault }
  repair: { ask: RepairAsk; answer: RepairView | Fault }
}

/** Why there is no answer, in a sentence about what was given or asked. */
export interface Fault {
  fault: string
}

/** An image and its record as JSON. */
export interface ImageText {
  image: string
  json: string
}

export interface WalkStep {
  /** The function or stage of Xen. */
  stage: string
  what: string
  offset?: string
  value?: string
  /** What the release does with it. */
  does: string
  gates: readonly string[]
}

/** What one build of a fleet says, in each mode that is asked. */
export interface BuildAnswers {
  label: string
  hosts: readonly string[]
  answers: readonly { verdict: VerdictWord; title?: string; reason: string; remedies: readonly string[] }[]
}

export interface AuditAsk {
  records: readonly ImageText[]
  inventories: readonly GivenText[]
  /** ISO 8601. */
  created: string
  /** Of this tool. */
  version: string
}

/** A format of a report. */
export type ReportFormat = 'html' | 'json' | 'csv' | 'markdown' | 'sarif' | 'junit'

/** What a report is about: the hosts as they are, an upgrade of them, or releases without an inventory. */
export type ReportQuestion = (
  | { about: 'hosts' }
  /** Versions, or `all` for every later release. */
  | { about: 'upgrade'; to: readonly string[]; allowDowngrade: boolean }
  /** A list of versions with commas, or `all`. */
  | { about: 'releases'; xen: string }
) & {
  /** Absent: those that the hosts declare, or pv-domU. */
  modes?: readonly BootModeName[]
}

export interface RepairAsk extends Origin {
  image: string
  /** What has to take it: releases, series, ranges, products, hosts and boot paths, with commas. */
  for: string
  /** Absent: pv-domU, or the modes that hosts declare. */
  modes?: readonly BootModeName[]
  /** Those whose hosts have to take it. */
  inventories: readonly GivenText[]
  /** Whether to make the kernel, or only to say what would be changed. */
  make: boolean
}

export interface RepairView {
  parts: readonly RepairPart[]
  /** What `repair --dry-run` prints. */
  text: string
  remarks: readonly string[]
  /** All targets take it then. */
  isWhole: boolean
  /** There is something to change. */
  isChanged: boolean
  made?: RepairProof & { blob: Blob }
}

export interface AuditSummary {
  /** Pairs of kernel and host, or guests where the inventory places some. */
  counts: Record<VerdictWord, number>
  causes: readonly {
    title: string
    verdict: 'refuses' | 'uncertain'
    reason: string
    remedies: readonly string[]
    count: number
  }[]
  hosts: number
}

export type RequestKind = keyof Requests
export type Ask<Kind extends RequestKind> = Requests[Kind]['ask']
export type AnswerTo<Kind extends RequestKind> = Requests[Kind]['answer']

/** A request on its way to a worker. */
export interface Call<Kind extends RequestKind = RequestKind> {
  id: number
  kind: Kind
  ask: Ask<Kind>
}

/** A worker's answer. `error` is a fault of ours, never one of the input. */
export interface Reply {
  id: number
  answer?: unknown
  error?: string
}
