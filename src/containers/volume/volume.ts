/** What tables of partitions and of logical volumes have in common: named parts of a disk. */
import type { Source } from '../../source/source.ts'

export interface Volume {
  /** Names it in an address: `part2`, `vg0-root`. */
  readonly name: string
  /** What its table says that it holds, as the table writes it: a partition type, a segment type. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** Where on the disk it starts, in bytes, where it lies in one piece. */
  readonly offset?: number
  /** Throws a ContainerError. */
  open(): Source
}

export interface VolumeTable {
  /** `mbr`, `gpt`, `bsdlabel`, `lvm2`, `md`. */
  readonly format: string
  readonly volumes: readonly Volume[]
}
