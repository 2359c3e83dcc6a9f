/**
 * Boot paths: which program finds a guest's kernel, and which one loads it.
 * @module
 */
import { pvgrub2 } from '../grub/pvgrub2.ts'
import { pvhgrub } from '../grub/pvhgrub.ts'
import { pvGrub } from './pv-grub.ts'

/**
 * `direct`: a file of dom0, loaded by the toolstack. `pygrub`: taken out of the guest's disk, loaded by the toolstack.
 * `pv-grub`: GRUB 0.97 with the libxc of the release that built it. `pvgrub2`, `pvhgrub`: GRUB 2 as PV and as PVH kernel.
 * `ovmf`, `hvm`: firmware, and what it finds on the disk.
 */
export const BOOT_PATHS = ['direct', 'pygrub', 'pv-grub', 'pvgrub2', 'pvhgrub', 'ovmf', 'hvm'] as const
export type BootPathName = (typeof BOOT_PATHS)[number]

/** The paths whose loader has versions of its own. */
export const VERSIONED = { 'pv-grub': pvGrub, pvgrub2, pvhgrub } as const
export type VersionedPath = keyof typeof VERSIONED

export interface BootPath {
  path: BootPathName
  /** A version of the path's loader; absent where it is not known. */
  version?: string
}

export const isVersioned = (path: BootPathName): path is VersionedPath => Object.hasOwn(VERSIONED, path)

/** What a version of each loader is, and one of them as an example. */
export const VERSION_KINDS: Readonly<Record<VersionedPath, { kind: string; example: string }>> = {
  'pv-grub': { kind: 'the release of Xen that built it', example: 'pv-grub@4.1.4' },
  pvgrub2: { kind: 'the version of GRUB', example: 'pvgrub2@2.06' },
  pvhgrub: { kind: 'the version of GRUB', example: 'pvhgrub@2.06' },
}

/** A longer list of versions is told by its ends. */
const MAX_LISTED = 12

/** Other spellings that inventories have. */
const ALIASES: Readonly<Record<string, BootPathName>> = { pvgrub: 'pv-grub' }

/** The path that a text names, whatever version it gives. */
export function pathNamed(text: string): BootPathName | undefined {
  const [name = ''] = text.trim().split('@')
  return ALIASES[name] ?? BOOT_PATHS.find(known => known === name)
}

/** Reads `pvgrub2` or `pvgrub2@2.06`. Returns a sentence on what is wrong where it is no boot path. */
export function parseBootPath(text: string): BootPath | string {
  const path = pathNamed(text)
  if (path === undefined) return `expected ${BOOT_PATHS.join(', ')}, found ${JSON.stringify(text)}`
  const [, ...rest] = text.trim().split('@')
  if (rest.length === 0) return { path }
  const version = rest.join('@')
  if (!isVersioned(path)) return `expected ${path} without a version, found ${JSON.stringify(text)}`
  if (VERSIONED[path].versions.includes(version)) return { path, version }
  return `expected ${versionsOf(path)} after ${path}@, found ${JSON.stringify(version)}`
}

function versionsOf(path: VersionedPath): string {
  const { versions } = VERSIONED[path]
  if (versions.length <= MAX_LISTED) return `one of ${versions.join(', ')}`
  const { kind, example } = VERSION_KINDS[path]
  return `${kind} (${versions[0]} to ${versions.at(-1)}, as in ${example})`
}

export const formatBootPath = ({ path, version }: BootPath): string =>
  version === undefined ? path : `${path}@${version}`
