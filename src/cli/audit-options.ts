/**
 * The options that `audit` and `upgrade` share.
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander'
import { type ColumnMap, parseColumnMap } from '../inventory/columns.ts'
import type { BootMode } from '../xen/verdict.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'
import { parseModes } from './target-options.ts'

export interface AuditFlags extends ReadFlags {
  inventory: string[]
  facts?: string[]
  map?: ColumnMap
  mode?: BootMode[]
  output?: string[]
  failOn?: string
  all: boolean
  progress: boolean
}

const collect = (value: string, previous: string[] = []) => [...previous, value]

function columns(text: string): ColumnMap {
  const { map, refused } = parseColumnMap(text)
  if (refused.length > 0)
    throw new InvalidArgumentError(`expected FIELD=COLUMN, found ${refused.join(', ')}.`)
  return map
}

/** Adds the options to `command`. */
export const addAuditOptions = (command: Command): Command =>
  addReadOptions(
    command
      .argument('[path...]', 'kernels: files and directories')
      .option('--facts <file>', 'kernels as `scan -o ndjson` wrote them; may be repeated', collect)
      .requiredOption('--inventory <file>', 'hosts: a file or a directory of dumps; may be repeated', collect)
      .option(
        '--map <columns>',
        "columns of a CSV or JSON inventory, as in host=Name,xen='Xen version'",
        columns,
      )
      .option(
        '--mode <modes>',
        'boot modes to ask, or all (default: what the hosts say they run, else pv-domU)',
        parseModes,
      ),
  )
    .option(
      '-o, --output <format[=file]>',
      'table, json, ndjson, csv, markdown, sarif, junit or html; may be repeated (default: table)',
      collect,
    )
    .option(
      '--fail-on <findings>',
      'what makes the exit code 2: refuses, uncertain, breaks, never, or causes by name',
    )
    .option('--all', 'cut no list in the table', false)
    .option('--no-progress', 'draw no progress bar')
