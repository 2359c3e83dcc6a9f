/** What a host's build and capabilities take away from its release. What is not known is as in a default build. */
import type { LoaderRun } from './loader-run.ts'
import { because, type Reason } from './reason.ts'

/** False where the host has no PV guests: CONFIG_PV is off. */
export function hasPv(run: LoaderRun): boolean {
  const { build, capabilities } = run.subject.options
  if (build?.pv === false) return false
  if (capabilities?.xen !== undefined) return capabilities.xen.some(type => type.startsWith('xen-'))
  // Older hypervisors do not say "pv" in virt_caps, but they always have it.
  if (run.ask.gate('config-pv') === 'always') return true
  const virt = capabilities?.virt ?? []
  if (virt.length > 0) return virt.includes('pv')
  if (build?.pv !== true) run.assume('pv-default-on')
  return true
}

/** Whether the host has 32-bit PV guests, and if not, why. */
export type Pv32 = 'present' | 'not-built' | 'off-by-default' | 'off-at-run-time' | 'needs-boot-option'

export function pv32Of(run: LoaderRun): Pv32 {
  const { build, capabilities, commandLine } = run.subject.options
  if (capabilities?.xen !== undefined) {
    return capabilities.xen.includes('xen-3.0-x86_32p') ? 'present' : 'not-built'
  }
  if (build?.pv32 === false) return 'not-built'
  const gate = run.ask.gate('pv32')
  if (gate === 'always') return 'present'
  if (commandLine?.pv32 === false) return 'off-at-run-time'
  if (build?.pv32 === true) return 'present'
  if (gate === 'boot-option') {
    if (commandLine?.pv32 === true) return 'present'
    run.assume('pv32-boot-option')
    return 'needs-boot-option'
  }
  run.assume(gate === 'default-on' ? 'pv32-default-on' : 'pv32-default-off')
  return gate === 'default-on' ? 'present' : 'off-by-default'
}

/** Why a host has no 32-bit PV guests. */
export const PV32_REASONS: Readonly<Record<Exclude<Pv32, 'present'>, Reason>> = {
  'not-built': because('pv32-not-built'),
  'off-by-default': because('pv32-off-by-default'),
  'off-at-run-time': because('pv32-off-at-run-time'),
  'needs-boot-option': because('pv32-needs-boot-option'),
}

/** False where the host has no HVM guests, and so no PVH. */
export function hasHvm(run: LoaderRun): boolean {
  const { build, capabilities } = run.subject.options
  if (build?.pvh === false) return false
  if (capabilities?.xen !== undefined) return capabilities.xen.some(type => type.startsWith('hvm-'))
  const virt = capabilities?.virt ?? []
  if (virt.length > 0) return virt.includes('hvm')
  if (run.ask.gate('config-hvm') !== 'always' && build?.pvh !== true) run.assume('hvm-default-on')
  return true
}
