/**
 * A verdict, and where it holds: on a span of releases, or on the hosts of one build.
 * @module
 */

import type { BootModeName } from '../xen/boot-mode.ts'
import type { LogLines } from '../xen/log-lines.ts'
import type { Reason } from '../xen/reason.ts'
import type { Release } from '../xen/releases.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import type { CauseCode, Stage, VerdictWord } from '../xen/verdict.ts'

export interface Judgement {
  mode: BootModeName
  /** The releases with this verdict, both ends inclusive; absent for hosts. */
  since?: Release
  until?: Release
  /** The version that was asked by itself: of hosts as the inventory gives it, with their names; or a vendor's. */
  xen?: string
  hosts?: readonly string[]
  verdict: VerdictWord
  stage?: Stage
  code?: CauseCode
  message?: string
  /** What the logs show of a refusal. */
  log?: LogLines
  reason: Reason
  remedies?: readonly Remedy[]
  assumptions?: readonly string[]
}

/** What one column of a matrix asks: a distinct build of the fleet. */
export interface Column {
  label: string
  hosts: readonly string[]
}
