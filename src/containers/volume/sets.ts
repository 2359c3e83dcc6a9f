/** The volumes of a disk, with those that several of its partitions make up together. */
import type { Source } from '../../source/source.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { detectContainer } from '../detect.ts'
import { openVolumeGroups, type PhysicalVolume, readPhysicalVolume } from './lvm2.ts'
import type { Volume, VolumeTable } from './volume.ts'

export interface FoundVolume {
  volume: Volume
  /** Of the table that names it. */
  format: string
}

/**
 * All volumes of `table`, those of the volume groups instead of the partitions that are their members. `fail` takes
 * what cannot be read of a member or a group.
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
  for (const volume of table.volumes) {
    const source = memberOf(volume)
    if (source === undefined) found.push({ volume, format: table.format })
    else guard(() => members.push(readPhysicalVolume(source, budget)))
  }
  if (members.length > 0) {
    guard(() => {
      for (const volume of openVolumeGroups(members, budget)) found.push({ volume, format: 'lvm2' })
    })
  }
  return found
}

/** The partition where it is a physical volume of LVM. */
function memberOf(volume: Volume): Source | undefined {
  try {
    const source = volume.open()
    return detectContainer(source)?.format === 'lvm2' ? source : undefined
  } catch (error) {
    // Whoever opens the volume is told.
    if (error instanceof ContainerError) return undefined
    throw error
  }
}
