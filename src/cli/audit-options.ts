/**
 * The options that `audit` and `upgrade` share.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type FailOn, parseFailOn } from '../findings/fail-on.ts'
import type { ColumnMap } from '../inventory/columns.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import type { ConfigFlag } from './load-config.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'
import { buildOption, collect, mapOption, modeOption } from './target-options.ts'

/** What `-o` takes. */
export const AUDIT_FORMATS = ['table', 'json', 'ndjson', 'csv', 'markdown', 'sarif', 'junit', 'html'] as const

export interface AuditFlags extends ReadFlags {
  inventory?: string[]
  facts?: string[]
  map?: ColumnMap
  mode?: BootModeName[]
  build?: BuildFacts
  output?: string[]
  config?: ConfigFlag
  failOn?: FailOn
  baseline?: string
  all: boolean
  progress: boolean
}

function failOn(text: string): FailOn {
  try {
    return parseFailOn(text.split(',').map(name => name.trim()))
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
}

/** Adds the options to `command`. */
export const addAuditOptions = (command: Command): Command =>
  addReadOptions(
    command
      .argument('[path...]', 'kernels: files and directories')
      .option('--facts <file>', 'kernels as `scan -o ndjson` wrote them; may be repeated', collect)
      .option('--inventory <file>', 'hosts: a file or a directory of dumps; may be repeated', collect)
      .addOption(mapOption())
      .addOption(buildOption())
      .addOption(modeOption('boot modes to ask (default: what the hosts say they run, else pv-domU)')),
  )
    .addOption(
      new Option('-o, --output <format[=file]>', 'what to write, and where; may be repeated (default: table)')
        .choices(AUDIT_FORMATS)
        .argParser(collect),
    )
    .option('--digest', 'read all of every file for its SHA-256, by which placements may name images', false)
    .option('--config <file>', 'settings and ignore rules (default: xen-preflight.yaml, here or above)')
    .option('--no-config', 'use no configuration')
    .option(
      '--fail-on <findings>',
      'what makes the exit code 2: breaks, refuses or uncertain, each with those before it; causes by name; or never',
      failOn,
    )
    .option('--baseline <file>', 'a JSON report of before: only what is new counts for the exit code')
    .option('--all', 'cut no list in the table', false)
    .option('--no-progress', 'draw no progress bar')
