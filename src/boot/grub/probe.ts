/** GRUB's `probe`: what a device is (grub-core/commands/probe.c). */
import type { GuestDevice } from '../guest-devices.ts'
import type { Value } from './value.ts'

/** What `probe` can tell. */
const OPTIONS = {
  '-d': 'driver',
  '--driver': 'driver',
  '-p': 'partmap',
  '--partmap': 'partmap',
  '-f': 'fs',
  '--fs': 'fs',
  '-u': 'uuid',
  '--fs-uuid': 'uuid',
  '-l': 'label',
  '--label': 'label',
  '--part-uuid': 'part-uuid',
} as const

export interface Probe {
  /** Absent where the command does not say what is asked. */
  asks?: (typeof OPTIONS)[keyof typeof OPTIONS]
  /** The variable that is set; absent where the answer is printed. */
  variable?: string
  /** Without parentheses; empty where none is given. */
  device: string
}

/** The words of `probe`: `--set=VARIABLE --fs-uuid (hd0,gpt1)`. */
export function parseProbe(args: readonly string[]): Probe {
  const probe: Probe = { device: '' }
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const set = /^--set=(.*)$/s.exec(arg)?.[1]
    if (set !== undefined) probe.variable = set
    else if (arg === '-s' || arg === '--set') probe.variable = args[++at] ?? ''
    else if (!arg.startsWith('-')) probe.device ||= arg.replace(/^\((.*)\)$/s, '$1')
    else if (Object.hasOwn(OPTIONS, arg)) probe.asks ??= OPTIONS[arg as keyof typeof OPTIONS]
  }
  return probe
}

/** GRUB's names of file systems where they are not those of the tree that reads them. */
const FILE_SYSTEMS: Readonly<Record<string, Value>> = {
  ext: 'ext2',
  vfat: 'fat',
  squashfs: 'squash4',
  // A driver for each byte order.
  ufs1: { candidates: ['ufs1', 'ufs1_be'] },
}
const PARTITION_MAPS: Readonly<Record<string, string>> = { mbr: 'msdos', gpt: 'gpt', bsdlabel: 'bsd' }
const DRIVERS: Readonly<Record<string, string>> = { pc: 'biosdisk', efi: 'efidisk' }

/** What `probe` tells of a device; `fails` where GRUB has no such thing to tell, undefined where it is not known. */
export function probeDevice(
  asks: NonNullable<Probe['asks']>,
  { files, volume }: GuestDevice,
  platform: string,
): Value | { fails: true } | undefined {
  const table = volume?.table
  switch (asks) {
    case 'driver':
      if (volume?.within !== undefined) return 'loopback'
      // Volumes of LVM and md.
      return table !== undefined && PARTITION_MAPS[table] === undefined
        ? 'diskfilter'
        : (DRIVERS[platform] ?? 'xendisk')
    case 'partmap':
      return (table !== undefined && PARTITION_MAPS[table]) || 'none'
    case 'fs':
      return FILE_SYSTEMS[files.family] ?? files.family
    case 'uuid':
      return files.identity.uuid ?? { fails: true }
    case 'label':
      return files.family === 'squashfs' ? { fails: true } : (files.identity.label ?? '')
    case 'part-uuid':
      return undefined
  }
}
