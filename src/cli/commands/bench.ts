/**
 * `xen-preflight bench`: the two engines against each other, on the images that one has.
 * @module
 */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { jsonText } from '../../document/printable.ts'
import type { Engine, EngineName } from '../../engine/engine.ts'
import { describeLayers } from '../../facts/describe.ts'
import { plural } from '../../findings/plural.ts'
import { createEngine } from '../../fleet/engines.ts'
import type { Problem } from '../../problem.ts'
import { packageFile } from '../../source/node/package-file.ts'
import { walk } from '../../source/node/walk.ts'
import { type Found, SourceError } from '../../source/source.ts'
import type { ImageReading } from '../../unwrap/image-reading.ts'
import { readImage } from '../../unwrap/read-image.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { type Figure, figure } from '../figure.ts'
import { helpText } from '../help-text.ts'
import { type Progress, startProgress } from '../progress.ts'
import { tell } from '../screen.ts'
import { print } from '../sink.ts'
import { UsageError } from '../usage-error.ts'
import { toolVersion } from '../version.ts'

const EXAMPLES = `
Examples:
  On our own kernels
    $ xen-preflight bench /srv/kernels
  Every byte of them, and for other programs
    $ xen-preflight bench --verify -o json /srv/kernels
  What a scan would take of this engine, before a large one
    $ xen-preflight bench --engine wasm --rounds 1 /srv/kernels

Images that cannot be read whole are named and left out.
Exit codes: 0 done; 1 the command failed.`

export interface BenchFlags {
  output: 'table' | 'json'
  /** Both where none is named. */
  engine?: EngineName
  rounds: number
  verify: boolean
  progress: boolean
}

function rounds(text: string): number {
  const count = Number(text)
  if (!/^\d{1,4}$/.test(text) || count === 0)
    throw new InvalidArgumentError('expected a whole number from 1 on.')
  return count
}

export const benchCommand = (finish: (code: number) => void): Command =>
  new Command('bench')
    .argument('[path...]', 'files and directories; none for the sample kernels of the source tree')
    .addOption(
      new Option('-o, --output <format>', 'output format').choices(['table', 'json']).default('table'),
    )
    .addOption(new Option('--engine <name>', 'measure this engine alone').choices(['wasm', 'typescript']))
    .option('--rounds <n>', 'how often each engine reads each image, after one warm-up', rounds, 5)
    .option('--verify', 'unpack every image to its end, and compare checksums and sizes', false)
    .option('--no-progress', 'draw no progress bar')
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (paths: string[], flags: BenchFlags) => {
      await benchAction(paths, flags)
      finish(EXIT_DONE)
    })

const ENGINES = ['wasm', 'typescript'] as const satisfies EngineName[]

/** A shorter measurement says little, in milliseconds. */
const LEAST = 20
/** Ctrl-C is heard between images, after so many milliseconds. */
const DEAF = 100

/**
 * Measures with the images at and below `paths`; those that cannot be read whole are named on stderr and left out.
 * Throws a UsageError where none is left.
 */
export async function benchAction(paths: readonly string[], flags: BenchFlags): Promise<void> {
  const { rounds, verify } = flags
  const names: readonly EngineName[] = flags.engine === undefined ? ENGINES : [flags.engine]
  const engines = names.map(name => ({ name, engine: createEngine(name) }))
  const { kinds, leftOut } = survey(paths, engines[0]!.engine, verify)
  const readings = [...kinds.values()].flat().length * names.length * (rounds + 1)
  const progress = await startProgress(() => readings, flags.progress)
  const measured: Kind[] = []
  try {
    for (const [layers, images] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const bytes = images.reduce((sum, { size }) => sum + size, 0)
      const samples = names.map((): Sample[] => [])
      // The first round warms up what compiles itself as it runs.
      for (let round = -1; round < rounds; round++) {
        for (const [index, { engine }] of engines.entries()) {
          const sample = await sampleOf(engine, images, verify, progress)
          if (round >= 0) samples[index]!.push(sample)
        }
      }
      const times = samples.map((list, index) => [names[index]!, timesOf(list)])
      measured.push({ layers, images: images.length, bytes, engines: Object.fromEntries(times) })
    }
  } finally {
    progress.stop()
  }
  print(reportBench({ kinds: measured, engines: names, leftOut, rounds, verify }, flags.output))
}

/** The images by how they are wrapped, and how many were left out. */
function survey(
  paths: readonly string[],
  engine: Engine,
  verify: boolean,
): { kinds: Map<string, Found[]>; leftOut: number } {
  const kinds = new Map<string, Found[]>()
  let leftOut = 0
  for (const found of filesOf(paths)) {
    const reading = found.problem === undefined ? tryReading(engine, found, verify) : undefined
    const problem = found.problem ?? reading?.problem
    if (problem === undefined && reading?.facts?.elf !== undefined) {
      const layers = describeLayers(reading.facts)
      kinds.set(layers, [...(kinds.get(layers) ?? []), found])
    } else if (problem !== undefined && (found.named || problem.code !== 'not-a-kernel')) {
      tell(`${found.address}: ${problem.message}`)
      leftOut++
    }
  }
  if (kinds.size === 0)
    throw new UsageError('Cannot measure anything: there is no kernel among the files that can be read whole')
  return { kinds, leftOut }
}

/** The files to measure with; the samples lie in the source tree alone. */
function* filesOf(paths: readonly string[]): Generator<Found> {
  const samples = fileURLToPath(packageFile('fixtures/codecs'))
  if (paths.length === 0 && !existsSync(samples)) {
    throw new UsageError(
      'Cannot find the sample kernels, which are not in the package: name files or directories',
    )
  }
  yield* walk(paths.length > 0 ? paths : [samples])
}

function read(engine: Engine, found: Found, verify: boolean): ImageReading {
  const source = found.open()
  try {
    return readImage(engine, source, { verify })
  } finally {
    source.close()
  }
}

function tryReading(
  engine: Engine,
  found: Found,
  verify: boolean,
): Partial<ImageReading> & { problem?: Problem } {
  try {
    return read(engine, found, verify)
  } catch (error) {
    if (error instanceof SourceError) return { problem: error.problem }
    throw error
  }
}

/** Milliseconds an image. */
interface Sample {
  cpu: number
  wall: number
}

const timesOf = (samples: readonly Sample[]): { cpu: Figure; wall: Figure } => ({
  cpu: figure(samples.map(({ cpu }) => cpu)),
  wall: figure(samples.map(({ wall }) => wall)),
})

/** Lets signals through. */
const hear = () => new Promise(resolve => setImmediate(resolve))

/** Reads the images, again and again until there is something to measure. */
async function sampleOf(
  engine: Engine,
  images: readonly Found[],
  verify: boolean,
  progress: Progress,
): Promise<Sample> {
  const start = performance.now()
  const before = process.cpuUsage()
  let heard = start
  let times = 0
  do {
    for (const found of images) {
      const { problem } = tryReading(engine, found, verify)
      if (problem !== undefined)
        throw new UsageError(`Cannot go on measuring ${found.address}: ${problem.message}`)
      if (times === 0) progress.advance(found.size)
      if (performance.now() - heard < DEAF) continue
      await hear()
      heard = performance.now()
    }
    times++
  } while (performance.now() - start < LEAST)
  const { user, system } = process.cpuUsage(before)
  const wall = performance.now() - start
  await hear()
  const readings = images.length * times
  return { cpu: (user + system) / 1000 / readings, wall: wall / readings }
}

/** Images that are wrapped alike, and the milliseconds that one of them takes. */
export interface Kind {
  layers: string
  images: number
  /** Of all of their files. */
  bytes: number
  engines: Partial<Record<EngineName, { cpu: Figure; wall: Figure }>>
}

export interface Bench {
  kinds: readonly Kind[]
  engines: readonly EngineName[]
  /** Images that could not be read whole. */
  leftOut: number
  rounds: number
  verify: boolean
}

const TITLES: Record<EngineName, string> = { wasm: 'WebAssembly', typescript: 'TypeScript' }
/** As wide as the longest title, with a space in front. */
const TIME_WIDTH = 12
/** As wide as ` ±100%`. */
const SPREAD_WIDTH = 6

export const reportBench = (bench: Bench, format: 'table' | 'json'): string =>
  format === 'json' ? json(bench) : table(bench)

const runtime = () =>
  process.versions.deno === undefined ? `Node ${process.versions.node}` : `Deno ${process.versions.deno}`

function json({ kinds, leftOut, rounds, verify }: Bench): string {
  const unit = 'milliseconds an image: median and quartiles of the rounds'
  const head = { version: 1, tool: `xen-preflight ${toolVersion()}`, runtime: runtime(), unit }
  return `${jsonText({ ...head, rounds, verify, leftOut, kinds }, 2)}\n`
}

function table({ kinds, engines, leftOut, rounds, verify }: Bench): string {
  const width = Math.max('layers'.length, ...kinds.map(({ layers }) => layers.length)) + 1
  const isCompared = engines.length > 1
  const head =
    `${'layers'.padEnd(width)}${'images'.padStart(6)}` +
    engines.map(name => TITLES[name].padStart(TIME_WIDTH).padEnd(TIME_WIDTH + SPREAD_WIDTH)).join('') +
    (isCompared ? '  ratio' : '')
  const rows = kinds.map(kind => {
    const [first, second] = engines.map(name => kind.engines[name]!.cpu)
    return (
      `${kind.layers.padEnd(width)}${String(kind.images).padStart(6)}${shown(first!)}` +
      (second === undefined ? '' : shown(second)) +
      (second === undefined ? '' : (second.median / first!.median).toFixed(1).padStart(7))
    )
  })
  const what = verify
    ? 'from opening an image to the end of its streams'
    : 'from opening an image to its facts'
  const left = leftOut === 0 ? [] : [`${plural(leftOut, 'file')} left out`]
  const foot = [
    `CPU milliseconds ${what}:`,
    `medians of ${plural(rounds, 'round')} and half of what lies between the quartiles, ${runtime()}`,
    ...left,
  ]
  return [head, ...rows, '', ...foot].map(line => `${line.trimEnd()}\n`).join('')
}

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

function shown({ median, low, high }: Figure): string {
  const spread = ((high - low) / 2 / median) * 100
  return digits(median).padStart(TIME_WIDTH) + ` ±${spread.toFixed(0)}%`.padEnd(SPREAD_WIDTH)
}
