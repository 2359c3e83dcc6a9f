/**
 * What an upgrade of the host changes for guests that boot by pygrub or PV-GRUB, whatever their kernel is.
 * @module
 */
import { parseBootPath } from '../xen/boot-path/boot-path.ts'
import { releaseIndex } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'

interface PathChange {
  /** The boot path that is concerned. */
  path: 'pygrub' | 'pv-grub'
  /** The first release that has it. */
  since: string
  /** What changes, and what the tenant can do before what the operator can. */
  text: string
}

/** Evidence: the gates of the components pygrub and pv-grub (`releases --component`). */
const CHANGES: readonly PathChange[] = [
  {
    path: 'pygrub',
    since: '4.13.0',
    text: "From 4.13.0 on pygrub takes entry 0 where a guest's grub.cfg names its default by a title or an id: in the guest set GRUB_DEFAULT to a number, and run update-grub",
  },
  {
    path: 'pygrub',
    since: '4.13.0',
    text: 'From 4.13.0 on pygrub may run under Python 3: it then tries partitions in table order, whatever is active, and loses a configuration that is not UTF-8',
  },
  {
    path: 'pygrub',
    since: '4.19.0',
    text: 'In 4.19.0 /usr/bin/pygrub is gone: write bootloader="pygrub" in the configurations of guests',
  },
  {
    path: 'pv-grub',
    since: '4.16.0',
    text: 'From 4.16.0 on PV-GRUB is built on request only (--enable-pv-grub): keep the binary that there is, which goes on working, or move the guests to pvgrub2',
  },
]

/** What changes for guests that boot by `paths` when a host goes from one version to another. */
export function pathChanges(paths: Iterable<string>, from: string, to: string): string[] {
  const used = new Set<string>()
  for (const text of paths) {
    const path = parseBootPath(text)
    if (typeof path !== 'string') used.add(path.path)
  }
  const oldest = parseXenVersion(from).ask.at(0)
  const newest = parseXenVersion(to).ask.at(-1)
  if (used.size === 0 || oldest === undefined || newest === undefined) return []
  const crosses = (since: string) =>
    releaseIndex(oldest)! < releaseIndex(since)! && releaseIndex(since)! <= releaseIndex(newest)!
  return CHANGES.filter(({ path, since }) => used.has(path) && crosses(since)).map(({ text }) => text)
}
