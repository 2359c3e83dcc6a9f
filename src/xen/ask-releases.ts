/** From a subject to answers: one release, or all of them. */

import type { BootMode, Role } from './boot-mode.ts'
import { GateReader, type Step } from './gate-reader.ts'
import type { GateId } from './gates/gates.ts'
import { buildDom0 } from './hypervisor/dom0.ts'
import type { Parameters } from './libelf/parameters.ts'
import { LoaderRun } from './loader-run.ts'
import { because } from './reason.ts'
import { type Release, releases } from './releases.ts'
import type { Subject } from './subject.ts'
import { buildDomU } from './toolstack/domu.ts'
import { type Answer, type AnswerSpan, addDetails, type CauseCode } from './verdict.ts'

/** One release's answer, and up to which release it holds. */
export interface ReleaseAnswer {
  answer: Answer
  /** Index of the last release for which no gate that was asked changes. */
  last: number
  parameters?: Parameters
}

type Result = Omit<Answer, 'assumptions'> & { parameters?: Parameters }

/** A run of the loaders, and what it came to. */
interface Ended {
  run: LoaderRun
  /** Its gates are still to be named where it takes the image. */
  result: Result
}

/** Asks the release at `index` of `releases`. */
export function askRelease(
  subject: Subject,
  index: number,
  mode: BootMode,
  trace?: (step: Step) => void,
): ReleaseAnswer {
  const ended = runLoader(subject, index, mode, trace)
  const { parameters } = ended.result
  const answered: ReleaseAnswer = { answer: answerOf(ended), last: ended.run.ask.last }
  if (parameters !== undefined) answered.parameters = parameters
  return answered
}

function runLoader(subject: Subject, index: number, mode: BootMode, trace?: (step: Step) => void): Ended {
  const ask = new GateReader(index, subject.overrides, trace)
  const seen = mode.role === 'dom0' ? subject.forHypervisor : subject
  const run = new LoaderRun(ask, seen)
  const loaded = blamePayload(seen, load(run, mode))
  if (loaded.verdict !== 'accepts') return { run, result: loaded }
  if (subject.hasPackedNotes) run.assume('notes-packed')
  return { run, result: unlessUnknown(run, loaded) }
}

function answerOf(ended: Ended): Answer {
  const { verdict, reason } = ended.result
  const { assumptions } = ended.run
  return addDetails<Answer>(
    { verdict, reason, gates: gatesOf(ended), assumptions },
    ended.result,
    linesOf(ended),
  )
}

function spanOf(ended: Ended, since: Release, until: Release): AnswerSpan {
  const { verdict, reason } = ended.result
  const { assumptions } = ended.run
  const core = { verdict, reason, gates: gatesOf(ended), assumptions, since, until }
  return addDetails<AnswerSpan>(core, ended.result, linesOf(ended))
}

const linesOf = ({ run: { lines } }: Ended) => (lines.length > 0 ? lines : undefined)

const gatesOf = ({ run, result }: Ended): GateId[] =>
  result.verdict === 'accepts' ? run.ask.gates : [...new Set(result.gates)]

/** Causes in what was or should have been unpacked. Where that is damaged, they are not the kernel's. */
const BY_CONTENT: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'address-out-of-bounds',
  'dom0-bit-missing',
  'dom0-only-kernel',
  'elf-table-outside',
  'hv-start-too-high',
  'hvm-firmware',
  'hypercall-page-outside',
  'kernel-too-large',
  'loader-not-supported',
  'machine-mismatch',
  'machine-unsupported',
  'memory-outside-image',
  'no-notes',
  'no-pae',
  'no-section-names',
  'not-a-kernel',
  'not-pvh',
  'output-overwrites-input',
  'p2m-inside-kernel',
  'paddr-offset-without-virt-base',
  'pvh-features-missing',
  'required-features',
  'size-word-wrong',
  'unknown-feature',
  'unknown-required-feature',
  'xen-overlap',
  'xen-version',
])

/** What is wrong with the payload, where the loader only sees what follows from it. */
function blamePayload(subject: Subject, result: Result): Result {
  const { layers, elf } = subject.facts
  // The hypervisor takes what it cannot unpack for an ELF.
  if (result.code === 'not-a-kernel' && elf === undefined && layers.at(-1)?.kind === 'bzimage') {
    return { ...result, code: 'payload-unknown', reason: because('payload-unknown') }
  }
  return blameDamage(subject, result)
}

/** What a loader says of the notes or the size of a payload that is damaged is true, and not the cause. */
function blameDamage({ damage, cutPayload }: Subject, result: Result): Result {
  const { code, verdict, reason: cause } = result
  if (code === undefined || !BY_CONTENT.has(code)) return result
  if (damage !== undefined) {
    return { ...result, code: 'stream-broken', reason: because('payload-damaged', { ...damage, cause }) }
  }
  if (cutPayload === undefined || verdict !== 'refuses') return result
  return {
    ...result,
    code: 'payload-outside-file',
    reason: because('payload-outside-file', { ...cutPayload, cause }),
  }
}

/** What being taken is worth: nothing certain where it depends on a build that is not known. */
function unlessUnknown({ unknown }: LoaderRun, taken: Result): Result {
  if (unknown === undefined) return taken
  return { verdict: 'uncertain', code: 'build-unknown', reason: unknown.reason, gates: [unknown.gate] }
}

function load(run: LoaderRun, { guest, role }: BootMode): Result {
  const dom0 = run.subject.options.commandLine?.dom0
  if (role === 'dom0' && dom0 !== undefined && dom0 !== guest) {
    return { verdict: 'unavailable', reason: because('dom0-kind', { guest }), gates: ['pvh-dom0'] }
  }
  if (role === 'dom0') return guest === 'pv' ? buildDom0(run, 'pv') : loadPvhDom0(run)
  return guest === 'pv' ? buildDomU(run, 'pv') : loadPvhDomU(run)
}

function loadPvhDomU(run: LoaderRun): Result {
  const pvh = run.ask.gate('pvh-domU')
  if (pvh === 'none') return unavailable('domU', 'pvh-domU')
  run.assume(pvh === 'v2' ? 'pvh-v2' : 'pvh-v1')
  return buildDomU(run, pvh === 'v2' ? 'pvh' : 'pvh-v1')
}

function loadPvhDom0(run: LoaderRun): Result {
  const pvh = run.ask.gate('pvh-dom0')
  if (pvh === 'none') return unavailable('dom0', 'pvh-dom0')
  run.assume(pvh === 'v1' ? 'pvh-v1' : 'pvh-v2')
  return buildDom0(run, pvh === 'v1' ? 'pvh-v1' : 'pvh')
}

function unavailable(role: Role, gate: GateId): Result {
  return { verdict: 'unavailable', reason: because('no-pvh', { role }), gates: [gate] }
}

/** All releases, neighbours with the same verdict joined. */
export function askReleases(subject: Subject, mode: BootMode): AnswerSpan[] {
  const spans: AnswerSpan[] = []
  for (let index = 0; index < releases.length; ) {
    const ended = runLoader(subject, index, mode)
    const { last } = ended.run.ask
    const open = spans.at(-1)
    // Of ten runs two or three differ from the one before: only those are spelled out.
    if (open !== undefined && sameVerdict(open, ended.result)) open.until = releases[last]!
    else spans.push(spanOf(ended, releases[index]!, releases[last]!))
    index = last + 1
  }
  return spans
}

/** What is equal is joined: what the log says and where it stops, not on what it rests. */
export function sameVerdict(a: Omit<Answer, 'assumptions'>, b: Omit<Answer, 'assumptions'>): boolean {
  return (
    a.verdict === b.verdict &&
    a.stage === b.stage &&
    a.code === b.code &&
    a.message === b.message &&
    a.loader === b.loader &&
    a.guestType === b.guestType
  )
}
