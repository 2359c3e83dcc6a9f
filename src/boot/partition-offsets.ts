/** Where file systems may lie on a guest's disk: its partitions, and the disk itself. */
import { ContainerError } from '../containers/container-error.ts'
import type { ContainerContext } from '../containers/context.ts'
import { openLayer } from '../containers/layer.ts'
import type { Source } from '../source/source.ts'

/** In table order, in bytes; the whole disk comes last. Volumes that lie in several pieces are not among them. */
export function partitionOffsets(disk: Source, context: ContainerContext): number[] {
  try {
    const layer = openLayer(disk, context)
    if (layer?.kind !== 'volumes') return [0]
    return [...new Set([...layer.table.volumes.flatMap(({ offset }) => offset ?? []), 0])]
  } catch (error) {
    if (error instanceof ContainerError) return [0]
    throw error
  }
}

/** What a guest sees of a file: the contents of a disk format, or the file itself. Throws a ContainerError. */
export function guestView(file: Source, context: ContainerContext): Source {
  const layer = openLayer(file, context)
  return layer?.kind === 'disk' ? layer.disk : file
}
