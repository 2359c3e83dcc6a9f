// Xen's boot messages, from `xl dmesg` or a serial console, with or without a date before each line
// (xen/common/kernel.c prints the version, xen/common/version.c the changeset).
import type { HostEntry } from '../host.ts'
import { type Adapter, defined, emptyReading } from './adapter.ts'
import { changesetOf } from './host-parts.ts'

/** What may come before a message: `(XEN) `, dates before and after it. */
const PREFIX = String.raw`^(?:.{0,120}?\(XEN\))?[ \t]*(?:\[[^\]]{0,60}\][ \t]*)?`
/** The version, which may have brackets of its own, ends before `(builder@domain) (compiler ...)`. */
const BANNER = new RegExp(String.raw`${PREFIX}Xen version (\d.*)$`)
const CHANGESET = new RegExp(String.raw`${PREFIX}Latest ChangeSet: (\S.*)$`)
const COMMAND_LINE = new RegExp(String.raw`${PREFIX}Command line: (\S.*)$`)

export const bootLog: Adapter = {
  id: 'boot-log',
  reads: "`xl dmesg` and other logs of Xen's boot",

  recognises: content => content.lines.some(line => BANNER.test(line)),

  read(content) {
    const { file } = content
    const reading = emptyReading(file, this.id)
    let entry: HostEntry | undefined
    for (const [index, line] of content.lines.entries()) {
      const banner = BANNER.exec(line)?.[1]
      if (banner !== undefined) {
        // A log of several boots: the host runs what it booted last.
        const source = { file, line: index + 1, adapter: this.id, how: "the log of Xen's boot" }
        const builtBy = BUILDER.exec(banner)?.[1]
        const known = { name: content.fileHost, xen: versionOf(banner), source }
        entry = builtBy === undefined ? known : { ...known, builtBy }
      } else if (entry) {
        entry = defined({
          ...entry,
          patchLevel: changesetOf(CHANGESET.exec(line)?.[1]) ?? entry.patchLevel,
          commandline: COMMAND_LINE.exec(line)?.[1]?.trim() ?? entry.commandline,
        })
      }
    }
    if (entry) reading.entries.push(entry)
    return reading
  },
}

/** `(builder@domain)` after the version. */
const BUILDER = /\s\(([^()\s]{1,200}@[^()\s]{0,200})\)/

function versionOf(banner: string): string {
  const builder = /\s\([^()]*@/.exec(banner)
  const compiler = /\s\([^()]*(?:gcc|clang)/i.exec(banner)
  const end = builder?.index ?? compiler?.index ?? banner.indexOf(' (')
  return (end === -1 ? banner : banner.slice(0, end)).trim()
}
