/** What a host's build and capabilities take away from its release. */
import type { LoaderRun } from './loader-run.ts'

/** False where the host has no PV guests: CONFIG_PV is off. */
export function hasPv({ ask, subject }: LoaderRun): boolean {
  const { build, capabilities } = subject.options
  if (build?.pv === false) return false
  if (capabilities?.xen !== undefined) return capabilities.xen.some(type => type.startsWith('xen-'))
  // Older hypervisors do not say "pv", but they always have it.
  const virt = capabilities?.virt
  const silent = virt === undefined || virt.length === 0 || virt.includes('pv')
  return silent || ask.gate('config-pv') === 'always'
}

/** False where the host has no 32-bit PV guests, as far as it is known. */
export function hasPv32({ subject }: LoaderRun): boolean {
  const { build, capabilities } = subject.options
  if (capabilities?.xen !== undefined) return capabilities.xen.includes('xen-3.0-x86_32p')
  return build?.pv32 !== false
}

/** False where the host has no HVM guests, and so no PVH. */
export function hasHvm({ subject }: LoaderRun): boolean {
  const { xen, virt } = subject.options.capabilities ?? {}
  if (xen !== undefined) return xen.some(type => type.startsWith('hvm-'))
  return virt === undefined || virt.length === 0 || virt.includes('hvm')
}

/** A 32-bit PV guest was taken: notes it where the default build has none, and nothing is known of this one. */
export function assumePv32(run: LoaderRun): void {
  const { build, capabilities } = run.subject.options
  if (build?.pv32 === true || capabilities?.xen !== undefined) return
  if (run.ask.gate('pv32') === 'default-off') run.assume('pv32-default')
}
