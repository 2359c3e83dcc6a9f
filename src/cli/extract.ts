/**
 * `xen-preflight extract`: a file out of a container.
 * @module
 */
import { Command } from 'commander'
import { EXIT_DONE } from './exit-codes.ts'
import { addReadOptions, type ReadFlags } from './read-options.ts'

const EXAMPLES = `
Examples:
  $ xen-preflight extract 'web01.qcow2!/part2/boot/vmlinuz-6.1.0' -o vmlinuz
  The bootloader's configuration of a volume
    $ xen-preflight extract --config 'web01.qcow2!/part2'`

export interface ExtractFlags extends ReadFlags {
  output?: string
  config: boolean
}

export const extractCommand = (finish: (code: number) => void): Command =>
  addReadOptions(
    new Command('extract')
      .description('Copy a kernel, or a bootloader configuration, out of a disk, archive or package.')
      .argument('<address>', 'such as web01.qcow2!/part2/boot/vmlinuz-6.1.0; list prints them'),
  )
    .option('-o, --output <file>', 'where to write it; standard output otherwise')
    .option('--config', 'the bootloader configuration in the volume or file system at the address', false)
    .addHelpText('after', EXAMPLES)
    .action(async (address: string, flags: ExtractFlags) => {
      const { extractAction } = await import('./extract-action.ts')
      await extractAction(address, flags)
      finish(EXIT_DONE)
    })
