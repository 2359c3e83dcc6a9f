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

/** What `--xen` names: upstream's releases are asked together, versions of vendors and products one by one. */
function askedVersions(
  text: string,
  modes: readonly BootModeName[],
  build: BuildFacts | undefined,
): Question {
  if (text === 'all') return releasesQuestion(releases, modes, build)
  const asked = new Set<Release>()
  const named: NamedVersion[] = []
  for (const item of text.split(',')) {
    const target = askedVersion(item, build)
    const { version } = target
    if (version.vendor === undefined) for (const release of version.ask) asked.add(release)
    else named.push({ label: versionLabel(version), target })
  }
  const upstream = asked.size > 0 ? releasesQuestion([...asked], modes, build) : undefined
  return named.length === 0 && upstream !== undefined ? upstream : versionsQuestion(upstream, named, modes)
}

export interface Asked {
  /** Undefined where neither releases nor hosts are named: then there are facts and no verdicts. */
  question?: Question
  /** What is wrong with the inventory. */
  problems: readonly InventoryProblem[]
}

export async function targetQuestion(flags: TargetFlags): Promise<Asked> {
  const { xen, inventory: files, map, mode, build } = flags
  if (xen !== undefined) return { question: askedVersions(xen, mode ?? DEFAULT_MODES, build), problems: [] }
  if (files === undefined) return { problems: [] }
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('./load-inventory.ts')
  const { hosts, problems } = loadInventory(files, map)
  return { question: fleetQuestion(groupBuilds(hosts, build), mode ?? declaredModes(hosts)), problems }
}
