/**
 * What is asked of every image: a set of releases, or the builds of a fleet.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { Host } from '../inventory/host.ts'
import type { Problem } from '../problem.ts'
import { assumptionOf } from '../xen/assumptions.ts'
import { type BootModeName, bootModes, parseBootMode } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { Judge } from '../xen/judge.ts'
import { type LogLines, logSpans } from '../xen/log-lines.ts'
import { type Release, releaseIndex, releases } from '../xen/releases.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import { unreadAnswer } from '../xen/unread.ts'
import type { Answer, AnswerSpan } from '../xen/verdict.ts'
import type { JudgedBuild } from './builds.ts'
import type { Column, Judgement } from './judgement.ts'

export interface Question {
  /** The boot modes that are asked. */
  modes: readonly BootModeName[]
  /** The builds that are asked; absent where releases are. */
  columns?: readonly Column[]
  /** With the problem that reading the image ran into: what could not be read is not judged. */
  ask(facts: Facts, problem?: Problem): Judgement[]
  /**
   * What can be done about the last release of a span that `ask` returned for these facts. Spans do not have it, because
   * each of their releases may have other remedies. Absent where no releases are asked.
   */
  remedies?(facts: Facts, span: Judgement): readonly Remedy[]
}

/** What a judgement tells of an answer. */
type Said = Pick<Answer, 'verdict' | 'stage' | 'code' | 'message' | 'reason'> & { log?: LogLines }
type SaidSpan = Said & Pick<AnswerSpan, 'since' | 'until' | 'assumptions'>

/**
 * Asks releases of which `build` is known. Neighbours with the same verdict are one span; releases that are not asked cut
 * nothing out of it.
 */
export function releasesQuestion(
  asked: readonly Release[],
  modes: readonly BootModeName[],
  build?: BuildFacts,
): Question {
  const indexes = asked.map(release => releaseIndex(release)!).sort((a, b) => a - b)
  const options = build === undefined ? {} : { build }
  // The judge of the image that was asked last knows most of what its remedies take.
  let last: { facts: Facts; judge: Judge } | undefined
  const targets = new Map(asked.map(release => [release, resolveTarget(release)]))
  return {
    modes,
    ask(facts, problem) {
      const judge = new Judge(facts, options)
      last = { facts, judge }
      return modes.flatMap(mode => {
        const spans = judge.answers(mode).flatMap(span => readSpan(span, mode, problem))
        return joinSpans(spans).flatMap(span => clip(span, mode, indexes))
      })
    },
    remedies(facts, { code, mode, until }) {
      // What a loader makes of bytes that nobody has seen is not known.
      if (code === 'image-unread') return []
      const judge = last?.facts === facts ? last.judge : new Judge(facts, options)
      return judge.verdict(targets.get(until!)!, mode).remedies
    },
  }
}

/** A version that is not an upstream release alone: a vendor's build or a product. */
export interface NamedVersion {
  /** `4.13.1 (XCP-ng 8.2.0)`. */
  label: string
  target: Target
}

/** Asks releases, and beside them versions of vendors, each by itself. */
export function versionsQuestion(
  releases: Question | undefined,
  versions: readonly NamedVersion[],
  modes: readonly BootModeName[],
): Question {
  return {
    modes,
    ...(releases?.remedies !== undefined && { remedies: releases.remedies }),
    ask(facts, problem) {
      const spans = releases?.ask(facts, problem) ?? []
      return modes.flatMap(mode => [
        ...spans.filter(span => span.mode === mode),
        ...versions.map(({ label, target }) => ({
          ...ofTarget(facts, problem, target, mode, { xen: label }),
          ...spanOf(target),
        })),
      ])
    },
  }
}

const spanOf = ({ releases: asked }: Target): Partial<Judgement> =>
  asked.length === 0 ? {} : { since: asked[0]!, until: asked.at(-1)! }

/** Asks the builds of a fleet: one judgement a build and mode. */
export function fleetQuestion(builds: readonly JudgedBuild[], modes: readonly BootModeName[]): Question {
  const targets = builds.map(({ version, options }) => resolveTarget(version, options))
  return {
    modes,
    columns: builds.map(({ label, hosts }) => ({ label, hosts })),
    ask(facts, problem) {
      return modes.flatMap(mode =>
        builds.map(({ label, hosts }, index) =>
          ofTarget(facts, problem, targets[index]!, mode, { xen: label, hosts }),
        ),
      )
    },
  }
}

function ofTarget(
  facts: Facts,
  problem: Problem | undefined,
  target: Target,
  mode: BootModeName,
  where: Partial<Judgement>,
): Judgement {
  const verdict = new Judge(facts, target.options).verdict(target, mode)
  const unread = unreadAnswer(problem, verdict.verdict)
  if (unread !== undefined) return judgement(mode, where, unread)
  const { remedies, assumptions } = verdict
  return {
    ...judgement(mode, where, verdict),
    ...(remedies.length > 0 && { remedies }),
    ...(assumptions.length > 0 && { assumptions: assumptions.map(({ text }) => text) }),
  }
}

function readSpan(span: AnswerSpan, mode: BootModeName, problem: Problem | undefined): SaidSpan[] {
  const { since, until } = span
  const unread = unreadAnswer(problem, span.verdict)
  if (unread !== undefined) return [{ since, until, ...unread, assumptions: [] }]
  return logSpans(span, parseBootMode(mode))
}

/** Joins spans that differ only in what a verdict does not say: the loader's name, the gates. */
function joinSpans(spans: readonly SaidSpan[]): SaidSpan[] {
  const joined: SaidSpan[] = []
  for (const span of spans) {
    const open = joined.at(-1)
    const same =
      open !== undefined &&
      open.verdict === span.verdict &&
      open.stage === span.stage &&
      open.code === span.code &&
      open.message === span.message &&
      JSON.stringify(open.log) === JSON.stringify(span.log)
    if (same) {
      open.until = span.until
      open.assumptions = [...new Set([...open.assumptions, ...span.assumptions])]
    } else joined.push({ ...span })
  }
  return joined
}

/** What is left of a span when only the releases at `indexes` count. */
function clip(span: SaidSpan, mode: BootModeName, indexes: readonly number[]): Judgement[] {
  const first = releaseIndex(span.since)!
  const last = releaseIndex(span.until)!
  const since = indexes.find(index => first <= index && index <= last)
  if (since === undefined) return []
  const until = indexes.findLast(index => first <= index && index <= last)!
  const assumptions = span.assumptions.map(code => assumptionOf(code).text)
  return [
    {
      ...judgement(mode, { since: releases[since]!, until: releases[until]! }, span),
      ...(assumptions.length > 0 && { assumptions }),
    },
  ]
}

function judgement(mode: BootModeName, where: Partial<Judgement>, answer: Said): Judgement {
  const { verdict, stage, code, message, log, reason } = answer
  return {
    mode,
    ...where,
    verdict,
    ...(stage !== undefined && { stage }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(log !== undefined && { log }),
    reason,
  }
}

/** What is asked where nobody says which modes. */
export const DEFAULT_MODES: readonly BootModeName[] = [bootModes[0]!]

/** The modes that the hosts say that they run, where they say so. */
export function declaredModes(hosts: readonly Host[]): readonly BootModeName[] {
  const declared = new Set(hosts.flatMap(host => host.modes ?? []))
  return declared.size === 0 ? DEFAULT_MODES : bootModes.filter(mode => declared.has(mode))
}
