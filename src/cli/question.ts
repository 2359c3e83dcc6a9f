/**
 * From `--xen`, `--inventory` and `--mode` to the question that every image is asked.
 * @module
 */
import { groupBuilds } from '../findings/builds.ts'
import {
  DEFAULT_MODES,
  declaredModes,
  fleetQuestion,
  type NamedVersion,
  type Question,
  releasesQuestion,
  versionsQuestion,
} from '../findings/question.ts'
import type { Host } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { type Release, releases } from '../xen/releases.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import { versionLabel } from '../xen/version-string.ts'
import { tell } from './screen.ts'
import type { TargetFlags } from './target-options.ts'
import { UsageError } from './usage-error.ts'

/** The releases that `--xen` names, whoever built them. Throws a UsageError for what is no version. */
export function askedReleases(text: string): Release[] {
  if (text === 'all') return [...releases]
  const asked = new Set<Release>()
  for (const item of text.split(',')) {
    for (const release of askedVersion(item, undefined).version.ask) asked.add(release)
  }
  return [...asked]
}

/** One version of `--xen`, with what is to be known of it said on stderr. */
function askedVersion(item: string, build: BuildFacts | undefined): Target {
  const target = resolveTarget(item.trim(), build === undefined ? {} : { build })
  const { version, remarks } = target
  if (version.ask.length === 0) throw new UsageError(remarks.join('; '))
  for (const remark of remarks) tell(remark)
  return target
}

/** What `--xen` names: upstream's releases, oldest first, and versions of vendors and products. */
interface AskedVersions {
  upstream: Release[]
  named: NamedVersion[]
}

function askedVersions(text: string, build: BuildFacts | undefined): AskedVersions {
  if (text === 'all') return { upstream: [...releases], named: [] }
  const asked = new Set<Release>()
  const named: NamedVersion[] = []
  for (const item of text.split(',')) {
    const target = askedVersion(item, build)
    const { version } = target
    if (version.vendor === undefined) for (const release of version.ask) asked.add(release)
    else named.push({ label: versionLabel(version), target })
  }
  return { upstream: releases.filter(release => asked.has(release)), named }
}

/** Upstream's releases are asked together, the others one by one. */
function versionsAsked(
  { upstream, named }: AskedVersions,
  modes: readonly BootModeName[],
  build: BuildFacts | undefined,
): Question {
  const together = upstream.length > 0 ? releasesQuestion(upstream, modes, build) : undefined
  return named.length === 0 && together !== undefined ? together : versionsQuestion(together, named, modes)
}

/** Each version as a host of its own, which is called by it. */
function hostsOf({ upstream, named }: AskedVersions): Host[] {
  const host = (name: string, xen: string): Host => ({
    ...{ name, xen },
    source: { file: '--xen', line: 1, adapter: 'version', how: '--xen' },
  })
  return [
    ...upstream.map(release => host(release, release)),
    ...named.map(({ label, target }) => host(label, target.version.text)),
  ]
}

/** An inventory of the versions that `--xen` names. Throws a UsageError for what is no version. */
export const versionInventory = (text: string, build: BuildFacts | undefined): Inventory =>
  inventoryOf(hostsOf(askedVersions(text, build)))

/** Hosts on which every kernel is asked. */
const inventoryOf = (hosts: Host[]): Inventory => ({
  ...{ hosts, pools: [], placements: [], guests: [], problems: [], readings: [] },
  passedOver: { templates: 0, snapshots: 0, controlDomains: 0 },
})

export interface Asked {
  /** Undefined where neither releases nor hosts are named: then there are facts and no verdicts. */
  question?: Question
  /** What the question is about, as an audit asks it. */
  inventory?: Inventory
  /** What is wrong with the inventory. */
  problems: readonly InventoryProblem[]
}

export async function targetQuestion(flags: TargetFlags): Promise<Asked> {
  const { xen, inventory: files, map, mode, build } = flags
  if (xen !== undefined) {
    const versions = askedVersions(xen, build)
    const question = versionsAsked(versions, mode ?? DEFAULT_MODES, build)
    return { question, inventory: inventoryOf(hostsOf(versions)), problems: [] }
  }
  if (files === undefined) return { problems: [] }
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('./load-inventory.ts')
  const { hosts, problems } = loadInventory(files, map)
  const question = fleetQuestion(groupBuilds(hosts, build), mode ?? declaredModes(hosts))
  return { question, inventory: { ...inventoryOf(hosts), problems: [...problems] }, problems }
}
