/**
 * `xen-preflight boot`: which kernel a guest boots from its disk.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { GuestPath } from '../../boot/guest/choose.ts'
import { GuestDisk } from '../../boot/guest-disk.ts'
import { guestView, guestVolumes } from '../../boot/guest-volumes.ts'
import { unreadSentence, walkGuest } from '../../boot/guest-walk.ts'
import { GuestKernels, walkPygrub } from '../../boot/walk.ts'
import { ContainerError } from '../../containers/container-error.ts'
import type { ContainerContext } from '../../containers/context.ts'
import { jsonText } from '../../document/printable.ts'
import { FileIndex } from '../../findings/file-index.ts'
import { ContainerSession } from '../../fleet/container-session.ts'
import { createEngine } from '../../fleet/engines.ts'
import type { ColumnMap } from '../../inventory/columns.ts'
import { targetVersion } from '../../inventory/host.ts'
import { guestDocument, pygrubDocument } from '../../report/boot-document.ts'
import { bootTable, type DiskWalk } from '../../report/boot-table.ts'
import { type Found, type Source, SourceError } from '../../source/source.ts'
import { type BootPath, parseBootPath } from '../../xen/boot-path/boot-path.ts'
import type { Release } from '../../xen/releases.ts'
import { parseXenVersion } from '../../xen/version-string.ts'
import { EXIT_DONE, EXIT_FAILED } from '../exit-codes.ts'
import { imagesAt } from '../files-below.ts'
import { helpText } from '../help-text.ts'
import { askedReleases } from '../question.ts'
import { addRemoteOptions, type RemoteFlags, remoteOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
import { print } from '../sink.ts'
import { stdoutSetter } from '../stdout-setter.ts'
import { collect, mapOption } from '../target-options.ts'

const EXAMPLES = `
Examples:
  Which kernel does this guest boot, by any boot path?
    $ xen-preflight boot web01.img --xen 4.17.4
  Which kernels do the guests of an inventory boot, each on its own host?
    $ xen-preflight boot /srv/disks --inventory fleet.yaml --inventory /etc/xen/guests
  Which kernels does pygrub of each release boot from these disks?
    $ xen-preflight boot /srv/disks/*.img --path pygrub --xen all -o ndjson`

export interface BootFlags extends RemoteFlags {
  path?: BootPath
  xen: string
  inventory?: string[]
  map?: ColumnMap
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
  addRemoteOptions(new Command('boot'))
    .argument('<disk...>', 'disk images, directories of them, references')
    .addOption(
      new Option('--path <path>', 'the boot path, such as pygrub or pvgrub2@2.06 (default: all)')
        .argParser(walkablePath)
        .conflicts('inventory'),
    )
    .addOption(
      new Option(
        '--xen <versions>',
        'releases to ask: 4.1.6.1, a list of them, a series such as 4.17, or all',
      )
        .default('all')
        .conflicts('inventory'),
    )
    .option(
      '--inventory <file>',
      'guests and hosts: each disk is read by the boot path of its guest, on its host; may be repeated',
      collect,
    )
    .addOption(mapOption())
    .option('--extra <arguments>', "the toolstack's arguments for the kernel, as in extra=")
    .option('--restricted', 'apply the limits of the de-privileged pygrub', false)
    .addOption(
      new Option('-o, --output <format>', 'output format')
        .choices(['table', 'json', 'ndjson'])
        .default('table'),
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (disks: string[], flags: BootFlags) => {
      finish(await bootAction(disks, flags))
    })

const GUEST_PATHS: readonly GuestPath[] = ['pv-grub', 'pvgrub2', 'pvhgrub', 'hvm']

/** Prints what each disk boots; the exit code is 1 where a disk could not be read. */
export async function bootAction(disks: string[], flags: BootFlags): Promise<number> {
  const found: Found[] = []
  for await (const file of imagesAt({ paths: disks, remote: remoteOptions(flags), identify: false }))
    found.push(file)
  const asksOf = await asksFor(
    flags,
    found.map(({ address }) => address),
  )
  const engine = createEngine('wasm')
  let exitCode = EXIT_DONE
  const documents: object[] = []
  for (const file of found) {
    try {
      if (file.problem !== undefined) throw new SourceError(file.problem)
      const asks = asksOf(file.address)
      if (asks.length === 0) {
        tell(`${file.address}: no guest of the inventory boots from it`)
        continue
      }
      const source = file.open()
      const session = new ContainerSession('wasm', source, {})
      try {
        for (const ask of asks) {
          const walked = walkDisk(guestView(source, session.context), session.context, ask)
          if (flags.output === 'table') {
            print(bootTable(titleOf(file.address, ask), walked, stdoutSetter()))
            continue
          }
          const lines = [
            ...(walked.pygrub === undefined ? [] : [pygrubDocument(file.address, walked.pygrub)]),
            ...walked.guests.map(({ path, walk: guest }) =>
              guestDocument(file.address, path, guest, walked.unread),
            ),
          ].map(line => ({ ...line, ...(ask.guest !== undefined && { guest: ask.guest, hosts: ask.hosts }) }))
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
      tell(`${file.address}: ${error.message}`)
      exitCode = EXIT_FAILED
    }
  }
  if (found.length === 0) {
    tell(`Cannot tell what boots: there is no file in ${disks.join(', ')}`)
    return EXIT_FAILED
  }
  if (flags.output === 'json') print(`${jsonText(documents, 2)}\n`)
  return exitCode

  function walkDisk(source: Source, context: ContainerContext, ask: DiskAsk): DiskWalk {
    const disk = new GuestDisk(source, context)
    const kernels = new GuestKernels(engine)
    const { args, asked, path: wanted, restricted } = ask
    const options = { ...(args !== undefined && { args }), restricted }
    const volumes = guestVolumes(source, context)
    const unread = unreadSentence(disk, volumes)
    const paths = wanted === undefined ? GUEST_PATHS : GUEST_PATHS.filter(path => path === wanted.path)
    return {
      ...(unread !== undefined && { unread }),
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

/** What is asked of one disk: for one guest of an inventory, or for any. */
interface DiskAsk {
  guest?: string
  /** Where it runs. */
  hosts?: string[]
  /** Absent: all paths. */
  path?: BootPath
  asked: readonly Release[]
  args?: string
  restricted: boolean
}

const titleOf = (address: string, { guest, hosts }: DiskAsk): string =>
  guest === undefined ? address : `${address}: guest ${guest} on ${hosts?.join(', ')}`

/** What to ask of the disk at an address; nothing where the inventory has no guest that boots from it. */
async function asksFor(
  flags: BootFlags,
  addresses: readonly string[],
): Promise<(address: string) => readonly DiskAsk[]> {
  const { extra, restricted } = flags
  if (flags.inventory === undefined) {
    const ask: DiskAsk = {
      ...(flags.path !== undefined && { path: flags.path }),
      asked: askedReleases(flags.xen),
      ...(extra !== undefined && { args: extra }),
      restricted,
    }
    return () => [ask]
  }
  const { loadInventory } = await import('../load-inventory.ts')
  const { guests, hosts } = loadInventory(flags.inventory, flags.map)
  const index = new FileIndex(addresses)
  const asks = new Map<string, DiskAsk[]>()
  for (const guest of guests) {
    const [address, ...others] = guest.disks[0] === undefined ? [] : index.find(guest.disks[0])
    if (address === undefined || others.length > 0 || guest.boot === 'direct') continue
    const running = hosts.filter(({ name }) => guest.hosts === undefined || guest.hosts.includes(name))
    const path = parseBootPath(guest.boot === 'ovmf' ? 'hvm' : guest.boot)
    const args = extra ?? guest.args
    const known = asks.get(address) ?? []
    asks.set(address, known)
    known.push({
      guest: guest.name,
      hosts: running.map(({ name }) => name),
      ...(typeof path !== 'string' && { path }),
      asked: [...new Set(running.flatMap(host => parseXenVersion(targetVersion(host)).ask))],
      ...(args !== undefined && { args }),
      restricted: restricted || guest.restricted === true,
    })
  }
  return address => asks.get(address) ?? []
}
