/**
 * `xen-preflight list`: the layers of containers and the kernels in them.
 * @module
 */
import { Command, Option } from 'commander'
import { EXIT_DONE, EXIT_FAILED } from './exit-codes.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'
import { tell } from './screen.ts'
import { print } from './sink.ts'
import { UsageError } from './usage-error.ts'

const EXAMPLES = `
Examples:
  What is in this disk?
    $ xen-preflight list web01.qcow2
  Take a kernel out of it
    $ xen-preflight extract 'web01.qcow2!/part2/boot/vmlinuz-6.1.0' -o vmlinuz`

interface ListFlags extends ReadFlags {
  output: 'tree' | 'json'
}

export const listCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('list')
      .description('Print the layers of disks, archives and packages, and the kernels in them.')
      .argument('<container...>', 'disk images, archives, packages'),
  )
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['tree', 'json']).default('tree'))
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: ListFlags) => {
      const { listContainer, listTree } = await import('./list-action.ts')
      let exitCode = EXIT_DONE
      const printed: string[] = []
      for (const path of paths) {
        try {
          const listing = listContainer(path, flags)
          printed.push(flags.output === 'json' ? JSON.stringify(listing, null, 2) : listTree(listing))
        } catch (error) {
          // One bad container never costs the others.
          if (!(error instanceof UsageError)) throw error
          tell(error.message)
          exitCode = EXIT_FAILED
        }
      }
      print(flags.output === 'json' ? `[${printed.join(',\n')}]\n` : printed.join('\n'))
      finish(exitCode)
    })
