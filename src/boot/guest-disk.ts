/** A guest's disk as boot loaders see it: bytes, and file systems at places that they choose. */

import type { Budget } from '../containers/budget.ts'
import { ContainerError } from '../containers/container-error.ts'
import type { ContainerContext } from '../containers/context.ts'
import { detectFileSystem } from '../containers/fs/formats.ts'
import { rockRidgeSkip } from '../containers/fs/iso/rock-ridge.ts'
import { readVolumes, selfRecord } from '../containers/fs/iso/volume.ts'
import { Metadata } from '../containers/metadata.ts'
import { readBytes, SliceSource } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { GuestFiles, type PygrubView } from './guest-files.ts'
import type { GuestVolume } from './guest-volumes.ts'

export class GuestDisk {
  readonly source: Source
  readonly #context: Pick<ContainerContext, 'budget' | 'engine'>
  readonly #mounted = new Map<number, GuestFiles | undefined>()
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
    return this.#mount(() => new SliceSource(this.source, offset, this.source.size - offset))
  }

  #mount(open: () => Source): GuestFiles | undefined {
    try {
      const source = open()
      const format = detectFileSystem(source)
      if (format === undefined) return undefined
      const tree = format.open(source, this.#context)
      // libfsimage tells UFS 1 from UFS 2, and reads the first only.
      const family = format.name === 'ufs' ? tree.format : format.name
      return new GuestFiles(tree, family, pygrubView(family, source, this.#context.budget))
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

/** Joliet is not read by libfsimage: without Rock Ridge there are only the names of ISO 9660 itself. */
function hasRockRidge(source: Source, budget: Budget): boolean {
  const metadata = new Metadata(source, { layer: 'iso9660', budget })
  const primary = readVolumes(metadata).find(({ joliet }) => !joliet)
  return (
    primary !== undefined &&
    rockRidgeSkip(selfRecord(metadata, primary.root, primary.blockSize)) !== undefined
  )
}

/** What libfsimage makes of it, beyond the family (tools/libfsimage). */
function pygrubView(family: string, source: Source, budget: Budget): PygrubView {
  if (family === 'iso9660') return hasRockRidge(source, budget) ? 'mounted' : 'plain-names'
  const bytes = readBytes(source, 0, EXT_RO_COMPAT + 4)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (family === 'ext' && bytes.length >= EXT_RO_COMPAT + 4) {
    return (view.getUint32(EXT_RO_COMPAT, true) & EXT_BIGALLOC) !== 0 ? 'not-mounted' : 'mounted'
  }
  if (family === 'xfs' && bytes.length >= XFS_FEATURES2 + 4) {
    if ((view.getUint16(XFS_VERSION) & 15) !== 4) return 'not-mounted'
    return (view.getUint32(XFS_FEATURES2) & XFS_FTYPE) !== 0 ? 'empty' : 'mounted'
  }
  return 'mounted'
}
