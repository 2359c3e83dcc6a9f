import type { Release } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { UsageError } from './usage-error.ts'

/** The one release that a person means. Throws a UsageError where there is none, or more than one. */
export function knownRelease(text: string): Release {
  const { ask, remarks } = parseXenVersion(text)
  if (ask.length === 1) return ask[0]!
  if (ask.length === 0) throw new UsageError(remarks.join('; '))
  throw new UsageError(`Cannot tell which release ${text} means: give one of ${ask.join(', ')}`)
}
