/**
 * What `bench` does: reads every image by each engine in turns, and takes the time.
 * @module
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Engine, EngineName } from '../engine/engine.ts'
import { describeLayers } from '../facts/describe.ts'
import { createEngine } from '../fleet/engines.ts'
import type { Problem } from '../problem.ts'
import { packageFile } from '../source/node/package-file.ts'
import { walk } from '../source/node/walk.ts'
import { type Found, SourceError } from '../source/source.ts'
import { type Reading, readImage } from '../unwrap/read-image.ts'
import type { BenchFlags } from './bench.ts'
import { type Kind, reportBench } from './bench-report.ts'
import { type Figure, figure } from './figure.ts'
import { type Progress, startProgress } from './progress.ts'
import { tell } from './screen.ts'
import { print } from './sink.ts'
import { UsageError } from './usage-error.ts'

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

function read(engine: Engine, found: Found, verify: boolean): Reading {
  const source = found.open()
  try {
    return readImage(engine, source, { verify })
  } finally {
    source.close()
  }
}

function tryReading(engine: Engine, found: Found, verify: boolean): Partial<Reading> & { problem?: Problem } {
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
