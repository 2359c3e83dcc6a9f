/**
 * `xen-preflight boot`: which kernel a guest boots from its disk.
 * @module
 */
import { Command, Option } from 'commander'
import type { BOOT_PATHS } from '../xen/boot-path/boot-path.ts'

const EXAMPLES = `
Examples:
  Which kernel does this guest boot, by whatever path?
    $ xen-preflight boot web01.img --xen 4.17.4
  What does pygrub of all releases take from these disks?
    $ xen-preflight boot /srv/disks/*.img --path pygrub --xen all -o ndjson`

export interface BootFlags {
  path?: (typeof BOOT_PATHS)[number]
  xen: string
  extra?: string
  restricted: boolean
  output: 'table' | 'json' | 'ndjson'
}

export const bootCommand = (finish: (code: number) => void): Command =>
  new Command('boot')
    .description('Tell which kernel a guest boots from its disk, by which path, and what becomes of it.')
    .argument('<disk...>', 'disk images, or directories of them')
    .addOption(
      new Option('--path <path>', 'the boot path (default: all)').choices([
        'pygrub',
        'pvgrub2',
        'pvhgrub',
        'hvm',
      ]),
    )
    .option(
      '--xen <versions>',
      'releases to ask: 4.1.6.1, a list of them, a series such as 4.17, or all',
      'all',
    )
    .option('--extra <arguments>', "the toolstack's own arguments for the kernel, as extra= has them")
    .option('--restricted', 'run pygrub de-privileged, with its limits', false)
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['table', 'json', 'ndjson'])
        .default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (disks: string[], flags: BootFlags) => {
      const { bootAction } = await import('./boot-action.ts')
      finish(await bootAction(disks, flags))
    })
