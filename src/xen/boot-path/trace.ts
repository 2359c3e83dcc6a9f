/**
 * The walk of a guest's loader over one kernel, stage by stage.
 * @module
 */
import type { Facts } from '../../facts/facts.ts'
import { ComponentReader, type ComponentStep } from '../component.ts'
import { type GrubArch, grubArchs } from '../grub/answer.ts'
import { GrubSubject, grubAnswer } from '../grub/judge.ts'
import { pvgrub2 } from '../grub/pvgrub2.ts'
import { askPvhGrub, pvhgrub } from '../grub/pvhgrub.ts'
import { grubReasonText } from '../grub/reason.ts'
import type { CauseCode, VerdictWord } from '../verdict.ts'
import { type BootPath, formatBootPath } from './boot-path.ts'
import { askPvGrub, type PvGrubArch, pvGrub, pvGrubArchs } from './pv-grub.ts'

/** A step with its place in the file, in hexadecimal. */
export interface PathStep extends Omit<ComponentStep, 'offset'> {
  offset?: string
}

export interface PathTrace {
  boot: string
  version: string
  arch?: GrubArch | PvGrubArch
  steps: PathStep[]
  verdict: VerdictWord
  stage?: string
  code?: CauseCode
  message?: string
  reason: string
}

/** Walks as a guest's GRUB does, of the newest version where none is named. Throws a RangeError for a path that has no walk. */
export function tracePath(facts: Facts, boot: BootPath): PathTrace {
  const steps: PathStep[] = []
  const trace = ({ offset, ...step }: ComponentStep) => {
    steps.push({ ...step, ...(offset !== undefined && { offset: `0x${offset.toString(16)}` }) })
  }
  if (boot.path === 'pvhgrub') {
    const { gates: _, reason, ...answer } = askPvhGrub(facts, trace)
    const version = boot.version ?? pvhgrub.versions.at(-1)!
    return { boot: formatBootPath(boot), version, steps, ...answer, reason: grubReasonText(reason) }
  }
  if (boot.path === 'pv-grub') return tracePvGrub(facts, boot, steps, trace)
  if (boot.path !== 'pvgrub2')
    throw new RangeError(`Cannot walk as ${formatBootPath(boot)}: there is no walk of it`)
  const version = boot.version ?? pvgrub2.versions.at(-1)!
  const subject = new GrubSubject(facts)
  const arch =
    grubArchs.find(build => grubAnswer(subject, version, build).code !== 'machine-mismatch') ?? grubArchs[0]!
  const { gates: _, assumptions: __, reason, ...answer } = grubAnswer(subject, version, arch, trace)
  return { boot: formatBootPath(boot), version, arch, steps, ...answer, reason: grubReasonText(reason) }
}

/** The build that fits the kernel, of the newest release where none is named. */
function tracePvGrub(
  facts: Facts,
  boot: BootPath,
  steps: PathStep[],
  trace: (step: ComponentStep) => void,
): PathTrace {
  const version = boot.version ?? pvGrub.versions.at(-1)!
  const index = pvGrub.versions.indexOf(version)
  const ask = (arch: PvGrubArch, told?: (step: ComponentStep) => void) =>
    askPvGrub(new ComponentReader(pvGrub, index, told), facts, arch)
  const arch = pvGrubArchs.find(build => ask(build).code !== 'machine-mismatch') ?? pvGrubArchs[0]!
  const { verdict, stage, code, message, reason } = ask(arch, trace)
  return {
    boot: formatBootPath(boot),
    version,
    arch,
    steps,
    verdict,
    ...(stage !== undefined && { stage }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    reason,
  }
}
