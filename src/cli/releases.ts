/**
 * `xen-preflight releases`: what is known of Xen's releases.
 * @module
 */
import { Command, Option } from 'commander'
import { EXIT_DONE } from './exit-codes.ts'
import { print } from './sink.ts'

const EXAMPLES = `
Examples:
  All releases that are known, and what changed in each
    $ xen-preflight releases
  What 4.1.6.1 does, each with its source
    $ xen-preflight releases 4.1.6.1
  What GRUB's loader for Xen guests does, version by version
    $ xen-preflight releases --component pvgrub2
  What an upgrade changes
    $ xen-preflight releases --diff 4.1.6.1 4.4.4`

interface ReleasesFlags {
  component?: string
  diff: boolean
  output: 'table' | 'json'
}

export const releasesCommand = (finish: (code: number) => void): Command =>
  new Command('releases')
    .description('Print what Xen releases do with kernels, and where that was read.')
    .argument('[version...]', 'none for the list; one for all that it does; two with --diff')
    .addOption(
      new Option('--component <name>', 'a program beside Xen that decides what a guest boots')
        .choices(['pygrub', 'pv-grub', 'pvgrub2', 'pvhgrub'])
        .conflicts('diff'),
    )
    .option('--diff', 'what changes from the first version to the second', false)
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (versions: string[], flags: ReleasesFlags) => {
      const { componentAction, releasesAction } = await import('./releases-action.ts')
      print(
        flags.component === undefined
          ? releasesAction(versions, flags.diff, flags.output)
          : componentAction(flags.component, versions, flags.output),
      )
      finish(EXIT_DONE)
    })
