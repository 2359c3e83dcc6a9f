/**
 * The loader models as the judge of an audit.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import { Judge as ImageJudge } from '../xen/judge.ts'
import { type Release, releaseIndex } from '../xen/releases.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import type { Judge, ReleaseSpan } from './audit.ts'
import { fullVerdict } from './full-verdict.ts'

type HostOptions = Target['options']

/** A judge that keeps what images and hosts have in common. */
export function xenVerdicts(): Judge {
  const targets = new Map<string, Target>()
  const images = new WeakMap<Facts, Map<string, ImageJudge>>()

  const targetOf = (version: string, options: HostOptions) =>
    remember(targets, JSON.stringify([version, options]), () => resolveTarget(version, options))
  const judgeOf = (facts: Facts, options: HostOptions) => {
    const judges = images.get(facts) ?? new Map<string, ImageJudge>()
    images.set(facts, judges)
    return remember(judges, JSON.stringify(options), () => new ImageJudge(facts, options))
  }
  return {
    verdict: (facts, version, options, mode) =>
      fullVerdict(judgeOf(facts, options).verdict(targetOf(version, options), mode)),
    trap(facts, version, mode) {
      const newest = targetOf(version, {}).releases.at(-1)
      return newest === undefined ? undefined : firstRefusal(judgeOf(facts, {}), newest, mode)
    },
    cure(facts, version, mode) {
      const newest = targetOf(version, {}).releases.at(-1)
      return newest === undefined ? undefined : firstTakers(judgeOf(facts, {}), newest, mode)
    },
  }
}

function remember<T>(known: Map<string, T>, key: string, compute: () => T): T {
  let value = known.get(key)
  if (value === undefined) {
    value = compute()
    known.set(key, value)
  }
  return value
}

/** The first release behind `release` that refuses what `release` takes. */
function firstRefusal(judge: ImageJudge, release: Release, mode: BootModeName): Release | undefined {
  const index = releaseIndex(release)!
  return judge.spans(mode).find(({ verdict, since }) => verdict === 'refuses' && releaseIndex(since)! > index)
    ?.since
}

/** The first releases behind `release` that take the image. */
function firstTakers(judge: ImageJudge, release: Release, mode: BootModeName): ReleaseSpan | undefined {
  const index = releaseIndex(release)!
  const spans = judge.spans(mode).filter(({ until }) => releaseIndex(until)! > index)
  const first = spans.findIndex(({ verdict }) => verdict === 'accepts')
  if (first === -1) return undefined
  const refused = spans.findIndex(({ verdict }, at) => at > first && verdict !== 'accepts')
  const { since } = spans[first]!
  return refused === -1 ? { since } : { since, until: spans[refused - 1]!.until }
}
