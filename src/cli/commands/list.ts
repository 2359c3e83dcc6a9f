/**
 * `xen-preflight list`: the layers of containers and the kernels in them.
 * @module
 */
import { Command, Option } from 'commander'
import { describeLayers, type LayerNode, type VolumeNode } from '../../containers/describe.ts'
import { printable } from '../../document/printable.ts'
import { describeLayers as describeKernel } from '../../facts/describe.ts'
import { createEngine } from '../../fleet/engines.ts'
import { reader } from '../../fleet/read-container.ts'
import type { Problem } from '../../problem.ts'
import { imageAddress } from '../../record/key.ts'
import type { ImageRecord } from '../../record/type.ts'
import { columnsOf, fold } from '../../report/fit.ts'
import { isUnread } from '../../xen/unread.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { withContainer } from '../inside.ts'
import { printEach } from '../print-each.ts'
import { addReadOptions, type ReadFlags, scanOptions } from '../read-options.ts'
import { terminalColumns } from '../screen.ts'
import { UsageError } from '../usage-error.ts'

const EXAMPLES = `
Examples:
  What is in this disk?
    $ xen-preflight list web01.qcow2
  Take a kernel out of it
    $ xen-preflight extract 'web01.qcow2!/part2/boot/vmlinuz-6.1.0' -o vmlinuz

Exit codes: 0 done; 2 a part that could not be read; 1 the command failed.`

interface ListFlags extends ReadFlags {
  output: 'tree' | 'json'
}

export const listCommand = (finish: (code: number) => void): Command =>
  addReadOptions(new Command('list').argument('<container...>', 'disk images, archives, packages'))
    .addOption(new Option('-o, --output <format>', 'output format').choices(['tree', 'json']).default('tree'))
    .addHelpText('after', helpText(EXAMPLES))
    .action((paths: string[], flags: ListFlags) => {
      const isJson = flags.output === 'json'
      let hasProblem = false
      const exitCode = printEach(paths, isJson, path => {
        const listing = listContainer(path, flags)
        hasProblem ||= listing.problems.some(({ problem }) => isUnread(problem))
        return isJson ? JSON.stringify(listing, null, 2) : onTerminal(listTree(listing))
      })
      finish(exitCode === EXIT_DONE && hasProblem ? EXIT_FINDINGS : exitCode)
    })

/** A program gets lines whole; on a terminal what is too long goes on below, further to the right. */
function onTerminal(tree: string): string {
  const width = terminalColumns(process.stdout)
  if (process.stdout.isTTY !== true) return tree
  return tree
    .split('\n')
    .flatMap(line => {
      if (columnsOf(line) <= width) return [line]
      const indent = /^ */.exec(line)![0].slice(0, width / 2)
      const [first = '', ...rest] = fold(line.trimStart(), width - indent.length - HANGING.length)
      return [indent + first, ...rest.map(part => indent + HANGING + part)]
    })
    .join('\n')
}

const HANGING = '    '

export interface Listing {
  container: string
  layers: LayerNode
  /** What is to be known of the state of the layers: a journal that was replayed, say. */
  remarks: readonly string[]
  kernels: { image: string; size: number; what: string; problem?: Problem }[]
  /** What cannot be read, with its place. */
  problems: { image: string; problem: Problem }[]
}

/** Throws a UsageError where there is no container at `path`. */
export function listContainer(path: string, flags: ReadFlags): Listing {
  return withContainer(path, flags, (source, session) => {
    const { engine, read } = scanOptions(flags)
    const layers = describeLayers(source, session.context)
    if (layers.format === undefined && layers.problem === undefined) {
      throw new UsageError(`${path}: Cannot list the file: it is no disk, archive or package`)
    }
    const found = reader.read(createEngine(engine), source, read, read.containers ?? {})
    const listing: Listing = {
      container: path,
      layers,
      remarks: [...new Set(session.remarks)],
      kernels: [],
      problems: [],
    }
    for (const { json, inside } of found?.records ?? []) {
      const { kind, facts, problem } = JSON.parse(json) as ImageRecord
      const image = imageAddress(path, inside)
      if (kind !== 'unknown') {
        const what = describeKernel(facts)
        listing.kernels.push({ image, size: facts.size, what, ...(problem !== undefined && { problem }) })
      } else if (problem !== undefined && problem.code !== 'no-kernel-inside') {
        listing.problems.push({ image, problem })
      }
    }
    return listing
  })
}

/** A line a layer, volume and kernel, each below what it is in. */
export function listTree({ container, layers, remarks, kernels, problems }: Listing): string {
  const lines = [printable(container), ...layerLines(layers, '  ')]
  const width = Math.max(0, ...kernels.map(({ image }) => printable(image).length))
  if (kernels.length === 0) lines.push('no kernel was found')
  for (const { image, size, what, problem } of kernels) {
    const said = problem === undefined ? '' : `  ${problem.code}`
    lines.push(`${printable(image).padEnd(width)}  ${bytes(size).padStart(9)}  ${what}${said}`)
  }
  for (const { image, problem } of problems) lines.push(`${printable(image)}: ${printable(problem.message)}`)
  for (const remark of remarks) lines.push(printable(remark))
  return `${lines.join('\n')}\n`
}

function layerLines(node: LayerNode, indent: string): string[] {
  const { format, size, problem, snapshots = [], volumes = [], content } = node
  const said = format ?? (problem === undefined ? 'unknown' : problem.code)
  const lines = [`${indent}${said}${size === undefined ? '' : `, ${bytes(size)}`}`]
  for (const { id, name } of snapshots) lines.push(`${indent}  snapshot @${printable(id)} ${printable(name)}`)
  for (const volume of volumes) lines.push(...volumeLines(volume, `${indent}  `))
  if (content !== undefined) lines.push(...layerLines(content, `${indent}  `))
  return lines
}

function volumeLines(volume: VolumeNode, indent: string): string[] {
  const at = volume.offset === undefined ? '' : ` at ${bytes(volume.offset)}`
  const [first = '', ...rest] = layerLines(volume, indent)
  return [`${indent}${printable(volume.name)}: ${first.trimStart()}${at}, type ${volume.type}`, ...rest]
}

/** In binary units, with one digit after the point. */
function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let index = 0
  let value = size
  while (value >= 1024 && index < units.length - 1) {
    value /= 1024
    index++
  }
  return index === 0 ? `${value} B` : `${value.toFixed(1)} ${units[index]}`
}
