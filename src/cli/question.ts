/**
 * From `--xen`, `--inventory` and `--mode` to the question that every image is asked.
 * @module
 */
import {
  type AskedVersions,
  askedQuestion,
  askedVersions,
  hostInventory,
  versionInventory,
} from '../findings/asked-versions.ts'
import { groupBuilds } from '../findings/builds.ts'
import { plural } from '../findings/plural.ts'
import { DEFAULT_MODES, declaredModes, fleetQuestion, type Question } from '../findings/question.ts'
import type { Placement } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { InventoryProblem } from '../inventory/problem.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import type { Release } from '../xen/releases.ts'
import { tell } from './screen.ts'
import type { TargetFlags } from './target-options.ts'

/** The versions that `--xen` names, with what is to be known of them said on stderr. Throws a QuestionError for what is no version. */
export function toldVersions(text: string, build?: BuildFacts): AskedVersions {
  const versions = askedVersions(text, build)
  for (const remark of versions.remarks) tell(remark)
  return versions
}

/** The releases that `--xen` names, whoever built them. Throws a QuestionError for what is no version. */
export function askedReleases(text: string): Release[] {
  const asked = text.split(',').flatMap(item => {
    const { upstream, named } = toldVersions(item)
    return [...upstream, ...named.flatMap(({ target }) => target.version.ask)]
  })
  return [...new Set(asked)]
}

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
    const versions = toldVersions(xen, build)
    const question = askedQuestion(versions, mode ?? DEFAULT_MODES, build)
    return { question, inventory: versionInventory(versions), problems: [] }
  }
  if (files === undefined) return { problems: [] }
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('./load-inventory.ts')
  const { hosts, placements, problems } = loadInventory(files, map)
  tellOfPaths(placements)
  const question = fleetQuestion(groupBuilds(hosts, build), mode ?? declaredModes(hosts))
  return { question, inventory: { ...hostInventory(hosts), problems: [...problems] }, problems }
}

/** A scan asks every kernel on every host: how the guests of placements find their kernels does not count. */
function tellOfPaths(placements: readonly Placement[]): void {
  const count = placements.filter(({ boot }) => boot !== undefined && boot !== 'direct').length
  if (count === 0) return
  const names = plural(count, 'placement names a boot path', 'placements name a boot path')
  tell(`${names}, and scan asks every kernel on every host without one: audit and upgrade ask as placed`)
}
