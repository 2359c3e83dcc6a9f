/**
 * What a repaired kernel has to start on: releases, builds of a fleet and guests' loaders, each asked by its own model.
 * @module
 */
import type { Facts } from '../facts/facts.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import { type LoaderVerdict, loaderOutcome } from '../xen/boot-path/ask.ts'
import { type BootPath, formatBootPath } from '../xen/boot-path/boot-path.ts'
import { Judge } from '../xen/judge.ts'
import { reasonText } from '../xen/reason-text.ts'
import type { Remedy } from '../xen/remedies/remedy.ts'
import type { Target } from '../xen/target.ts'
import type { CauseCode } from '../xen/verdict.ts'

export interface TargetAnswer {
  verdict: LoaderVerdict
  code?: CauseCode
  /** One sentence. */
  reason: string
  /** What can be done, in the order of `cheapestFirst`. */
  remedies: readonly Remedy[]
}

export interface RepairTarget {
  /** `4.1.6.1`, `4.17.4 (Debian 12)`, `pvgrub2@2.06`. */
  label: string
  /** Absent for loaders of guests. */
  mode?: BootModeName
  /** The hosts that it stands for. */
  hosts?: readonly string[]
  /** The kernel is started by its own code, which unpacks the payload that it was built with. */
  startsItself: boolean
  ask(facts: Facts): TargetAnswer
}

/** Judges that were made for facts, by what is known of the host. */
const judges = new WeakMap<Facts, Map<Target['options'], Judge>>()

function judgeOf(facts: Facts, options: Target['options']): Judge {
  const known = judges.get(facts) ?? new Map<Target['options'], Judge>()
  judges.set(facts, known)
  const judge = known.get(options) ?? new Judge(facts, options)
  known.set(options, judge)
  return judge
}

/** A release or a build in one boot mode. Targets that share `target.options` share what is computed. */
export const hypervisorTarget = (
  label: string,
  target: Target,
  mode: BootModeName,
  hosts?: readonly string[],
): RepairTarget => ({
  label,
  mode,
  ...(hosts !== undefined && { hosts }),
  startsItself: false,
  ask(facts) {
    const { verdict, code, reason, remedies } = judgeOf(facts, target.options).verdict(target, mode)
    return { verdict, ...(code !== undefined && { code }), reason: reasonText(reason), remedies }
  },
})

/** Paths on which the kernel's own start code runs; what Xen's loaders read is no matter there. */
const STARTS_ITSELF: ReadonlySet<BootPath['path']> = new Set(['pvhgrub', 'ovmf', 'hvm'])

/** Whether a boot path has a loader beside the host's own. */
export const hasOwnLoader = ({ path }: BootPath): boolean => path !== 'direct' && path !== 'pygrub'

/** A guest's own loader. */
export const loaderTarget = (boot: BootPath): RepairTarget => ({
  label: formatBootPath(boot),
  startsItself: STARTS_ITSELF.has(boot.path),
  ask(facts) {
    const { verdict, code, reason } = loaderOutcome(facts, boot)
    return { verdict, ...(code !== undefined && { code }), reason, remedies: [] }
  },
})

/** `4.1.6.1 as pv-domU`. */
export const targetName = ({ label, mode }: Pick<RepairTarget, 'label' | 'mode'>): string =>
  mode === undefined ? label : `${label} as ${mode}`
