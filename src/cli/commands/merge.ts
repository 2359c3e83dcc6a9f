/**
 * `xen-preflight merge`: what several scans wrote becomes one catalogue.
 * @module
 */
import { Command } from 'commander'
import { mergeFacts } from '../../fleet/merge-facts.ts'
import { partFaults, partPlace } from '../../fleet/part.ts'
import { EXIT_DONE, EXIT_FINDINGS } from '../exit-codes.ts'
import { helpText } from '../help-text.ts'
import { openOutput } from '../outputs.ts'
import { tell } from '../screen.ts'

const EXAMPLES = `
Examples:
  Put together what four machines scanned with --shard 1/4 to 4/4
    $ xen-preflight merge 1.ndjson 2.ndjson 3.ndjson 4.ndjson -o facts.ndjson

The images come in the order of a walk, whatever the order of the files is.
Exit codes: 0 done; 2 there were different records of one image, or parts are missing, each named on
stderr; 1 the command failed.`

export const mergeCommand = (finish: (code: number) => void): Command =>
  new Command('merge')
    .argument('<file...>', 'what `scan -o ndjson` wrote')
    .option('-o, --output <file>', 'where to write the facts (default: standard output)')
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (files: string[], flags: { output?: string }) => {
      finish(await mergeAction(files, flags.output))
    })

export async function mergeAction(files: readonly string[], output: string | undefined): Promise<number> {
  let conflicts = 0
  const batches = mergeFacts(files, ({ kept, dropped }) => {
    conflicts++
    tell(
      `${dropped.file}:${dropped.line} and ${kept.file}:${kept.line} have different records of one image; the latter is kept`,
    )
  })
  const faults = partFaults(files)
  for (const fault of faults) tell(fault)
  const sink = openOutput({ format: 'ndjson', ...(output !== undefined && { file: output }) }, [
    ...files,
    ...files.map(partPlace),
  ])
  try {
    for (const batch of batches) await sink.write(batch)
  } catch (error) {
    sink.end('failed')
    throw error
  }
  sink.end('whole')
  return conflicts + faults.length > 0 ? EXIT_FINDINGS : EXIT_DONE
}
