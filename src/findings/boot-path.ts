/**
 * Guests whose kernel is not read by Xen's own loader: no release can be asked what becomes of them.
 * @module
 */
import type { BootPath } from '../inventory/host.ts'
import { type BootModeName, parseBootMode } from '../xen/boot-mode.ts'
import type { FullVerdict } from './model.ts'

/**
 * Legacy PV-GRUB carries the libxc of the release that it was built with (stubdom/grub/kexec.c), GRUB 2 a loader of
 * its own (grub-core/loader/i386/xen.c). pygrub only takes the kernel out of the guest's disk: the toolstack loads it.
 */
const OWN_LOADER: Partial<Record<BootPath, string>> = {
  pvgrub: 'PV-GRUB',
  pvgrub2: 'GRUB 2 for Xen',
}

const PYGRUB =
  "pygrub takes the kernel from the guest's own disk: that it is this one is the inventory's word"

const REMEDIES = [
  'Start one such guest on a host of this build, and see',
  'Boot it directly or by pygrub: then the loader of Xen decides, which can be asked',
]

/** What a loader's verdict is worth to guests that boot by `paths`. */
export function byBootPath(
  verdict: FullVerdict,
  mode: BootModeName,
  paths: readonly (BootPath | undefined)[],
): FullVerdict {
  // A dom0 is built by the hypervisor, and a mode that is not there starts nothing by any path.
  if (parseBootMode(mode).role === 'dom0' || verdict.verdict === 'unavailable') return verdict
  const own = paths.flatMap(path => (path !== undefined && OWN_LOADER[path]) || [])
  if (own.length === 0) return paths.includes('pygrub') ? assuming(verdict, PYGRUB) : verdict
  const by = own.join(' or ')
  const mixed = own.length < paths.length
  if (mixed && verdict.verdict === 'refuses') {
    return assuming(verdict, `Some of these guests boot by ${by}, which reads the kernel itself`)
  }
  return {
    verdict: 'uncertain',
    code: 'boot-path',
    reason: mixed
      ? `Some of these guests boot by ${by}, which reads the kernel itself: the loader of Xen answers for the others only`
      : `These guests boot by ${by}, which reads the kernel itself: the loader of Xen is not asked`,
    remedies: REMEDIES,
    assumptions: verdict.assumptions,
    evidence: [],
  }
}

const assuming = (verdict: FullVerdict, text: string): FullVerdict => ({
  ...verdict,
  assumptions: [...verdict.assumptions, text],
})
