/** What a remedy is: data until it is printed (`remedy-text.ts`). */
import type { OwnCommand } from './own-command.ts'

/** From something to find out to another hypervisor: the cheapest first. */
export const REMEDY_KINDS = [
  /** What is not known of a host, and decides. */
  'build-fact',
  /** The same image once more, whole. */
  'refetch',
  /** A file inside the guest. */
  'guest-config',
  /** Another boot mode of the guest. */
  'boot-mode',
  /** Another setting of the host or of the guest's domain: its loader, for one. */
  'host-config',
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

/** A command line of another program, as it is typed. */
export interface OtherCommand {
  does: 'run'
  command: string
}

/** A line, or a part of one, that a file has to have. */
export interface FileLine {
  does: 'write'
  line: string
  file: string
}

export type RemedyAction = OwnCommand | OtherCommand | FileLine

export interface Remedy {
  /** Its place in REMEDY_KINDS is its cost. */
  kind: RemedyKind
  by: RemedyActor
  /** A sentence that says what to do. */
  text: string
  /** What does it, where that can be said to the letter. */
  action?: RemedyAction
}

const BY: Readonly<Record<RemedyKind, RemedyActor>> = {
  'build-fact': 'host',
  refetch: 'tenant',
  'guest-config': 'tenant',
  'boot-mode': 'host',
  'host-config': 'host',
  repack: 'tenant',
  'point-release': 'host',
  'kernel-version': 'tenant',
  'kernel-option': 'tenant',
  image: 'tenant',
  'xen-build': 'host',
  release: 'host',
}

export const remedy = (kind: RemedyKind, text: string, action?: RemedyAction): Remedy => ({
  kind,
  by: BY[kind],
  text,
  ...(action !== undefined && { action }),
})

export const run = (command: string): OtherCommand => ({ does: 'run', command })

export const write = (line: string, file: string): FileLine => ({ does: 'write', line, file })

/** The files whose lines decide what a guest, a kernel or Xen is. */
export const FILES = {
  guest: "the guest's configuration (/etc/xen/NAME.cfg)",
  guestGrub: '/etc/default/grub of the guest',
  guestGrubCfg: '/boot/grub/grub.cfg of the guest',
  inventory: 'the inventory',
  xenCommandLine: 'GRUB_CMDLINE_XEN of /etc/default/grub',
  xenBuild: 'xen/.config',
  notes: 'the source of its notes (in Linux arch/x86/xen/xen-head.S)',
} as const

/**
 * Orders remedies: what is to be found out, because it decides whether anything else has to be done; then what the tenant
 * can do before what the host's owner can; of these the cheapest first; of equally cheap ones those that cure most.
 *
 * @param cures How many of a fleet's refusals a remedy is for.
 */
export const cheapestFirst =
  (cures: (remedy: Remedy) => number = () => 0) =>
  (a: Remedy, b: Remedy): number =>
    Number(b.kind === 'build-fact') - Number(a.kind === 'build-fact') ||
    Number(a.by === 'host') - Number(b.by === 'host') ||
    REMEDY_KINDS.indexOf(a.kind) - REMEDY_KINDS.indexOf(b.kind) ||
    cures(b) - cures(a)
