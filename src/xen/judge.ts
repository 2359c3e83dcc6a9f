/**
 * The verdict on one image for one hypervisor and boot mode, with reasons, assumptions and remedies.
 * @module
 */
import { ELFCLASS32, EM_386, EM_X86_64 } from '../facts/elf-format.ts'
import type { Facts } from '../facts/facts.ts'
import { identify, type KernelIdentity } from '../facts/identity.ts'
import { askRelease, askReleases, sameVerdict } from './ask-releases.ts'
import { type Assumption, assumptionOf, reasonOf } from './assumptions.ts'
import { type BootModeName, bootModes, parseBootMode } from './boot-mode.ts'
import { GateReader } from './gate-reader.ts'
import type { ElfImage } from './libelf/image.ts'
import { type LogLines, logLinesOf } from './log-lines.ts'
import { because } from './reason.ts'
import { patchName } from './reason-text.ts'
import { type Release, releaseIndex } from './releases.ts'
import { remediesFor } from './remedies/remedies.ts'
import { FILES, type Remedy, remedy, write } from './remedies/remedy.ts'
import { Subject } from './subject.ts'
import type { Target } from './target.ts'
import { type PossiblePatches, refusalOfSome, type TurningPatch, turningPatch } from './vendor-patches.ts'
import { supportRemark } from './vendors/products.ts'
import { type Answer, type AnswerSpan, addDetails, type CauseCode } from './verdict.ts'

export interface Verdict extends Omit<Answer, 'assumptions'> {
  mode: BootModeName
  /** The releases that were asked, oldest first. */
  releases: readonly Release[]
  assumptions: Assumption[]
  /** What to do about a refusal, in the order of `cheapestFirst`. */
  remedies: Remedy[]
  /** What the logs show of a refusal. */
  log?: LogLines
  /** Where the releases that were asked differ: what each of them says. */
  differ?: AnswerSpan[]
}

/** Neighbouring releases with the same verdict, with everything spelled out. */
export interface VerdictSpan extends Omit<AnswerSpan, 'assumptions'> {
  mode: BootModeName
  assumptions: Assumption[]
}

/**
 * An image and a host, ready for being judged: what the modes and releases have in common is computed once.
 *
 * @example
 * const target = resolveTarget('4.17.2')
 * const judge = new Judge(facts, target.options)
 * judge.verdict(target, 'pv-domU').verdict // 'accepts'
 */
export class Judge {
  readonly #subject: Subject
  /** The image on the same host after an upgrade: back-ports were those of the hypervisor that goes. */
  readonly #upgraded: Subject
  #identity: KernelIdentity | undefined
  readonly #byRelease = new Map<BootModeName, Answer[]>()
  readonly #spans = new Map<Subject, Map<BootModeName, AnswerSpan[]>>()

  constructor(facts: Facts, options: Target['options'] = {}) {
    this.#subject = new Subject(facts, options)
    const { gates, ...rest } = options
    this.#upgraded = gates === undefined ? this.#subject : new Subject(facts, rest)
  }

  /** What all releases say, oldest first; together the spans cover all of `releases`. */
  answers(mode: BootModeName): readonly AnswerSpan[] {
    return this.#answers(this.#subject, mode)
  }

  /** The same, with everything spelled out. */
  spans(mode: BootModeName): VerdictSpan[] {
    return this.answers(mode).map(span => {
      const { verdict, reason, gates, since, until } = span
      const assumptions = span.assumptions.map(assumptionOf)
      return addDetails<VerdictSpan>(
        { verdict, reason, gates, assumptions, mode, since, until },
        span,
        span.logged,
      )
    })
  }

  /** What the releases of a target say. */
  verdict(target: Target, mode: BootModeName): Verdict {
    const rest: Assumption[] = target.remarks.map(text => ({ code: 'target', text }))
    const common = { mode, releases: target.releases }
    if (target.releases.length === 0) {
      const [remark] = target.remarks
      return {
        ...common,
        verdict: 'uncertain',
        code: 'release-unknown',
        reason: because('release-unknown', remark === undefined ? {} : { remark }),
        gates: [],
        assumptions: rest,
        remedies: [],
      }
    }
    const support = target.version.vendor?.product && supportRemark(target.version.vendor.product, mode)
    if (support !== undefined) rest.push({ code: 'vendor-support', text: support })
    const judged = target.releases.map(release => this.#ask(release, mode, target.patches))
    const [first] = judged as [Judged]
    const { answer } = first
    if (judged.some(other => other.answer.verdict !== answer.verdict)) {
      return { ...common, ...undecided(target.releases, judged), assumptions: rest, remedies: [] }
    }
    const [release] = target.releases as [Release]
    const isSame = judged.every(other => sameVerdict(answer, other.answer))
    const assumptions = answer.assumptions.map(assumptionOf)
    assumptions.push(...rest)
    if (!isSame && answer.message !== undefined) assumptions.push(reasonOf(release))
    const remedies = this.#remedies(release, mode, first)
    if (!isSame) {
      const { message: _, messageOf: __, ...silent } = answer
      return { ...silent, ...common, assumptions, remedies }
    }
    const verdict: Verdict = { ...answer, mode, releases: target.releases, assumptions, remedies }
    const log = logLinesOf(answer, parseBootMode(mode), this.#reader(release))
    if (log !== undefined) verdict.log = log
    return verdict
  }

  #reader(release: Release): GateReader {
    return new GateReader(releaseIndex(release)!, this.#subject.overrides)
  }

  #ask(release: Release, mode: BootModeName, patches?: PossiblePatches): Judged {
    const index = releaseIndex(release)!
    const answer = this.#askRelease(index, mode)
    if (patches === undefined) return { answer }
    const bootMode = parseBootMode(mode)
    const refusal = refusalOfSome(this.#subject, index, bootMode, answer, patches)
    if (refusal !== undefined) {
      return {
        answer: refusedBySome(refusal, release, patches.vendor),
        open: { refusal, find: FIND_PACKAGE },
      }
    }
    const patch = turningPatch(this.#subject, index, bootMode, answer, patches)
    if (patch === undefined) return { answer }
    return {
      answer: perhapsPatched(answer, release, patches.vendor, patch),
      open: { refusal: answer, find: patchRemedy(patch) },
    }
  }

  /** What the release at `index` says. A run of the loaders holds for the releases after it in which no gate that was asked changes. */
  #askRelease(index: number, mode: BootModeName): Answer {
    const known = this.#byRelease.get(mode) ?? []
    this.#byRelease.set(mode, known)
    const answer = known[index]
    if (answer !== undefined) return answer
    const asked = askRelease(this.#subject, index, parseBootMode(mode))
    for (let at = index; at <= asked.last; at++) known[at] = asked.answer
    return asked.answer
  }

  #answers(subject: Subject, mode: BootModeName): AnswerSpan[] {
    const known = this.#spans.get(subject) ?? new Map<BootModeName, AnswerSpan[]>()
    this.#spans.set(subject, known)
    let spans = known.get(mode)
    if (spans === undefined) {
      spans = askReleases(subject, parseBootMode(mode))
      known.set(mode, spans)
    }
    return spans
  }

  #remedies(release: Release, mode: BootModeName, { answer, open }: Judged): Remedy[] {
    if (open !== undefined) {
      const { find, refusal } = open
      return [find, ...this.#remedies(release, mode, { answer: refusal })]
    }
    const { verdict, code, assumptions } = answer
    if (code === undefined || (verdict !== 'refuses' && !WITH_REMEDIES.has(code))) return []
    const ask = this.#reader(release)
    const { role } = parseBootMode(mode)
    const { facts, elf } = this.#subject
    this.#identity ??= identify(facts)
    const stream = facts.layers.find(layer => layer.kind === 'stream')
    return remediesFor({
      ask,
      mode,
      code,
      identity: this.#identity,
      ...(elf !== undefined && isForeign(elf) && { foreignMachine: elf.facts.machine }),
      assumptions,
      isDamaged: this.#subject.damage !== undefined || (elf !== undefined && losesNotes(elf)),
      is32Bit: elf?.facts.class === ELFCLASS32,
      ...(stream !== undefined && { codec: stream.codec }),
      callbackVector:
        elf?.walks.some(({ notes }) =>
          notes.some(({ features }) => features.some(({ name }) => name === 'hvm_callback_vector')),
        ) ?? false,
      spans: this.#answers(this.#upgraded, mode),
      otherModes: bootModes.filter(
        other =>
          other !== mode &&
          parseBootMode(other).role === role &&
          this.#askRelease(ask.index, other).verdict === 'accepts',
      ),
    })
  }
}

/** Causes that something can be done about though it is uncertain what they lead to. */
const WITH_REMEDIES: ReadonlySet<CauseCode> = new Set<CauseCode>(['build-unknown', 'stream-broken'])

/** Its notes are said to lie where the image has ended: it may be cut short. */
const losesNotes = ({ facts }: ElfImage) => facts.walks.some(({ stop }) => stop === 'image')

/** An ELF for another machine, whatever a loader makes of it. */
const isForeign = ({ facts, msb }: ElfImage) =>
  msb || (facts.machine !== EM_386 && facts.machine !== EM_X86_64)

/** What one release says; where a vendor's package may say another thing, the refusal and what to find out. */
interface Judged {
  answer: Answer
  open?: { refusal: Answer; find: Remedy }
}

/** The releases that may be meant differ: says which of them decide. */
function undecided(
  releases: readonly Release[],
  judged: readonly Judged[],
): Omit<Answer, 'assumptions'> & { differ: AnswerSpan[] } {
  const differ: AnswerSpan[] = []
  for (const [index, { answer }] of judged.entries()) {
    const release = releases[index]!
    const open = differ.at(-1)
    if (open?.verdict === answer.verdict) open.until = release
    else differ.push({ since: release, until: release, ...answer })
  }
  return {
    verdict: 'uncertain',
    code: 'releases-differ',
    reason: because('releases-differ', {
      runs: differ.map(({ since, until, verdict }) => ({ since, until, verdict })),
    }),
    gates: [...new Set(differ.flatMap(({ verdict, gates }) => (verdict === 'accepts' ? [] : gates)))],
    differ,
  }
}

/** A refusal by upstream's release, for a vendor's build of which not all patches are known. */
function perhapsPatched(refusal: Answer, release: Release, vendor: string, patch: TurningPatch): Answer {
  const { gate, commits, since } = patch
  return {
    verdict: 'uncertain',
    code: 'vendor-patch-unknown',
    reason: because('vendor-patch-unknown', {
      release,
      refusal: refusal.reason,
      vendor,
      gate,
      commits,
      since,
    }),
    gates: [gate],
    assumptions: refusal.assumptions,
  }
}

/** Upstream's release takes it, and some of the packages that may be meant do not. */
const refusedBySome = ({ reason, gates, assumptions }: Answer, release: Release, vendor: string): Answer => ({
  verdict: 'uncertain',
  code: 'vendor-patch-unknown',
  reason: because('vendor-packages-differ', { release, refusal: reason, vendor }),
  gates,
  assumptions,
})

const FIND_PACKAGE = remedy(
  'build-fact',
  "Say which package of Xen it is: `xl info` has the whole version, and so has the host's package manager",
)

const patchRemedy = (patch: TurningPatch): Remedy =>
  remedy(
    'build-fact',
    `Look for ${patchName(patch)} in the patches or the changelog of the package; where it is there, say so`,
    write(`gates: {${patch.gate}: ${String(patch.value)}}`, FILES.inventory),
  )

/** The judges of facts that were asked about, by the options of the host. */
const judges = new WeakMap<Facts, Map<string, Judge>>()
/** Hosts with other options than these begin anew. */
const MAX_JUDGES = 16

function judgeOf(facts: Facts, options: Target['options'] = {}): Judge {
  let known = judges.get(facts)
  if (known === undefined) {
    known = new Map()
    judges.set(facts, known)
  }
  const key = JSON.stringify(options)
  let judge = known.get(key)
  if (judge === undefined) {
    if (known.size === MAX_JUDGES) known.clear()
    judge = new Judge(facts, options)
    known.set(key, judge)
  }
  return judge
}

/**
 * What one hypervisor says to one image. What the questions on one image have in common is computed once, so that its
 * facts are not to be changed between two of them. For all releases at once `judgeSpans` is many times faster.
 */
export function judge(facts: Facts, target: Target, mode: BootModeName): Verdict {
  return judgeOf(facts, target.options).verdict(target, mode)
}

/**
 * What all releases say to one image in one boot mode, neighbours with the same verdict joined. As with `judge`, the facts
 * are not to be changed between two questions.
 */
export function judgeSpans(facts: Facts, mode: BootModeName, options?: Target['options']): VerdictSpan[] {
  return judgeOf(facts, options).spans(mode)
}
