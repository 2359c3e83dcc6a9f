/**
 * `xen-preflight boot`: which kernel a guest boots from its disk.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { GuestPath } from '../../boot/guest/choose.ts'
import { GuestDisk } from '../../boot/guest-disk.ts'
import { guestView, guestVolumes } from '../../boot/guest-volumes.ts'
import { walkGuest } from '../../boot/guest-walk.ts'
import { GuestKernels, walkPygrub } from '../../boot/walk.ts'
import { ContainerError } from '../../containers/container-error.ts'
import type { ContainerContext } from '../../containers/context.ts'
import { jsonText } from '../../document/printable.ts'
import { ContainerSession } from '../../fleet/container-session.ts'
import { createEngine } from '../../fleet/engines.ts'
import { guestDocument, pygrubDocument } from '../../report/boot-document.ts'
import { bootTable, type DiskWalk } from '../../report/boot-table.ts'
import { painter } from '../../report/style.ts'
import { walk } from '../../source/node/walk.ts'
import { type Source, SourceError } from '../../source/source.ts'
import { type BootPath, parseBootPath } from '../../xen/boot-path/boot-path.ts'
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts'
import { askedReleases } from '../question.ts'
import { tell, wantsColour } from '../screen.ts'
import { print } from '../sink.ts'

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
      finish(await bootAction(disks, flags))
    })

const GUEST_PATHS: readonly GuestPath[] = ['pv-grub', 'pvgrub2', 'pvhgrub', 'hvm']

/** Prints what each disk boots; the exit code is 1 where a disk could not be read. */
export async function bootAction(disks: string[], flags: BootFlags): Promise<number> {
  const asked = askedReleases(flags.xen)
  const engine = createEngine('wasm')
  let exitCode = EXIT_DONE
  const documents: object[] = []
  for (const found of walk(disks)) {
    try {
      if (found.problem !== undefined) throw new SourceError(found.problem)
      const source = found.open()
      const session = new ContainerSession('wasm', source, {})
      try {
        const walked = walkDisk(guestView(source, session.context), session.context)
        if (flags.output === 'table') print(bootTable(found.address, walked, painter(wantsColour())))
        else {
          const lines = [
            ...(walked.pygrub === undefined ? [] : [pygrubDocument(found.address, walked.pygrub)]),
            ...walked.guests.map(({ path, walk: guest }) => guestDocument(found.address, path, guest)),
          ]
          if (flags.output === 'ndjson') print(lines.map(line => `${jsonText(line)}\n`).join(''))
          else documents.push(...lines)
        }
      } finally {
        session.close()
        source.close()
      }
    } catch (error) {
      // One bad disk never costs the others.
      if (!(error instanceof SourceError || error instanceof ContainerError)) throw error
      tell(`${found.address}: ${error.message}`)
      exitCode = EXIT_FAILED
    }
  }
  if (flags.output === 'json') print(`${jsonText(documents, 2)}\n`)
  return exitCode

  function walkDisk(source: Source, context: ContainerContext): DiskWalk {
    const disk = new GuestDisk(source, context)
    const kernels = new GuestKernels(engine)
    const wanted = flags.path
    const options = {
      ...(flags.extra !== undefined && { args: flags.extra }),
      restricted: flags.restricted,
    }
    const volumes = guestVolumes(source, context)
    const paths = wanted === undefined ? GUEST_PATHS : GUEST_PATHS.filter(path => path === wanted.path)
    return {
      ...((wanted === undefined || wanted.path === 'pygrub') && {
        pygrub: walkPygrub(disk, kernels, asked, options),
      }),
      guests: paths.map(path => ({
        path,
        walk: walkGuest(disk, kernels, volumes, { ...(wanted ?? {}), path } as BootPath & {
          path: GuestPath
        }),
      })),
    }
  }
}
