/** Where file systems may lie on a guest's disk: its partitions, and the disk itself. */
import { ComponentReader } from '../xen/component.ts'
import type { GuestDisk } from './guest-disk.ts'
import { offsetsToTry } from './pygrub/partitions.ts'
import { pygrub } from './pygrub/pygrub.ts'
import { PythonError } from './pygrub/python.ts'

/** In table order, in bytes; the whole disk comes last. */
export function partitionOffsets({ source }: GuestDisk): number[] {
  try {
    const newest = new ComponentReader(pygrub, pygrub.versions.length - 1)
    return [...new Set([...offsetsToTry(newest, 3, source), 0])]
  } catch (error) {
    if (error instanceof PythonError) return [0]
    throw error
  }
}
