/**
 * The files that a command reads: no output may take the place of one of them.
 * @module
 */
import { fstatSync, type Stats, statSync } from 'node:fs'
import { inventoryFiles } from './inventory-files.ts'
import { UsageError } from './usage-error.ts'

/** Where a command names files to read, beside images. */
interface NamedInputs {
  config?: string | undefined
  inventory?: readonly string[] | undefined
  facts?: readonly string[] | undefined
  filesFrom?: string | undefined
  /** A hypervisor that a repaired kernel is booted with; true for none. */
  prove?: true | string | undefined
}

/** The files at `images`, and those that the options of the command name. Throws a UsageError where an inventory is not there. */
export function inputFiles(images: readonly string[], named: NamedInputs): string[] {
  const { config, inventory = [], facts = [], filesFrom, prove } = named
  const single = [config, filesFrom, prove === true ? undefined : prove]
  return [...images, ...inventoryFiles(inventory), ...facts, ...single.filter(path => path !== undefined)]
}

const STDIN = 0

/** What is at `input`, `-` for standard input; undefined where that cannot be told. Whoever reads it says why. */
function statsOf(input: string): Stats | undefined {
  try {
    return input === '-' ? fstatSync(STDIN) : statSync(input, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** The one of `inputs` that is the same file as `target`, by whatever name. */
export function inputAt(target: Stats, inputs: readonly string[]): string | undefined {
  // Nothing is lost where a terminal or /dev/null is written to.
  if (target.isCharacterDevice()) return undefined
  return inputs.find(input => {
    const stats = statsOf(input)
    return stats?.dev === target.dev && stats.ino === target.ino
  })
}

/** Throws a UsageError where `output` is one of the files that are to be read. */
export function assertNoInput(output: string, inputs: readonly string[]): void {
  const target = statSync(output, { throwIfNoEntry: false })
  if (target !== undefined && inputAt(target, inputs) !== undefined) {
    throw new UsageError(`Cannot write ${output}: it is one of the files to read`)
  }
}
