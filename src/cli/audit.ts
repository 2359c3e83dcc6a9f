/**
 * `xen-preflight audit`: the catalogue on the fleet as it is.
 * @module
 */
import { Command } from 'commander'
import { type AuditFlags, addAuditOptions } from './audit-options.ts'

const EXAMPLES = `
Examples:
  Which of our kernels fail today, where, and why?
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml
  From facts that were read elsewhere; a report to look at and one for the pipeline
    $ xen-preflight audit --facts facts.ndjson --inventory fleet.yaml -o html=audit.html -o junit=audit.xml
  As a gate: only what is new since the last report fails, and what policy does not ignore
    $ xen-preflight audit /srv/kernels --inventory fleet.yaml --fail-on refuses --baseline last.json -o json=now.json
  An inventory of our own columns
    $ xen-preflight audit /srv/kernels --inventory hosts.csv --map host=Name,xen='Xen version'

Exit codes: 0 done; 2 findings that --fail-on names, or (unless it is never) images that could not be read
or an inventory with faults; 1 the tool could not do its work.`

export const auditCommand = (finish: (code: number) => void): Command =>
  addAuditOptions(
    new Command('audit').description('Judge a catalogue of kernels on a fleet of hypervisors as it is.'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: AuditFlags) => {
      const { auditAction } = await import('./audit-action.ts')
      finish(await auditAction(paths, flags))
    })
