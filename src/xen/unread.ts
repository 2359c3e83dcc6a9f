/**
 * Images that could not be read: no loader can be asked about bytes that nobody has seen.
 * @module
 */
import type { Problem, ProblemCode } from '../problem.ts'
import { because, type Reason } from './reason.ts'
import type { CauseCode, VerdictWord } from './verdict.ts'

/** Nobody has seen the image's bytes, or what lies in the container that it is. */
const UNREAD: ReadonlySet<ProblemCode> = new Set([
  'unreadable',
  'vanished',
  'changed',
  'not-a-file',
  'directory-loop',
  'memory-limit',
  'worker-died',
  'gave-up',
  'container-truncated',
  'container-corrupt',
  'container-unsupported',
  'container-limit',
  'container-not-read',
  'backing-outside',
  'backing-missing',
  'remote-unavailable',
  'remote-denied',
  'remote-forbidden',
  'remote-no-range',
  'remote-invalid',
  'remote-reference',
])

export const isUnread = (problem: Problem): boolean => UNREAD.has(problem.code)

/**
 * What is said of an image that could not be read, or that is no x86 loader's, whatever a model makes of its facts;
 * undefined where that counts.
 */
export function unreadAnswer(
  problem: Problem | undefined,
  modelled: VerdictWord,
): { verdict: 'uncertain' | 'unavailable'; code?: CauseCode; reason: Reason } | undefined {
  if (problem?.code === 'foreign-kernel') {
    return { verdict: 'unavailable', reason: because('foreign-kernel', { problem: problem.message }) }
  }
  // A boot mode that is not there starts no kernel, be it read or not.
  if (problem === undefined || !isUnread(problem) || modelled === 'unavailable') return undefined
  return {
    verdict: 'uncertain',
    code: 'image-unread',
    reason: because('image-unread', { problem: problem.message }),
  }
}
