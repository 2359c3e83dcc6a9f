/**
 * The boot modes that a host runs.
 * @module
 */
import type { Host } from '../inventory/host.ts'
import { type BootModeName, bootModes } from '../xen/boot-mode.ts'
import { readCommandLine } from '../xen/command-line.ts'

/** Those it states, else all but the dom0 mode that its command line excludes. */
export function modesOf({
  modes,
  commandline,
}: Pick<Host, 'modes' | 'commandline'>): readonly BootModeName[] {
  if (modes) return modes
  if (commandline === undefined) return bootModes
  const other = readCommandLine(commandline).dom0 === 'pvh' ? 'pv-dom0' : 'pvh-dom0'
  return bootModes.filter(mode => mode !== other)
}
