/**
 * `xen-preflight merge`: what several scans wrote becomes one catalogue.
 * @module
 */
import { Command } from 'commander'

const EXAMPLES = `
Examples:
  Put together what four machines scanned with --shard 1/4 to 4/4
    $ xen-preflight merge 1.ndjson 2.ndjson 3.ndjson 4.ndjson -o facts.ndjson

The images come in the order of a walk, whatever the order of the files is.
Exit codes: 0 done; 2 there were different records of one image, each named on
stderr; 1 the tool could not do its work.`

export const mergeCommand = (finish: (code: number) => void): Command =>
  new Command('merge')
    .description('Join the facts files that several scans wrote, each image once.')
    .argument('<file...>', 'what `scan -o ndjson` wrote')
    .option('-o, --output <file>', 'where to write the facts (default: standard output)')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: { output?: string }) => {
      const { mergeAction } = await import('./merge-action.ts')
      finish(await mergeAction(files, flags.output))
    })
