/**
 * Inventory files, read and merged.
 * @module
 */
import { statSync } from 'node:fs'
import { writtenBetween } from '../findings/inventory-age.ts'
import { joinInventories } from '../findings/inventory-faults.ts'
import { plural } from '../findings/plural.ts'
import { ADAPTERS } from '../inventory/adapters/registry.ts'
import type { ColumnMap } from '../inventory/columns.ts'
import { type Inventory, type InventoryOptions, parseInventory } from '../inventory/inventory.ts'
import { type InventoryProblem, leftOut, problemLine } from '../inventory/problem.ts'
import { inventoryFiles, unreadable } from './inventory-files.ts'
import { readTextFile } from './read-text-file.ts'
import { tell } from './screen.ts'
import { UsageError } from './usage-error.ts'

/** When the files were last written; undefined where one is no regular file, whose time says nothing. */
export function inventoryAge(files: readonly string[], created: string): ReturnType<typeof writtenBetween> {
  const times: Date[] = []
  for (const file of files) {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined || !stats.isFile()) return undefined
    times.push(stats.mtime)
  }
  return writtenBetween(times, created)
}

/** Throws a UsageError for a path that was named; one bad file of a directory does not hide the others. */
function readInventory(
  file: string,
  named: boolean,
  options: InventoryOptions,
): Inventory | InventoryProblem {
  let text: string
  try {
    text = readTextFile(file)
  } catch (error) {
    const reason = (error as Error).message
    if (named) throw unreadable(file, reason)
    return {
      code: 'unreadable',
      severity: 'error',
      file,
      message: `expected a file, but ${reason}`,
    }
  }
  return parseInventory(text, file, options)
}

/** So many problems of one kind are told: nobody reads on, and a fleet's tool makes the same fault for every host. */
const TOLD = 20

/** Says on stderr what is wrong with an inventory; reports in JSON have every problem. */
export function tellProblems(problems: readonly InventoryProblem[]): void {
  const counts = new Map<string, number>()
  for (const problem of problems) {
    const kind = `${problem.file}: ${problem.code} ${problem.field?.replace(/\d+/g, '') ?? ''}`.trimEnd()
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    if (count <= TOLD) tell(problemLine(problem))
  }
  for (const [kind, count] of counts) if (count > TOLD) tell(`${kind}: ${count - TOLD} more of these`)
}

/**
 * Reads and merges inventories; what is wrong in them is said on stderr, and the rest is used. Throws a UsageError
 * where a file cannot be read, and where no host is left.
 */
export function loadInventory(paths: readonly string[], columns?: ColumnMap): Inventory {
  const files = inventoryFiles(paths)
  const options = columns === undefined ? {} : { columns }
  const read = files.map(file => readInventory(file, paths.includes(file), options))
  const inventory = joinInventories(read, files)
  const { problems } = inventory
  tellProblems(problems)
  if (problems.some(({ code }) => code === 'unknown-format')) {
    tell(`Known formats of inventories: ${ADAPTERS.map(({ reads }) => reads).join('; ')}`)
  }
  const { hosts } = leftOut(inventory.problems)
  if (hosts > 0) tell(`${plural(hosts, 'host')} left out`)
  if (inventory.hosts.length === 0) {
    throw new UsageError(`Cannot judge anything: there is no host with a version in ${paths.join(', ')}`)
  }
  return inventory
}

/** True where the inventory is wrong in a way that fails a run, which is then said on stderr. */
export function inventoryFails(problems: readonly InventoryProblem[]): boolean {
  // A warning is about what was used all the same, or rightly passed over, such as a machine without Xen.
  const faults = problems.filter(({ severity }) => severity === 'error').length
  if (faults === 0) return false
  const fail = plural(faults, 'fault of the inventory fails', 'faults of the inventory fail')
  tell(`${fail} the run; --fail-on never lets it pass`)
  return true
}
