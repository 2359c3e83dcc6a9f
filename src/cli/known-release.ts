import type { Assumption } from '../xen/assumptions.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import type { HostOptions } from '../xen/host-options.ts'
import type { Release } from '../xen/releases.ts'
import { resolveTarget } from '../xen/target.ts'
import { UsageError } from './usage-error.ts'

export interface KnownRelease {
  release: Release
  /** What is known of its build, by who built it. */
  options: HostOptions
  /** What the verdict rests on where the release is asked in place of another version. */
  assumptions: Assumption[]
}

/**
 * The one release that a person means; of a package with commits after a release, that one. Throws a UsageError where
 * there is none, or more than one.
 */
export function knownRelease(text: string, build?: BuildFacts): KnownRelease {
  const { version, remarks, options } = resolveTarget(text.trim(), build === undefined ? {} : { build })
  const { ask, kind } = version
  if (ask.length === 1 || kind === 'after') {
    const [release, later] = ask
    // Both of them are asked where verdicts of a fleet are given, and not here.
    const own = remarks.filter(text => later === undefined || !text.endsWith(' are asked'))
    const walked = `It holds commits after ${release} and is walked as that: audit and scan say where ${later} differs`
    const texts = later === undefined ? own : [walked, ...own]
    return { release: release!, options, assumptions: texts.map(text => ({ code: 'target', text })) }
  }
  if (ask.length === 0) throw new UsageError(remarks.join('; '))
  throw new UsageError(`Cannot tell which release ${text} means: give one of ${ask.join(', ')}`)
}
