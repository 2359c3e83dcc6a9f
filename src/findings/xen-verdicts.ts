/**
 * The loader models as the judge of an audit.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import type { HostOptions } from '../xen/host-options.ts'
import { Judge } from '../xen/judge.ts'
import { type Release, releaseIndex } from '../xen/releases.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import type { AuditJudge, ReleaseSpan } from './audit-judge.ts'
import { fullVerdict } from './full-verdict.ts'
import { remember } from './remember.ts'

/** A judge that keeps what images and hosts have in common. `build` is what is known of a release's build. */
export function xenVerdicts(build?: BuildFacts): AuditJudge {
  const known: HostOptions = build === undefined ? {} : { build }
  const targets = new Map<string, Target>()
  const images = new WeakMap<Facts, Map<string, Judge>>()

  const targetOf = (version: string, options: HostOptions) =>
    remember(targets, JSON.stringify([version, options]), () => resolveTarget(version, options))
  const judgeOf = (facts: Facts, options: HostOptions) => {
    const judges = images.get(facts) ?? new Map<string, Judge>()
    images.set(facts, judges)
    return remember(judges, JSON.stringify(options), () => new Judge(facts, options))
  }
  return {
    verdict(facts, version, options, mode) {
      const target = targetOf(version, options)
      return fullVerdict(judgeOf(facts, target.options).verdict(target, mode))
    },
    laterRefusal(facts, version, mode) {
      const newest = targetOf(version, {}).releases.at(-1)
      return newest === undefined ? undefined : firstRefusal(judgeOf(facts, known), newest, mode)
    },
    cure(facts, version, mode) {
      const newest = targetOf(version, {}).releases.at(-1)
      return newest === undefined ? undefined : firstTakers(judgeOf(facts, known), newest, mode)
    },
  }
}

/** The first release after `release` that refuses what `release` takes. */
function firstRefusal(judge: Judge, release: Release, mode: BootModeName): Release | undefined {
  const index = releaseIndex(release)!
  return judge
    .answers(mode)
    .find(({ verdict, since }) => verdict === 'refuses' && releaseIndex(since)! > index)?.since
}

/** The first releases after `release` that take the image. */
function firstTakers(judge: Judge, release: Release, mode: BootModeName): ReleaseSpan | undefined {
  const index = releaseIndex(release)!
  const spans = judge.answers(mode).filter(({ until }) => releaseIndex(until)! > index)
  // What only a library decides may be built so.
  const takes = ({ verdict, code }: (typeof spans)[number]) =>
    verdict === 'accepts' || code === 'build-unknown'
  const first = spans.findIndex(takes)
  if (first === -1) return undefined
  const refused = spans.findIndex((span, at) => at > first && !takes(span))
  const { since } = spans[first]!
  return refused === -1 ? { since } : { since, until: spans[refused - 1]!.until }
}
