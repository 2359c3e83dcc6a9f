/** The file systems that are read, in the order in which they are looked for. */
import type { Source } from '../../source/source.ts'
import type { ContainerContext } from '../context.ts'
import type { FileTree } from '../file-tree.ts'
import { detectBtrfs } from './btrfs/superblock.ts'
import { openBtrfs } from './btrfs/tree.ts'
import { detectErofs } from './erofs/superblock.ts'
import { openErofs } from './erofs/tree.ts'
import { detectExt } from './ext/superblock.ts'
import { openExt } from './ext/tree.ts'
import { detectFat } from './fat/boot-sector.ts'
import { openFat } from './fat/tree.ts'
import { openIso } from './iso/tree.ts'
import { detectIso } from './iso/volume.ts'
import { detectSquashfs } from './squashfs/superblock.ts'
import { openSquashfs } from './squashfs/tree.ts'
import { detectUfs } from './ufs/superblock.ts'
import { openUfs } from './ufs/tree.ts'
import { detectXfs } from './xfs/superblock.ts'
import { openXfs } from './xfs/tree.ts'

export interface FileSystemFormat {
  /** What documentation calls it. */
  readonly name: string
  /** Whether `source` starts like one; reads a few kilobytes at most. */
  detect(source: Source): boolean
  /** Throws a ContainerError where it cannot be read. */
  open(source: Source, context: Pick<ContainerContext, 'budget' | 'engine' | 'peers'>): FileTree
}

/** FAT last: its boot sector has no magic, and others may follow one. */
export const FILE_SYSTEMS: readonly FileSystemFormat[] = [
  { name: 'ext', detect: detectExt, open: openExt },
  { name: 'xfs', detect: detectXfs, open: openXfs },
  { name: 'btrfs', detect: detectBtrfs, open: openBtrfs },
  { name: 'squashfs', detect: detectSquashfs, open: openSquashfs },
  { name: 'erofs', detect: detectErofs, open: openErofs },
  { name: 'iso9660', detect: detectIso, open: openIso },
  { name: 'ufs', detect: detectUfs, open: openUfs },
  { name: 'vfat', detect: detectFat, open: openFat },
]

/** The format of the file system that `source` starts with; nothing where it is none that is read. */
export const detectFileSystem = (source: Source): FileSystemFormat | undefined =>
  FILE_SYSTEMS.find(format => format.detect(source))
