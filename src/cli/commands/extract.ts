/**
 * `xen-preflight extract`: a file out of a container.
 * @module
 */
import { Command } from 'commander'
import { findConfig } from '../../containers/boot-config.ts'
import type { ContainerContext } from '../../containers/context.ts'
import { openLayer } from '../../containers/layer.ts'
import type { Source } from '../../source/source.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { withImage } from '../image-source.ts'
import { parseAddress } from '../inside.ts'
import { putAll, putSource, writeKernel } from '../kernel-file.ts'
import { addReadOptions, type ReadFlags } from '../read-options.ts'
import { UsageError } from '../usage-error.ts'

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
    new Command('extract').argument(
      '<address>',
      'such as web01.qcow2!/part2/boot/vmlinuz-6.1.0; list prints them',
    ),
  )
    .option('-o, --output <file>', 'output file (default: standard output)')
    .option(
      '--config',
      'copy the bootloader configuration of the volume or file system at the address',
      false,
    )
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (address: string, flags: ExtractFlags) => {
      await extractAction(address, flags)
      finish(EXIT_DONE)
    })

const STDOUT = 1

/** What may have been meant: the container ends with the mark, and the path in it starts with a slash. */
function closest(path: string): string {
  const [container = '', ...rest] = path.split('!')
  const inside = rest.join('!')
  return `${container}!/${inside === '' ? 'part1/boot/vmlinuz' : inside}`
}

/** Throws a UsageError where the address leads to nothing, or the file cannot be written. */
export async function extractAction(address: string, flags: ExtractFlags): Promise<void> {
  const { path, inside } = parseAddress(address)
  const { output } = flags
  if (inside === undefined && !flags.config) {
    throw new UsageError(`${address}: expected an address inside a container, such as ${closest(path)}`)
  }
  const copy = async (source: Source, paths: readonly string[]) => {
    if (output === undefined) putSource(source, bytes => putAll(STDOUT, bytes, 'standard output'))
    else await writeKernel(output, { paths }, file => putSource(source, bytes => file.put(bytes)))
  }
  await withImage(address, flags, async ({ source, paths, context }) =>
    copy(flags.config ? openConfig(source, context, address) : source, paths),
  )
}

/** The configuration in the file system that the source is, or that a disk without a table holds. */
function openConfig(source: Source, context: ContainerContext, address: string): Source {
  let here = source
  while (true) {
    const layer = openLayer(here, context)
    if (layer?.kind === 'disk') here = layer.disk
    else if (layer?.kind === 'stream') here = layer.source
    else if (layer?.kind === 'tree') {
      for (const root of layer.tree.systemRoots ?? [[]]) {
        const found = findConfig(layer.tree, root)
        if (found !== undefined) return layer.tree.open(found.node)
      }
      throw new UsageError(`${address}: the ${layer.format} file system has no bootloader configuration`)
    } else if (layer?.kind === 'volumes') {
      const names = layer.table.volumes.map(({ name }) => name).join(', ')
      throw new UsageError(`${address}: name one of its volumes, as in ${address}!/part1; they are ${names}`)
    } else {
      throw new UsageError(`${address}: there is no file system`)
    }
  }
}
