/**
 * What `bench` does: reads every image by both engines in turns, and says what each kind of image took.
 * @module
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createEngine } from '../engine/create.ts'
import type { Engine, EngineName } from '../engine/engine.ts'
import type { Facts } from '../facts/facts.ts'
import { describeLayers } from '../report/describe.ts'
import { plural } from '../report/text.ts'
import { FileSource } from '../source/file.ts'
import { walk } from '../source/walk.ts'
import { readImage } from '../unwrap/read-image.ts'
import type { BenchFlags } from './bench.ts'
import { UsageError } from './usage-error.ts'
import { toolVersion } from './version.ts'

const ENGINES = ['wasm', 'typescript'] as const satisfies EngineName[]

/** A shorter measurement says little. */
const LEAST_MS = 20

/** Images that are wrapped alike. */
interface Kind {
  layers: string
  images: number
  /** CPU milliseconds an image: the median of the rounds. */
  wasm: number
  typescript: number
}

/** Reads the images at and below `paths`. Throws a UsageError where there are none. */
export function benchAction(paths: readonly string[], { output, rounds, verify }: BenchFlags): void {
  const read = (engine: Engine, path: string): Facts => {
    const source = new FileSource(path)
    try {
      return readImage(engine, source, { verify }).facts
    } finally {
      source.close()
    }
  }
  const engines = { wasm: createEngine('wasm'), typescript: createEngine('typescript') }
  const kinds = new Map<string, string[]>()
  for (const path of imagesOf(paths)) {
    const facts = read(engines.wasm, path)
    if (facts.elf === undefined) continue
    const layers = describeLayers(facts)
    kinds.set(layers, [...(kinds.get(layers) ?? []), path])
  }
  if (kinds.size === 0) throw new UsageError('Cannot measure anything: there is no kernel among the files')
  const measured: Kind[] = []
  for (const [layers, images] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const times: Record<EngineName, number[]> = { wasm: [], typescript: [] }
    for (let round = -1; round < rounds; round++) {
      for (const name of ENGINES) {
        const time = cpuTime(() => {
          for (const image of images) read(engines[name], image)
        })
        if (round >= 0) times[name].push(time / images.length)
      }
    }
    measured.push({
      layers,
      images: images.length,
      wasm: median(times.wasm),
      typescript: median(times.typescript),
    })
  }
  process.stdout.write(output === 'json' ? json(measured, rounds, verify) : table(measured, rounds, verify))
}

/** CPU milliseconds of `action`, which is repeated until there is something to measure. */
function cpuTime(action: () => void): number {
  const start = performance.now()
  const before = process.cpuUsage()
  let times = 0
  do {
    action()
    times++
  } while (performance.now() - start < LEAST_MS)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / times
}

/** The files to measure with; the samples lie in the source tree alone. */
function* imagesOf(paths: readonly string[]): Generator<string> {
  const samples = fileURLToPath(new URL('../../fixtures/codecs', import.meta.url))
  if (paths.length === 0 && !existsSync(samples)) {
    throw new UsageError(
      'Cannot find the sample kernels, which are not in the package: name files or directories',
    )
  }
  for (const found of walk(paths.length > 0 ? paths : [samples])) {
    if (found.problem === undefined) yield found.path
    else if (found.named) throw new UsageError(`${found.path}: ${found.problem.message}`)
  }
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const value = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return Number(value.toPrecision(4))
}

const runtime = () =>
  process.versions.deno === undefined ? `Node ${process.versions.node}` : `Deno ${process.versions.deno}`

function json(kinds: readonly Kind[], rounds: number, verify: boolean): string {
  const unit = 'CPU milliseconds an image, medians'
  return `${JSON.stringify({ version: toolVersion(), runtime: runtime(), unit, rounds, verify, kinds }, null, 2)}\n`
}

function table(kinds: readonly Kind[], rounds: number, verify: boolean): string {
  const width = Math.max(...kinds.map(({ layers }) => layers.length)) + 2
  const milliseconds = (value: number) =>
    (value >= 100 ? value.toFixed(0) : value.toPrecision(3)).padStart(12)
  const lines = kinds.map(
    ({ layers, images, wasm, typescript }) =>
      `${layers.padEnd(width)}${String(images).padStart(6)}${milliseconds(wasm)}${milliseconds(typescript)}` +
      `${(typescript / wasm).toFixed(1).padStart(8)}`,
  )
  const head = `${'layers'.padEnd(width)}images WebAssembly  TypeScript   ratio`
  const what = verify
    ? 'from opening an image to the end of its streams'
    : 'from opening an image to its facts'
  return `${[head, ...lines].join('\n')}\n\nCPU milliseconds ${what}: medians of ${plural(rounds, 'round')}, ${runtime()}\n`
}
