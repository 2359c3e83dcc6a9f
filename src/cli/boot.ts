/**
 * `xen-preflight boot`: which kernel a guest boots from its disk.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type BootPath, parseBootPath } from '../xen/boot-path/boot-path.ts'

const EXAMPLES = `
Examples:
  Which kernel does this guest boot, by whatever path?
    $ xen-preflight boot web01.img --xen 4.17.4
  What does pygrub of all releases take from these disks?
    $ xen-preflight boot /srv/disks/*.img --path pygrub --xen all -o ndjson`

export interface BootFlags {
  path?: BootPath
  xen: string
  extra?: string
  restricted: boolean
  output: 'table' | 'json' | 'ndjson'
}

/** Paths that lead over a guest's disk, and are walked. */
const WALKED: ReadonlySet<string> = new Set(['pygrub', 'pv-grub', 'pvgrub2', 'pvhgrub', 'hvm'])

function walkablePath(text: string): BootPath {
  const path = parseBootPath(text)
  if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
  if (WALKED.has(path.path)) return path
  throw new InvalidArgumentError(`expected one of ${[...WALKED].join(', ')}, found ${text}.`)
}

export const bootCommand = (finish: (code: number) => void): Command =>
  new Command('boot')
    .description('Tell which kernel a guest boots from its disk, by which path, and what becomes of it.')
    .argument('<disk...>', 'disk images, or directories of them')
    .addOption(
      new Option('--path <path>', 'the boot path, as in pygrub or pvgrub2@2.06 (default: all)').argParser(
        walkablePath,
      ),
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
