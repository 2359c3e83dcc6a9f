/**
 * From `--for`, `--inventory`, `--mode` and `--boot` to what a repaired kernel has to start on.
 * @module
 */
import { groupBuilds, type JudgedBuild } from '../findings/builds.ts'
import { repairTargets } from '../findings/repair-targets.ts'
import type { RepairTarget } from '../repair/target.ts'
import type { BootPath } from '../xen/boot-path/boot-path.ts'
import { tell } from './screen.ts'
import type { TargetFlags } from './target-options.ts'
import { UsageError } from './usage-error.ts'

export interface RepairTargetFlags extends Omit<TargetFlags, 'xen'> {
  for?: string[]
  boot?: BootPath[]
}

/** Throws a UsageError where nothing is named, and a QuestionError for something that is not known. */
export async function askedTargets(flags: RepairTargetFlags): Promise<RepairTarget[]> {
  const { mode, boot, build } = flags
  const { targets, remarks } = repairTargets({
    for: flags.for ?? [],
    builds: await buildsOf(flags),
    ...(mode !== undefined && { modes: mode }),
    ...(boot !== undefined && { boot }),
    ...(build !== undefined && { build }),
  })
  for (const remark of remarks) tell(remark)
  if (targets.length > 0) return targets
  throw new UsageError(
    'Cannot tell what the kernel is to start on: name releases, hosts or boot paths with --for, or an inventory with --inventory',
  )
}

async function buildsOf({ inventory, map, build }: RepairTargetFlags): Promise<JudgedBuild[]> {
  if (inventory === undefined) return []
  const { loadInventory } = await import('./load-inventory.ts')
  return groupBuilds(loadInventory(inventory, map).hosts, build)
}
