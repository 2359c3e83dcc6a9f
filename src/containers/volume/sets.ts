/**
 * The volumes of a disk, with those that several of its partitions make up together: volume groups of LVM, mirrors of
 * Linux, and file systems of btrfs on several devices.
 */
import { KeptStart } from '../../source/kept-start.ts'
import type { Source } from '../../source/source.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { detectContainer } from '../detect.ts'
import { btrfsDevice } from '../fs/btrfs/superblock.ts'
import { openVolumeGroups, type PhysicalVolume, readPhysicalVolume } from './lvm2.ts'
import { mirrorOf } from './md.ts'
import type { Volume, VolumeTable } from './volume.ts'

export interface FoundVolume {
  volume: Volume
  /** Of the table that names it. */
  format: string
  /** The other devices of the file system that it starts. */
  peers?: readonly Source[]
}

/**
 * All volumes of `table`, those of the volume groups instead of the partitions that are their members; of a mirror the
 * member that was written last, and of a file system on several devices the first one. `fail` takes what cannot be read
 * of a member or a group.
 */
export function openVolumeSets(
  table: VolumeTable,
  { budget }: ContainerContext,
  fail: (error: ContainerError) => void,
): FoundVolume[] {
  const found: FoundVolume[] = []
  const members: PhysicalVolume[] = []
  const guard = (action: () => void) => {
    try {
      action()
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      fail(error)
    }
  }
  const parts = table.volumes.map(opened)
  const sets = new Sets(parts)
  for (const { volume, source } of parts) {
    if (source !== undefined && isMember(source))
      guard(() => members.push(readPhysicalVolume(source, budget)))
    else if (!sets.isLeftOut(volume)) found.push({ volume, format: table.format, ...sets.peersOf(volume) })
  }
  if (members.length > 0) {
    guard(() => {
      for (const volume of openVolumeGroups(members, budget)) found.push({ volume, format: 'lvm2' })
    })
  }
  return found
}

interface Part {
  volume: Volume
  source: Source | undefined
}

/** Which partitions belong to others of the same disk. */
class Sets {
  readonly #leftOut = new Set<Volume>()
  readonly #peers = new Map<Volume, Source[]>()

  constructor(parts: readonly Part[]) {
    if (parts.length < 2) return
    const mirrors = new Map<string, { volume: Volume; events: number }>()
    const systems = new Map<string, Volume>()
    for (const { volume, source } of parts) {
      if (source === undefined) continue
      const mirror = mirrorOf(source)
      const device = mirror === undefined ? btrfsDevice(source) : undefined
      if (mirror !== undefined) this.#addMirror(mirrors, mirror.array, { volume, events: mirror.events })
      else if (device !== undefined && device.devices > 1)
        this.#addDevice(systems, device.fsid, volume, source)
    }
  }

  isLeftOut(volume: Volume): boolean {
    return this.#leftOut.has(volume)
  }

  peersOf(volume: Volume): { peers?: readonly Source[] } {
    const peers = this.#peers.get(volume)
    return peers === undefined ? {} : { peers }
  }

  /** A member that failed long ago has old files. */
  #addMirror(
    mirrors: Map<string, { volume: Volume; events: number }>,
    array: string,
    member: { volume: Volume; events: number },
  ): void {
    const known = mirrors.get(array)
    if (known === undefined || member.events > known.events) {
      if (known !== undefined) this.#leftOut.add(known.volume)
      mirrors.set(array, member)
    } else {
      this.#leftOut.add(member.volume)
    }
  }

  #addDevice(systems: Map<string, Volume>, fsid: string, volume: Volume, source: Source): void {
    const first = systems.get(fsid)
    if (first === undefined) {
      systems.set(fsid, volume)
    } else {
      this.#leftOut.add(volume)
      this.#peers.set(first, [...(this.#peers.get(first) ?? []), source])
    }
  }
}

/** A volume whose start is read once. Whoever opens one that cannot be opened is told. */
function opened(volume: Volume): Part {
  try {
    const source = new KeptStart(volume.open())
    return { volume: { ...volume, open: () => source }, source }
  } catch (error) {
    if (error instanceof ContainerError) return { volume, source: undefined }
    throw error
  }
}

/** Whether it is a physical volume of LVM. */
function isMember(source: Source): boolean {
  try {
    return detectContainer(source)?.format === 'lvm2'
  } catch (error) {
    if (error instanceof ContainerError) return false
    throw error
  }
}
