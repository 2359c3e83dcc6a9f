/**
 * What can be done about a cause of which nothing else is known: neither the kernel nor the release. A command helps a Linux,
 * and says so.
 * @module
 */
import type { KernelIdentity } from '../../facts/identity.ts'
import { type BootMode, parseBootMode } from '../boot-mode.ts'
import type { CauseCode } from '../verdict.ts'
import { packedBy } from './build-lines.ts'
import { BY_CAUSE, DIRECT_VMLINUX } from './by-cause.ts'
import { forGuest, getAgain, NO_DOM0_BIT, NO_PVH_ENTRY, NOT_FOR_XEN } from './by-guest.ts'
import { cheapestFirst, type Remedy } from './remedy.ts'

const UNKNOWN: KernelIdentity = { system: 'unknown' }
const LINUX: KernelIdentity = { system: 'linux' }

const BY_GUEST: Readonly<Partial<Record<CauseCode, typeof NOT_FOR_XEN>>> = {
  'loader-not-supported': NOT_FOR_XEN,
  'no-notes': NOT_FOR_XEN,
  'not-pvh': NO_PVH_ENTRY,
  'dom0-bit-missing': NO_DOM0_BIT,
}

/** Packed so that some releases cannot unpack it: gzip is what every release unpacks. */
const PACKING: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'codec-unsupported',
  'decoder-not-built',
  'lz4-decoder-broken',
  'stream-unsupported',
])
const BUILD_GZIP = packedBy('gzip')
const DAMAGED: ReadonlySet<CauseCode> = new Set<CauseCode>([
  'elf-table-outside',
  'payload-outside-file',
  'payload-unknown',
  'stream-broken',
])

/** What a guest's owner can do before what the host's can. */
export function generalRemedies(code: CauseCode, mode: BootMode = parseBootMode('pv-domU')): Remedy[] {
  if (DAMAGED.has(code)) return [getAgain(UNKNOWN)]
  const table = BY_GUEST[code]
  if (table !== undefined) {
    const linux = forGuest(table, LINUX, mode).map(item => ({ ...item, text: `For Linux: ${item.text}` }))
    return [...forGuest(table, UNKNOWN, mode), ...linux].sort(cheapestFirst())
  }
  const own = BY_CAUSE[code] ?? []
  const all = PACKING.has(code) ? [DIRECT_VMLINUX, BUILD_GZIP, ...own] : own
  return all.toSorted(cheapestFirst())
}
