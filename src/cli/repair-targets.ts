/**
 * From `--for`, `--inventory`, `--mode` and `--boot` to what a repaired kernel has to start on.
 * @module
 */
import { groupBuilds, type JudgedBuild } from '../findings/builds.ts'
import { modesOf } from '../findings/placement.ts'
import {
  hasOwnLoader,
  hypervisorTarget,
  loaderTarget,
  type RepairTarget,
  targetName,
} from '../repair/target.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { type BootPath, parseBootPath } from '../xen/boot-path/boot-path.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { type Release, releaseIndex, releases } from '../xen/releases.ts'
import { resolveTarget, type Target } from '../xen/target.ts'
import { versionLabel } from '../xen/version-string.ts'
import { tell } from './screen.ts'
import type { TargetFlags } from './target-options.ts'
import { UsageError } from './usage-error.ts'

export interface RepairTargetFlags extends Omit<TargetFlags, 'xen'> {
  for?: string[]
  boot?: BootPath[]
}

const DEFAULT_MODES: readonly BootModeName[] = ['pv-domU']

/** Throws a UsageError where nothing is named, or something that is not known. */
export async function repairTargets(flags: RepairTargetFlags): Promise<RepairTarget[]> {
  const items = (flags.for ?? []).flatMap(text => text.split(',')).map(text => text.trim())
  const builds = await buildsOf(flags)
  const named = namedHosts(items, builds, flags)
  const rest = items.filter(item => !named.hosts.has(item))
  const all = named.hosts.size > 0 ? [] : builds.flatMap(build => buildTargets(build, flags.mode))
  const targets = [
    ...rest.flatMap(item => targetsOf(item, flags)),
    ...(flags.boot ?? []).filter(hasOwnLoader).map(loaderTarget),
    ...named.targets,
    ...all,
  ]
  if (targets.length === 0) {
    throw new UsageError(
      'Cannot tell what the kernel is to start on: name releases, hosts or boot paths with --for, or an inventory with --inventory',
    )
  }
  return targets
}

async function buildsOf({ inventory, map, build }: RepairTargetFlags): Promise<JudgedBuild[]> {
  if (inventory === undefined) return []
  const { loadInventory } = await import('./load-inventory.ts')
  return groupBuilds(loadInventory(inventory, map).hosts, build)
}

/** The builds of hosts that are named; without a name, an inventory stands for all of its hosts. */
function namedHosts(items: readonly string[], builds: readonly JudgedBuild[], { mode }: RepairTargetFlags) {
  const buildOf = (item: string) => builds.find(build => build.hosts.includes(withoutMode(item).name))
  const hosts = new Set(items.filter(item => buildOf(item) !== undefined))
  const targets = new Map<string, RepairTarget>()
  for (const item of hosts) {
    const modes = withoutMode(item).mode ?? mode
    for (const target of buildTargets(buildOf(item)!, modes)) targets.set(targetName(target), target)
  }
  return { hosts, targets: [...targets.values()] }
}

/** An item may say in which mode: `4.17.4:pv-dom0`. */
function withoutMode(item: string): { name: string; mode?: readonly BootModeName[] } {
  const mode = bootModes.find(known => item.endsWith(`:${known}`))
  return mode === undefined ? { name: item } : { name: item.slice(0, -mode.length - 1), mode: [mode] }
}

/** A build in each mode; without modes in those that its hosts declare. */
export function buildTargets(
  { label, hosts, version, options, members }: JudgedBuild,
  modes: readonly BootModeName[] | undefined,
): RepairTarget[] {
  const target = resolveTarget(version, options)
  const own = new Set(members.filter(host => host.modes !== undefined).flatMap(modesOf))
  const asked = modes ?? (own.size === 0 ? DEFAULT_MODES : [...own])
  return asked.map(mode => hypervisorTarget(label, target, mode, hosts))
}

function targetsOf(item: string, { mode, build }: RepairTargetFlags): RepairTarget[] {
  const path = parseBootPath(item)
  if (typeof path !== 'string') return hasOwnLoader(path) ? [loaderTarget(path)] : []
  const { name, mode: modes = mode ?? DEFAULT_MODES } = withoutMode(item)
  const options = sharedOptions(build)
  return versionsOf(name, build).flatMap(({ label, target }) =>
    modes.map(each =>
      hypervisorTarget(label, target.version.vendor === undefined ? { ...target, options } : target, each),
    ),
  )
}

/** One object for all of upstream's releases: what is computed for one serves the others. */
const NO_OPTIONS: Target['options'] = {}
let known: { build: BuildFacts; options: Target['options'] } | undefined
function sharedOptions(build: BuildFacts | undefined): Target['options'] {
  if (build === undefined) return NO_OPTIONS
  if (known?.build !== build) known = { build, options: { build } }
  return known.options
}

interface Named {
  label: string
  target: Target
}

function versionsOf(item: string, build: BuildFacts | undefined): Named[] {
  if (item === 'all') return releases.map(release => ofRelease(release))
  const range = /^(.+?)\.\.(.+)$/.exec(item)
  if (range !== null) {
    const [since, until] = [range[1]!, range[2]!].map(text => resolve(text, build))
    const first = releaseIndex(since!.releases[0]!)!
    const last = releaseIndex(until!.releases.at(-1)!)!
    if (first > last) throw new UsageError(`Cannot repair for ${item}: ${range[1]} is newer than ${range[2]}`)
    return releases.slice(first, last + 1).map(release => ofRelease(release))
  }
  const target = resolve(item, build)
  for (const remark of target.remarks) tell(remark)
  const { version } = target
  if (version.vendor !== undefined) return [{ label: versionLabel(version), target }]
  // Of a series each release counts by itself, as all of them may be meant.
  return target.releases.map(release => ofRelease(release))
}

const ofRelease = (release: Release): Named => ({ label: release, target: resolveTarget(release) })

function resolve(text: string, build: BuildFacts | undefined): Target {
  const target = resolveTarget(text, build === undefined ? {} : { build })
  if (target.releases.length > 0) return target
  throw new UsageError(
    `Cannot repair for ${text}: ${target.remarks.join('; ') || 'it is no release that is known'}`,
  )
}
