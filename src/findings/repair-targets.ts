/**
 * From releases, hosts and boot paths that a person names to what a repaired kernel has to start on.
 * @module
 */
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
import type { JudgedBuild } from './builds.ts'
import { modesOf } from './placement.ts'
import { QuestionError } from './question-error.ts'

/** What a repaired kernel is wanted for. */
export interface RepairWish {
  /** Lists with commas of releases, series, ranges, products, hosts of `builds` and boot paths, or `all`. */
  for: readonly string[]
  /** Absent: pv-domU, or the modes that hosts declare. */
  modes?: readonly BootModeName[]
  boot?: readonly BootPath[]
  /** Those of an inventory; where no host of it is named, all of them are meant. */
  builds?: readonly JudgedBuild[]
  /** What is known of builds of which nothing else is. */
  build?: BuildFacts
}

export interface RepairTargets {
  /** Empty where nothing is named. */
  targets: RepairTarget[]
  /** What is to be known of the versions that were named. */
  remarks: string[]
}

const DEFAULT_MODES: readonly BootModeName[] = ['pv-domU']

/** Throws a QuestionError for what is no release, range, host or boot path. */
export function repairTargets(wish: RepairWish): RepairTargets {
  const { modes, boot = [], builds = [] } = wish
  const items = wish.for.flatMap(text => text.split(',')).map(text => text.trim())
  const named = namedHosts(items, builds, modes)
  const remarks: string[] = []
  const context: Context = {
    modes: modes ?? DEFAULT_MODES,
    options: wish.build === undefined ? {} : { build: wish.build },
    remarks,
  }
  const rest = items.filter(item => item !== '' && !named.hosts.has(item))
  const targets = [
    ...rest.flatMap(item => targetsOf(item, context)),
    ...boot.filter(hasOwnLoader).map(loaderTarget),
    ...named.targets,
    ...(named.hosts.size > 0 ? [] : builds.flatMap(build => buildTargets(build, modes))),
  ]
  return { targets, remarks }
}

/** The builds of hosts that are named. */
function namedHosts(
  items: readonly string[],
  builds: readonly JudgedBuild[],
  modes: readonly BootModeName[] | undefined,
) {
  const buildOf = (item: string) => builds.find(build => build.hosts.includes(withoutMode(item).name))
  const hosts = new Set(items.filter(item => buildOf(item) !== undefined))
  const targets = new Map<string, RepairTarget>()
  for (const item of hosts) {
    const own = withoutMode(item).mode ?? modes
    for (const target of buildTargets(buildOf(item)!, own)) targets.set(targetName(target), target)
  }
  return { hosts, targets: [...targets.values()] }
}

/** An item may say in which mode: `4.17.4:pv-dom0`. */
function withoutMode(item: string): { name: string; mode?: readonly BootModeName[] } {
  const mode = bootModes.find(known => item.endsWith(`:${known}`))
  return mode === undefined ? { name: item } : { name: item.slice(0, -mode.length - 1), mode: [mode] }
}

/** A build in each mode; without modes in those that its hosts declare. */
function buildTargets(
  { label, hosts, version, options, members }: JudgedBuild,
  modes: readonly BootModeName[] | undefined,
): RepairTarget[] {
  const target = resolveTarget(version, options)
  const own = new Set(members.filter(host => host.modes !== undefined).flatMap(modesOf))
  const asked = modes ?? (own.size === 0 ? DEFAULT_MODES : [...own])
  return asked.map(mode => hypervisorTarget(label, target, mode, hosts))
}

interface Context {
  modes: readonly BootModeName[]
  /** One object for all of upstream's releases: what is computed for one serves the others. */
  options: Target['options']
  remarks: string[]
}

function targetsOf(item: string, context: Context): RepairTarget[] {
  const path = parseBootPath(item)
  if (typeof path !== 'string') return hasOwnLoader(path) ? [loaderTarget(path)] : []
  const { name, mode: modes = context.modes } = withoutMode(item)
  const { options } = context
  return versionsOf(name, context).flatMap(({ label, target }) =>
    modes.map(each =>
      hypervisorTarget(label, target.version.vendor === undefined ? { ...target, options } : target, each),
    ),
  )
}

interface Named {
  label: string
  target: Target
}

function versionsOf(item: string, context: Context): Named[] {
  if (item === 'all') return releases.map(release => ofRelease(release))
  const range = /^(.+?)\.\.(.+)$/.exec(item)
  if (range !== null) {
    const [since, until] = [range[1]!, range[2]!].map(text => resolve(text, context))
    const first = releaseIndex(since!.releases[0]!)!
    const last = releaseIndex(until!.releases.at(-1)!)!
    if (first > last)
      throw new QuestionError(`Cannot repair for ${item}: ${range[1]} is newer than ${range[2]}`)
    return releases.slice(first, last + 1).map(release => ofRelease(release))
  }
  const target = resolve(item, context)
  context.remarks.push(...target.remarks)
  const { version } = target
  if (version.vendor !== undefined) return [{ label: versionLabel(version), target }]
  // Of a series each release counts by itself, as all of them may be meant.
  return target.releases.map(release => ofRelease(release))
}

const ofRelease = (release: Release): Named => ({ label: release, target: resolveTarget(release) })

function resolve(text: string, { options }: Context): Target {
  const target = resolveTarget(text, options)
  if (target.releases.length > 0) return target
  throw new QuestionError(
    `Cannot repair for ${text}: ${target.remarks.join('; ') || 'it is no release that is known'}`,
  )
}
