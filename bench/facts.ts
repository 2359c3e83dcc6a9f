/** Facts files of a fleet: as many images as are asked for, of as many kernels as a real fleet has. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type FactsLine, fleetFacts, sampleInventory } from '../fixtures/builders/fleet.ts'
import { run } from './command.ts'
import type { Context } from './context.ts'

/** Kernels of a fleet; those of the catalogue are told apart by their size. */
export const KERNELS = 600
/** Of how many images facts are read. */
const READ = 40
/** Characters that are written at once. */
const FULL = 1 << 20

/** Writes facts of `images` images into `count` files, each in the order of its images, and returns their paths. */
export function writeFacts(context: Context, images: number, count: number): string[] {
  const kernels = context.images.slice(0, READ).map(({ path }) => path)
  const scan = [
    join(context.root, 'dist/cli/main.js'),
    'scan',
    ...kernels,
    '-o',
    'ndjson',
    '--fail-on',
    'never',
  ]
  const lines = run(process.execPath, scan)
    .toString()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as FactsLine)
  const paths = Array.from({ length: count }, (_, index) => join(context.scratch, `facts-${images}-${index}`))
  const files = paths.map(path => ({ fd: openSync(path, 'w'), text: '' }))
  let index = 0
  for (const line of fleetFacts(lines, { images, kernels: KERNELS })) {
    const file = files[index++ % count]!
    file.text += `${line}\n`
    if (file.text.length < FULL) continue
    writeSync(file.fd, file.text)
    file.text = ''
  }
  for (const { fd, text } of files) {
    writeSync(fd, text)
    closeSync(fd)
  }
  return paths
}

/** Writes an inventory of `hosts` hosts, and returns its path. */
export function writeInventory({ scratch }: Context, hosts = 800): string {
  const path = join(scratch, `fleet-${hosts}.yaml`)
  writeFileSync(path, sampleInventory({ hosts }))
  return path
}
