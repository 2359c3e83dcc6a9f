/**
 * Upgrades that are none: hosts that run a newer release already.
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
