/**
 * What `bench` prints.
 * @module
 */
import { jsonText } from '../document/printable.ts'
import type { EngineName } from '../engine/engine.ts'
import { plural } from '../findings/plural.ts'
import type { Figure } from './figure.ts'
import { toolVersion } from './version.ts'

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
