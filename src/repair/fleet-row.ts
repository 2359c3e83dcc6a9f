/**
 * Repairs of a fleet: which kernel becomes which file, for what, and the command that does it.
 * @module
 */
import { shellWord } from '../document/shell-word.ts'
import type { Facts } from '../facts/facts.ts'
import type { RepairChoice } from './plan.ts'

/** One kernel that something refuses where it should run. */
export interface FleetRepair {
  /** The address that is repaired, and others with the same bytes. */
  image: string
  copies: readonly string[]
  facts: Facts
  choice: RepairChoice
  /** Guests that are refused now, and those of them that start then. */
  refused: number
  cured: number
  /** The targets as `--for` takes them. */
  targets: readonly string[]
  /** Where the repaired kernel goes; absent where no change helps. */
  output?: string
}

/** What is the same in every line of a script. */
export interface FleetOptions {
  inventory: readonly string[]
  directory: string
  /** Words that follow the command, as they were given: `--build pv32=true`. */
  rest: readonly string[]
}

/** The command that repairs one kernel, as its words. */
export function repairWords(
  { image, targets, output, choice }: FleetRepair,
  options: FleetOptions,
): string[] {
  return [
    ...['xen-preflight', 'repair', image],
    ...options.inventory.flatMap(file => ['--inventory', file]),
    ...options.rest,
    ...forWords(targets),
    ...(choice.plan.open.length > 0 ? ['--partial'] : []),
    ...['-o', output ?? ''],
  ]
}

export const repairCommandLine = (repair: FleetRepair, options: FleetOptions): string =>
  repairWords(repair, options).map(shellWord).join(' ')

/** One list, but for names that have a comma in them. */
function forWords(targets: readonly string[]): string[] {
  const plain = targets.filter(target => !target.includes(','))
  const rest = targets.filter(target => target.includes(','))
  return [
    ...(plain.length > 0 ? ['--for', plain.join(',')] : []),
    ...rest.flatMap(target => ['--for', target]),
  ]
}

/** A shell script that makes every repair, one line a kernel. It goes on after a failure, and ends with 1 then. */
export function fleetScript(repairs: readonly FleetRepair[], options: FleetOptions, tool: string): string {
  const lines = repairs.filter(({ output }) => output !== undefined)
  return `${[
    '#!/bin/sh',
    `# Written by ${tool}: one line a kernel. Nothing is written over what is there under another name.`,
    'status=0',
    `mkdir -p ${shellWord(options.directory)}`,
    ...lines.map(repair => `${repairCommandLine(repair, options)} || status=1`),
    'exit $status',
  ].join('\n')}\n`
}
