/**
 * The options that say which hypervisors are asked, and in which boot modes.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { FILTER_KEYS, type KernelFilter, parseKernelFilter } from '../findings/kernel-filter.ts'
import { type ColumnMap, parseColumnMap } from '../inventory/columns.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { addLateOption } from './late-option.ts'

export interface TargetFlags {
  xen?: string
  inventory?: string[]
  map?: ColumnMap
  mode?: BootModeName[]
  build?: BuildFacts
}

/** Reads a list of boot modes, or `all`. */
export function parseModes(text: string): BootModeName[] {
  if (text === 'all') return [...bootModes]
  return text.split(',').map(name => {
    const mode = bootModes.find(known => known === name.trim())
    if (mode === undefined)
      throw new InvalidArgumentError(`expected ${bootModes.join(', ')} or all, found ${name}.`)
    return mode
  })
}

/** The option that names boot modes. */
export const modeOption = (description: string): Option =>
  new Option('--mode <modes>', description).choices([...bootModes, 'all']).argParser(parseModes)

/** For an option that may be repeated. */
export const collect = (value: string, previous: string[] = []) => [...previous, value]

function columns(text: string): ColumnMap {
  const { map, refused } = parseColumnMap(text)
  if (refused.length > 0)
    throw new InvalidArgumentError(`expected FIELD=COLUMN, found ${refused.join(', ')}.`)
  return map
}

/** The option that says what the columns of an inventory hold. */
export const mapOption = (): Option =>
  new Option(
    '--map <columns>',
    "columns of a CSV or JSON inventory, as in host=Name,xen='Xen version'",
  ).argParser(columns)

/** The option that says what the builds have of which nothing else is known. */
export const buildOption = (): Option =>
  new Option(
    '--build <facts>',
    'options of the builds of Xen: full, or KEY=VALUE[,…] such as pv32=true,decoders.xz=false; may be repeated',
  )

/** Every `--select` that was given, and all of them read. */
export interface Selection {
  texts: readonly string[]
  chooses: KernelFilter
}

function select(text: string, before: Selection | undefined): Selection {
  const texts = [...(before?.texts ?? []), text]
  try {
    return { texts, chooses: parseKernelFilter(texts) }
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
}

/** The option that chooses kernels by what they say of themselves. */
export const selectOption = (): Option =>
  new Option(
    '--select <KEY=GLOB[,…]>',
    `only kernels with these properties (${FILTER_KEYS.join(', ')}), as in system=linux,version=6.1.*; may be repeated`,
  ).argParser(select)

/** The option that names versions of Xen. */
export const xenOption = (): Option =>
  new Option(
    '--xen <versions>',
    'releases of Xen: 4.1.6.1, a list of them, a series such as 4.17, a product such as "XCP-ng 8.2", or all',
  ).conflicts('inventory')

/** Adds the options to `command`. */
export const addTargetOptions = (command: Command): Command => {
  command
    .addOption(xenOption())
    .option('--inventory <file>', 'hosts: YAML, JSON, CSV, xl info dumps …; may be repeated', collect)
    .addOption(mapOption())
  addLateOption(command, buildOption(), async () => (await import('./build-facts.ts')).parseBuildFacts)
  return command.addOption(modeOption('boot modes, a list of them or all (default: pv-domU)'))
}
