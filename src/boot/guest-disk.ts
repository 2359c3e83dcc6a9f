/** A guest's disk as boot loaders see it: bytes, and file systems at places that they choose. */

import { ContainerError } from '../containers/container-error.ts'
import type { ContainerContext } from '../containers/context.ts'
import { detectContainer } from '../containers/detect.ts'
import { detectFileSystem } from '../containers/fs/formats.ts'
import { openPlainIso } from '../containers/fs/iso/tree.ts'
import { readBytes, SliceSource } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { GuestFiles, type PygrubView } from './guest-files.ts'
import type { GuestVolume } from './guest-volumes.ts'
import { volumeIdentity } from './volume-identity.ts'

export class GuestDisk {
  readonly source: Source
  readonly #context: Pick<ContainerContext, 'budget' | 'engine'>
  readonly #mounted = new Map<number, GuestFiles | undefined>()
  readonly #plain = new Map<number, GuestFiles>()
  readonly #unread = new Map<number, string | undefined>()
  readonly #volumes = new Map<GuestVolume, GuestFiles | undefined>()

  constructor(source: Source, context: Pick<ContainerContext, 'budget' | 'engine'>) {
    this.source = source
    this.#context = context
  }

  /** The file system at `offset`, in bytes; undefined where none is known there or it cannot be read. */
  mount(offset: number): GuestFiles | undefined {
    if (!this.#mounted.has(offset)) this.#mounted.set(offset, this.#open(offset))
    return this.#mounted.get(offset)
  }

  /** The file system at `offset` by the names that pygrub's library knows: of a disc without Rock Ridge those that are stored. */
  mountForPygrub(offset: number): GuestFiles | undefined {
    const files = this.mount(offset)
    if (files?.family !== 'iso9660') return files
    if (!this.#plain.has(offset)) this.#plain.set(offset, this.#plainNames(files, offset))
    return this.#plain.get(offset)
  }

  /** The name of a file system at `offset` that is known by its magic and not read: `reiserfs`, `zfs`; else undefined. */
  unreadFormat(offset: number): string | undefined {
    if (!(offset >= 0 && offset < this.source.size)) return undefined
    if (!this.#unread.has(offset)) {
      const found = detectContainer(this.#from(offset), { isDisk: true })
      this.#unread.set(offset, found?.kind === 'not-read' ? found.format : undefined)
    }
    return this.#unread.get(offset)
  }

  /** The format of a volume that is known and not read. */
  unreadVolume(volume: GuestVolume): string | undefined {
    if (volume.offset !== undefined) return this.unreadFormat(volume.offset)
    try {
      const found = detectContainer(volume.open(), { isDisk: true })
      return found?.kind === 'not-read' ? found.format : undefined
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      return undefined
    }
  }

  #plainNames(files: GuestFiles, offset: number): GuestFiles {
    try {
      const tree = openPlainIso(this.#from(offset), this.#context)
      return tree === undefined ? files : new GuestFiles(tree, files.family, files.forPygrub)
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      return files
    }
  }

  /** The file system of a volume; undefined where none is known there or it cannot be read. */
  mountVolume(volume: GuestVolume): GuestFiles | undefined {
    if (volume.offset !== undefined) return this.mount(volume.offset)
    if (!this.#volumes.has(volume))
      this.#volumes.set(
        volume,
        this.#mount(() => volume.open()),
      )
    return this.#volumes.get(volume)
  }

  #open(offset: number): GuestFiles | undefined {
    if (!(offset >= 0 && offset < this.source.size)) return undefined
    return this.#mount(() => this.#from(offset))
  }

  #from(offset: number): Source {
    return new SliceSource(this.source, offset, this.source.size - offset)
  }

  #mount(open: () => Source): GuestFiles | undefined {
    try {
      const source = open()
      const format = detectFileSystem(source)
      if (format === undefined) return undefined
      const tree = format.open(source, this.#context)
      // libfsimage tells UFS 1 from UFS 2, and reads the first only.
      const family = format.name === 'ufs' ? tree.format : format.name
      const view = pygrubView(family, source)
      return new GuestFiles(tree, family, view, () => volumeIdentity(family, source))
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      return undefined
    }
  }
}

/** ext4's bigalloc, in s_feature_ro_compat, 0x64 bytes into the superblock at 1024 (libext2fs does not open it). */
const EXT_RO_COMPAT = 1024 + 0x64
const EXT_BIGALLOC = 0x200
/** XFS: sb_versionnum and sb_features2, big-endian; the bit of a file type in each directory entry. */
const XFS_VERSION = 100
const XFS_FEATURES2 = 200
const XFS_FTYPE = 0x200

/** BPB_BytsPerSec. */
const FAT_SECTOR_SIZE = 11

/** What libfsimage makes of it, beyond the family (tools/libfsimage). */
function pygrubView(family: string, source: Source): PygrubView {
  const bytes = readBytes(source, 0, EXT_RO_COMPAT + 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (family === 'ext' && bytes.length >= EXT_RO_COMPAT + 4) {
    return (view.getUint32(EXT_RO_COMPAT, true) & EXT_BIGALLOC) !== 0 ? 'not-mounted' : 'mounted'
  }
  // libfsimage's reader of FAT knows sectors of 512 bytes alone.
  if (family === 'vfat') return view.getUint16(FAT_SECTOR_SIZE, true) === 512 ? 'mounted' : 'not-mounted'
  if (family === 'xfs' && bytes.length >= XFS_FEATURES2 + 4) {
    if ((view.getUint16(XFS_VERSION) & 15) !== 4) return 'not-mounted'
    return (view.getUint32(XFS_FEATURES2) & XFS_FTYPE) !== 0 ? 'empty' : 'mounted'
  }
  return 'mounted'
}
