/** What a remedy is. */

/** From a line in a configuration to a new hypervisor: the cheapest first. */
export const REMEDY_KINDS = [
  'build-fact',
  'boot-mode',
  'repack',
  'point-release',
  'kernel-version',
  'kernel-option',
  'image',
  'xen-build',
  'release',
] as const
export type RemedyKind = (typeof REMEDY_KINDS)[number]

/** Who can do it: the owner of the guest, or who runs the host. */
export type RemedyActor = 'tenant' | 'host'

export interface Remedy {
  kind: RemedyKind
  by: RemedyActor
  /** A sentence that says what to do. */
  text: string
  /** The command, or the line in a configuration, that does it. */
  command?: string
  /** The file that the line belongs in. */
  file?: string
}

const BY: Readonly<Record<RemedyKind, RemedyActor>> = {
  'build-fact': 'host',
  'boot-mode': 'host',
  repack: 'tenant',
  'point-release': 'host',
  'kernel-version': 'tenant',
  'kernel-option': 'tenant',
  image: 'tenant',
  'xen-build': 'host',
  release: 'host',
}

export const remedy = (kind: RemedyKind, text: string, command?: string, file?: string): Remedy => ({
  kind,
  by: BY[kind],
  text,
  ...(command !== undefined && { command }),
  ...(file !== undefined && { file }),
})

/** Where the line is written that tells what kind of guest a domain is, or what Xen does. */
export const FILES = {
  guest: "the guest's configuration (/etc/xen/NAME.cfg)",
  xenCommandLine: 'GRUB_CMDLINE_XEN of /etc/default/grub',
  xenBuild: 'xen/.config',
  linuxNotes: 'arch/x86/xen/xen-head.S of Linux',
} as const

/** A remedy as one line of a report. */
export function remedyText({ text, command, file }: Remedy): string {
  if (command === undefined) return text
  return file === undefined ? `${text}: ${command}` : `${text}: ${command} in ${file}`
}
