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

/** Other spellings that inventories have. */
const ALIASES: Readonly<Record<string, BootPathName>> = { pvgrub: 'pv-grub' }

/** Reads `pvgrub2` or `pvgrub2@2.06`. Returns a sentence on what is wrong where it is no boot path. */
export function parseBootPath(text: string): BootPath | string {
  const [name = '', ...rest] = text.trim().split('@')
  const path = ALIASES[name] ?? BOOT_PATHS.find(known => known === name)
  if (path === undefined) return `expected ${BOOT_PATHS.join(', ')}, found ${JSON.stringify(text)}`
  if (rest.length === 0) return { path }
  const version = rest.join('@')
  if (!isVersioned(path)) return `expected ${path} without a version, found ${JSON.stringify(text)}`
  const { versions } = VERSIONED[path]
  if (versions.includes(version)) return { path, version }
  return `expected one of ${versions.join(', ')} after ${path}@, found ${JSON.stringify(version)}`
}

export const formatBootPath = ({ path, version }: BootPath): string =>
  version === undefined ? path : `${path}@${version}`
