/**
 * What an audit asks for its verdicts.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { HostOptions } from '../xen/host-options.ts'
import type { FullVerdict } from './model.ts'

/** Gives the verdicts of an audit: the loader models, or a stand-in in tests. */
export interface AuditJudge {
  verdict(facts: Facts, version: string, options: HostOptions, mode: BootModeName): FullVerdict
  /** The first release after `version` that refuses the image, where `version` itself takes it. */
  laterRefusal(facts: Facts, version: string, mode: BootModeName): string | undefined
  /** The releases after `version` that take the image, where `version` itself does not: the first such span. */
  cure(facts: Facts, version: string, mode: BootModeName): ReleaseSpan | undefined
}

/** Neighbouring releases; without an end they reach to the newest one. */
export interface ReleaseSpan {
  since: string
  until?: string
}
