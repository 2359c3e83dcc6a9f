/**
 * `xen-preflight scan`: images in, facts and verdicts out.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Shard } from '../fleet/shard.ts'
import { parseLoaders as loaders } from './loaders-option.ts'
import { addReadOptions } from './read-options.ts'
import type { ScanFlags } from './scan-action.ts'
import { addTargetOptions, collect } from './target-options.ts'

const EXAMPLES = `
Examples:
  What is in /boot?
    $ xen-preflight scan /boot
  Which of these kernels start on which Xen releases?
    $ xen-preflight scan /srv/kernels --xen all
  Which start where a guest's own GRUB loads them?
    $ xen-preflight scan /srv/kernels --boot pvgrub2@all
  Which start on the hypervisors that we run, as guest and as dom0?
    $ xen-preflight scan /srv/kernels --inventory fleet.yaml --mode pv-domU,pv-dom0
  A record a line for other programs, the table for us; fail when one kernel is refused
    $ xen-preflight scan /srv/kernels --xen 4.17.4 -o ndjson=facts.ndjson -o table --fail-on refuses
  A night's work that may be interrupted, on the second of four machines
    $ xen-preflight scan /srv/kernels --journal scan.journal --shard 2/4 -o ndjson=2.ndjson

Exit codes: 0 done; 2 findings at or above --fail-on, or (unless it is never) an inventory with faults;
1 the tool could not do its work; 130 ended by Ctrl-C, with what was done until then.`

function shard(text: string): Shard {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number)
  if (index === undefined || count === undefined || index < 1 || index > count) {
    throw new InvalidArgumentError('expected a part and their number, such as 1/4.')
  }
  return { index, count }
}

export const scanCommand = (finish: (code: number) => void): Command =>
  addTargetOptions(
    addReadOptions(
      new Command('scan')
        .description(
          'Read the kernels at and below the paths: what they say to Xen, and which Xen takes them.',
        )
        .argument('<path...>', 'files and directories'),
    ),
  )
    .addOption(
      new Option(
        '--boot <loaders>',
        'loaders of guests to ask: pvgrub2@2.06, pv-grub@4.1.6.1, pvhgrub, a list of them; @all for all versions',
      ).argParser(loaders),
    )
    .addOption(
      new Option('-o, --output <format[=file]>', 'what to write, and where; may be repeated (default: table)')
        .choices(['table', 'json', 'ndjson'])
        .argParser(collect),
    )
    .addOption(
      new Option(
        '--fail-on <finding>',
        'the least finding that makes the exit code 2 (default: problem, what could not be read)',
      ).choices(['problem', 'refuses', 'uncertain', 'never']),
    )
    .option('--every-file', 'give a record also to files in directories that are no kernels', false)
    .option('--digest', 'read all of every file, and add its SHA-256 to the record', false)
    .option(
      '--journal <file>',
      'note every finished image in the file, and go on from there when a scan is started again',
    )
    .option('--shard <i/n>', 'read the i-th of n parts only; `merge` puts the parts together', shard)
    .option('--config <file>', 'settings and ignore rules (default: xen-preflight.yaml, here or above)')
    .option('--no-config', 'use no configuration')
    .option('--no-progress', 'draw no progress bar')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: ScanFlags) => {
      const { scanAction } = await import('./scan-action.ts')
      finish(await scanAction(paths, flags))
    })
