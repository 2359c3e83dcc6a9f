/**
 * `xen-preflight bench`: the two engines against each other, on the images that one has.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { EXIT_DONE } from './exit-codes.ts'

const EXAMPLES = `
Examples:
  On our own kernels
    $ xen-preflight bench /srv/kernels
  Every byte of them, and for other programs
    $ xen-preflight bench --verify -o json /srv/kernels`

export interface BenchFlags {
  output: 'table' | 'json'
  rounds: number
  verify: boolean
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
    .option(
      '--rounds <n>',
      'how often each image is read by each engine, one to warm up not counted',
      rounds,
      5,
    )
    .option('--verify', 'unpack every image to its end, and compare checksums and sizes', false)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: BenchFlags) => {
      const { benchAction } = await import('./bench-action.ts')
      benchAction(paths, flags)
      finish(EXIT_DONE)
    })
