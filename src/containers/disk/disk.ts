/** What every disk format is opened as: the bytes that a guest sees. */
import type { Source } from '../../source/source.ts'

/** A state of the disk that was kept in the same file. */
export interface Snapshot {
  readonly id: string
  readonly name: string
  /** Throws a ContainerError. */
  open(): Source
}

export interface Disk extends Source {
  /** `raw`, `qcow2`, `vhd`, `vhdx`, `vmdk`, `xva`. */
  readonly format: string
  readonly snapshots: readonly Snapshot[]
}

/** A disk without snapshots. */
export function plainDisk(format: string, source: Source): Disk {
  return { format, size: source.size, snapshots: [], read: (into, position) => source.read(into, position) }
}

/** In bytes. */
export const SECTOR = 512
