/**
 * Which hosts an upgrade moves, and for which it would be none: they run the release or a newer one already.
 * @module
 */
import { releaseIndex } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'

/** True where all that `version` may mean is newer than all that `to` may mean. */
export function isStepBack(version: string, to: string): boolean {
  const oldest = parseXenVersion(version).ask.at(0)
  const newest = parseXenVersion(to).ask.at(-1)
  return oldest !== undefined && newest !== undefined && releaseIndex(oldest)! > releaseIndex(newest)!
}

/** True where `version` may mean a release that is older than the newest that `to` may mean, or means none at all. */
export function isBelow(version: string, to: string): boolean {
  const oldest = parseXenVersion(version).ask.at(0)
  const newest = parseXenVersion(to).ask.at(-1)
  return oldest === undefined || newest === undefined || releaseIndex(oldest)! < releaseIndex(newest)!
}
