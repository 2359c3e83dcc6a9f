/**
 * What a change does to one kernel on one build, and which hosts an upgrade moves: not those that run the release or a
 * newer one already.
 * @module
 */

import { releaseIndex } from '../xen/releases.ts'
import type { VerdictWord } from '../xen/verdict.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import type { Change } from './model.ts'

/** Compares what was with what will be. A mode that a release does not have starts nothing. */
export function changeOf(before: VerdictWord, after: VerdictWord): Change {
  // No loader of Xen has a say, before or after.
  if (before === 'not-asked' && after === 'not-asked') return 'still-fine'
  if (before === 'uncertain' || after === 'uncertain') return 'uncertain'
  const started = before === 'accepts'
  const starts = after === 'accepts'
  if (started) return starts ? 'still-fine' : 'breaks'
  return starts ? 'fixed' : 'still-broken'
}

/** A new kernel has no before: it fits or it breaks. */
export function changeOfNew(verdict: VerdictWord): Change {
  if (verdict === 'uncertain') return 'uncertain'
  return verdict === 'accepts' ? 'still-fine' : 'breaks'
}

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
