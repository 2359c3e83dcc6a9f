/**
 * `xen-preflight explain`: the loader's walk over one image.
 * @module
 */
import { Command, Option } from 'commander'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { EXIT_DONE } from './exit-codes.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'
import { print } from './sink.ts'

const EXAMPLES = `
Examples:
  Why does 4.1.6.1 refuse this kernel?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1
  Where do two releases part?
    $ xen-preflight explain vmlinuz-3.13-pvh --xen 4.1.6.1,4.2.0
  As dom0, for other programs
    $ xen-preflight explain vmlinuz-6.12 --xen 4.22.0 --mode pvh-dom0 -o json`

export interface ExplainFlags extends ReadFlags {
  xen: string
  mode: BootModeName
  output: 'table' | 'json'
}

export const explainCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('explain')
      .description('Walk through what a release does with an image, stage by stage, each with its source.')
      .argument('<image>', 'a kernel'),
  )
    .requiredOption('--xen <version[,version]>', 'the release; two to see where they part')
    .addOption(new Option('--mode <mode>', 'the boot mode').choices(bootModes).default('pv-domU'))
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (image: string, flags: ExplainFlags) => {
      const { explainAction } = await import('./explain-action.ts')
      print(explainAction(image, flags))
      finish(EXIT_DONE)
    })
