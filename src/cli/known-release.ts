import type { Assumption } from '../xen/assumptions.ts'
import type { Release } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { UsageError } from './usage-error.ts'

export interface KnownRelease {
  release: Release
  /** What the answer rests on where the release stands for another version. */
  assumptions: Assumption[]
}

/** The one release that a person means. Throws a UsageError where there is none, or more than one. */
export function knownRelease(text: string): KnownRelease {
  const { ask, remarks } = parseXenVersion(text)
  if (ask.length === 1) {
    return { release: ask[0]!, assumptions: remarks.map(text => ({ code: 'target', text })) }
  }
  if (ask.length === 0) throw new UsageError(remarks.join('; '))
  throw new UsageError(`Cannot tell which release ${text} means: give one of ${ask.join(', ')}`)
}
