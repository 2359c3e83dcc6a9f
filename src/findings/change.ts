/**
 * What a change does to one kernel on one build.
 * @module
 */
import type { VerdictWord } from '../xen/verdict.ts'
import type { Change } from './model.ts'

/** Compares what was with what will be. A mode that a release does not have starts nothing. */
export function changeOf(before: VerdictWord, after: VerdictWord): Change {
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
