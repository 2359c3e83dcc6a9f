/**
 * `xen-preflight upgrade`: what a new hypervisor, or a new kernel, changes.
 * @module
 */
import { Command } from 'commander'
import { helpText } from '../help-text.ts'
import { collect } from '../target-options.ts'
import { UsageError } from '../usage-error.ts'
import { type AuditFlags, addAuditOptions, auditAction } from './audit.ts'

const EXAMPLES = `
Examples:
  What breaks, what is fixed, what stays, when all hosts go to 4.17.4?
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4
  When only some of them do
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4 --hosts 'fra-*'
  Nothing that runs today may stop; a page for the meeting
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4 --fail-on breaks -o html=risks.html
  Which release breaks least?
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to all
  Every night until the upgrade: does what it breaks become less?
    $ xen-preflight upgrade /srv/kernels --inventory fleet.yaml --to 4.17.4 --history nights -o html=risks.html -o json=nights/today.json
  When a new kernel enters the catalogue
    $ xen-preflight upgrade --inventory fleet.yaml --add vmlinuz-6.12

Of several releases the findings of the one that breaks least count for the exit code.
Exit codes: 0 done; 2 findings that --fail-on names, or (unless it is never) images that could not be read
or an inventory with faults; 1 the command failed.`

const versions = (text: string, before: string[] = []) => [
  ...before,
  ...text.split(',').map(version => version.trim()),
]

export const upgradeCommand = (finish: (code: number) => void): Command =>
  addAuditOptions(new Command('upgrade'))
    .option(
      '--to <version>',
      'the release to upgrade to; several, or all for every later one, are compared; may be repeated',
      versions,
    )
    .option('--hosts <glob>', 'which hosts are upgraded (default: all)')
    .option('--allow-downgrade', 'move hosts too that run this release or a newer one', false)
    .option('--add <image>', 'a kernel that is to enter the catalogue; may be repeated', collect)
    .addHelpText('after', helpText(EXAMPLES))
    .action(async (paths: string[], flags: AuditFlags) => {
      if ((flags.to === undefined) === (flags.add === undefined)) {
        throw new UsageError('Cannot tell what changes: give either --to or --add')
      }
      finish(await auditAction(paths, flags))
    })
