/**
 * `xen-preflight explain`: the loader's walk over one image.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { groupBuilds, type JudgedBuild } from '../findings/builds.ts'
import type { ColumnMap } from '../inventory/columns.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { type BootPath, parseBootPath } from '../xen/boot-path/boot-path.ts'
import type { BuildFacts } from '../xen/build-option.ts'
import { EXIT_DONE } from './exit-codes.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'
import { print } from './sink.ts'
import { buildOption, collect, mapOption } from './target-options.ts'

const EXAMPLES = `
Examples:
  Why does 4.1.6.1 refuse this kernel?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1
  Where do two releases part?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1,4.2.0
  What do all releases say, and what the hosts of a fleet?
    $ xen-preflight explain vmlinuz-6.12 --xen all
    $ xen-preflight explain vmlinuz-6.12 --inventory fleet.yaml --brief
  Why does GRUB 2.06 not start it?
    $ xen-preflight explain vmlinuz-6.12 --boot pvgrub2@2.06
  As dom0, for other programs
    $ xen-preflight explain vmlinuz-6.12 --xen 4.22.0 --mode pvh-dom0 -o json`

export interface ExplainFlags extends ReadFlags {
  xen?: string
  boot?: BootPath
  inventory?: string[]
  map?: ColumnMap
  brief?: boolean
  build?: BuildFacts
  mode: BootModeName
  output: 'table' | 'json'
}

function walkedLoader(text: string): BootPath {
  const path = parseBootPath(text)
  if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
  if (path.path === 'pvgrub2' || path.path === 'pvhgrub') return path
  throw new InvalidArgumentError(`expected pvgrub2 or pvhgrub, found ${text}; for the toolstack give --xen.`)
}

export const explainCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('explain')
      .description('Walk through what a release does with an image, stage by stage, each with its source.')
      .argument('<image>', 'a kernel'),
  )
    .addOption(
      new Option('--xen <version[,version]>', 'the release; two to see where they part; or all').conflicts(
        'inventory',
      ),
    )
    .option('--inventory <file>', 'the hosts to ask, in place of releases; may be repeated', collect)
    .addOption(mapOption())
    .addOption(buildOption())
    .addOption(
      new Option('--boot <loader>', "a guest's GRUB in place of releases: pvgrub2@2.06, pvhgrub")
        .argParser(walkedLoader)
        .conflicts(['xen', 'inventory']),
    )
    .option('--brief', 'the verdict alone, without the steps that led to it')
    .addOption(new Option('--mode <mode>', 'the boot mode').choices(bootModes).default('pv-domU'))
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (image: string, flags: ExplainFlags) => {
      const { explainAction } = await import('./explain-action.ts')
      print(explainAction(image, flags, await buildsOf(flags)))
      finish(EXIT_DONE)
    })

async function buildsOf({
  inventory,
  map,
  build,
}: ExplainFlags): Promise<readonly JudgedBuild[] | undefined> {
  if (inventory === undefined) return undefined
  // The formats of inventories are more code than all the rest.
  const { loadInventory } = await import('./load-inventory.ts')
  return groupBuilds(loadInventory(inventory, map).hosts, build)
}
