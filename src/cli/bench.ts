/**
 * `xen-preflight bench`: the two engines against each other, on the images that one has.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { EngineName } from '../engine/engine.ts'
import { EXIT_DONE } from './exit-codes.ts'

const EXAMPLES = `
Examples:
  On our own kernels
    $ xen-preflight bench /srv/kernels
  Every byte of them, and for other programs
    $ xen-preflight bench --verify -o json /srv/kernels
  What a scan would take of this engine, before a large one
    $ xen-preflight bench --engine wasm --rounds 1 /srv/kernels

Images that cannot be read whole are named and left out.
Exit codes: 0 done; 1 the tool could not do its work.`

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
    .description('Measure how long images take: the WebAssembly engine against the one in TypeScript.')
    .argument('[path...]', 'files and directories; none for the sample kernels of the source tree')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table'),
    )
    .addOption(new Option('--engine <name>', 'measure this engine alone').choices(['wasm', 'typescript']))
    .option(
      '--rounds <n>',
      'how often each image is read by each engine, one to warm up not counted',
      rounds,
      5,
    )
    .option('--verify', 'unpack every image to its end, and compare checksums and sizes', false)
    .option('--no-progress', 'draw no progress bar')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: BenchFlags) => {
      const { benchAction } = await import('./bench-action.ts')
      await benchAction(paths, flags)
      finish(EXIT_DONE)
    })
