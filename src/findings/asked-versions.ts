/**
 * Versions of Xen that a person names, and what is asked about them: releases, series, vendors' builds and products.
 * @module
 */
import type { Host } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { type Release, releases } from '../xen/releases.ts'
import { resolveTarget } from '../xen/target.ts'
import { versionLabel } from '../xen/version-string.ts'
import { type NamedVersion, type Question, releasesQuestion, versionsQuestion } from './question.ts'
import { QuestionError } from './question-error.ts'

/** Upstream's releases, oldest first, and versions of vendors and products. */
export interface AskedVersions {
  upstream: Release[]
  named: NamedVersion[]
  /** What is to be known of them. */
  remarks: string[]
}

/** Reads a list with commas, or `all`. Throws a QuestionError for what is no version. */
export function askedVersions(text: string, build?: BuildFacts): AskedVersions {
  if (text === 'all') return { upstream: [...releases], named: [], remarks: [] }
  const asked = new Set<Release>()
  const named: NamedVersion[] = []
  const remarks: string[] = []
  for (const item of text.split(',')) {
    const target = resolveTarget(item.trim(), build === undefined ? {} : { build })
    const { version } = target
    if (version.ask.length === 0) throw new QuestionError(target.remarks.join('; '))
    remarks.push(...target.remarks)
    if (version.vendor === undefined) for (const release of version.ask) asked.add(release)
    else named.push({ label: versionLabel(version), target })
  }
  return { upstream: releases.filter(release => asked.has(release)), named, remarks }
}

/** Upstream's releases are asked together, the others one by one. */
export function askedQuestion(
  { upstream, named }: AskedVersions,
  modes: readonly BootModeName[],
  build?: BuildFacts,
): Question {
  const together = upstream.length > 0 ? releasesQuestion(upstream, modes, build) : undefined
  return named.length === 0 && together !== undefined ? together : versionsQuestion(together, named, modes)
}

/** An inventory of the versions: each is a host of its own, which is called by it. */
export function versionInventory({ upstream, named }: AskedVersions): Inventory {
  const host = (name: string, xen: string): Host => ({
    ...{ name, xen },
    source: { file: '--xen', line: 1, adapter: 'version', how: '--xen' },
  })
  return hostInventory([
    ...upstream.map(release => host(release, release)),
    ...named.map(({ label, target }) => host(label, target.version.text)),
  ])
}

/** Hosts on which every kernel is asked. */
export const hostInventory = (hosts: Host[]): Inventory => ({
  ...{ hosts, pools: [], placements: [], guests: [], problems: [], readings: [] },
  passedOver: { templates: 0, snapshots: 0, controlDomains: 0 },
})
