/**
 * What an upgrade of the host changes for guests that boot by pygrub or PV-GRUB, whatever their kernel is.
 * @module
 */
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import { releaseIndex } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { type GuestCause, type GuestCauseCode, guestCause } from './guest-causes.ts'

interface PathChange {
  /** The boot path that is concerned. */
  path: 'pygrub' | 'pv-grub'
  /** The first release that has it. */
  since: string
  code: GuestCauseCode
}

/** Evidence: the gates of the components pygrub and pv-grub (`releases --component`). */
const CHANGES: readonly PathChange[] = [
  { path: 'pygrub', since: '4.13.0', code: 'pygrub-default-by-title' },
  { path: 'pygrub', since: '4.13.0', code: 'pygrub-python' },
  { path: 'pygrub', since: '4.19.0', code: 'pygrub-path-gone' },
  { path: 'pv-grub', since: '4.16.0', code: 'pv-grub-on-request' },
]

/** What may change for guests that boot by `paths` when a host goes from one version to another, their disks unknown. */
export function pathChanges(paths: Iterable<string>, from: string, to: string): GuestCause[] {
  const used = new Set<string>()
  for (const text of paths) {
    const path = parseBootPath(text)
    // A PV-GRUB of a release that is named is a file that is kept.
    if (typeof path !== 'string' && !(path.path === 'pv-grub' && path.version !== undefined))
      used.add(path.path)
  }
  if (used.size === 0) return []
  return CHANGES.filter(({ path, since }) => used.has(path) && crosses(from, to, since)).map(({ code }) =>
    guestCause(code),
  )
}

/** True where the oldest release that `from` may mean is older than `since`, and the newest that `to` may mean is not. */
export function crosses(from: string, to: string, since: string): boolean {
  const oldest = parseXenVersion(from).ask.at(0)
  const newest = parseXenVersion(to).ask.at(-1)
  if (oldest === undefined || newest === undefined) return false
  return releaseIndex(oldest)! < releaseIndex(since)! && releaseIndex(since)! <= releaseIndex(newest)!
}
