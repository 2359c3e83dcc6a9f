/**
 * From `--xen`, `--inventory` and `--mode` to the question that every image is asked.
 * @module
 */
import { groupBuilds } from '../findings/builds.ts'
import { fleetQuestion, type Question, releasesQuestion } from '../findings/question.ts'
import type { Host } from '../inventory/host.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { type Release, releases } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import { tell } from './screen.ts'
import type { TargetFlags } from './target-options.ts'
import { UsageError } from './usage-error.ts'

const DEFAULT_MODES: readonly BootModeName[] = [bootModes[0]!]

/** The releases that `--xen` names. Throws a UsageError for what is no version. */
export function askedReleases(text: string): Release[] {
  if (text === 'all') return [...releases]
  const asked = new Set<Release>()
  for (const item of text.split(',')) {
    const version = parseXenVersion(item)
    if (version.ask.length === 0) throw new UsageError(version.remarks.join('; '))
    for (const remark of version.remarks) tell(remark)
    for (const release of version.ask) asked.add(release)
  }
  return [...asked]
}

export interface Asked {
  /** Undefined where neither releases nor hosts are named: then there are facts and no verdicts. */
  question?: Question
  /** What is wrong with the inventory. */
  problems: readonly InventoryProblem[]
}

export async function targetQuestion({ xen, inventory: files, map, mode }: TargetFlags): Promise<Asked> {
  if (xen !== undefined) {
    return { question: releasesQuestion(askedReleases(xen), mode ?? DEFAULT_MODES), problems: [] }
  }
  if (files === undefined) return { problems: [] }
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('./load-inventory.ts')
  const { hosts, problems } = loadInventory(files, map)
  return { question: fleetQuestion(groupBuilds(hosts), mode ?? declaredModes(hosts)), problems }
}

/** The modes that the hosts say that they run, where they say so. */
export function declaredModes(hosts: readonly Host[]): readonly BootModeName[] {
  const declared = new Set(hosts.flatMap(host => host.modes ?? []))
  return declared.size === 0 ? DEFAULT_MODES : bootModes.filter(mode => declared.has(mode))
}
