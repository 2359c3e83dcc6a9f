/** BSD's partition table, in the second sector of a disk or of a partition (FreeBSD sys/sys/disk/bsd.h, `disklabel`). */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { Metadata } from '../metadata.ts'
import type { Volume, VolumeTable } from './volume.ts'

const MAGIC = 0x82564557
const LABEL_AT = 512
const PARTITIONS_AT = 148
const ENTRY = 16
/** `BSD_NPARTS_MAX`. */
const MAX_PARTITIONS = 20
/** Stands for the whole disk. */
const RAW_PARTITION = 2

/** Whether a disk that starts so has a label. */
export function isBsdLabel(head: Uint8Array): boolean {
  if (head.length < LABEL_AT + PARTITIONS_AT) return false
  const view = new DataView(head.buffer, head.byteOffset)
  return view.getUint32(LABEL_AT, true) === MAGIC && view.getUint32(LABEL_AT + 132, true) === MAGIC
}

/**
 * Opens a label; its partitions are named `a`, `b`, `d` and so on. Their places count from the start of the disk, or
 * of the partition that the label is in, as the one for all of it says. Throws a ContainerError.
 */
export function openBsdLabel(source: Source, budget: Budget): VolumeTable {
  const metadata = new Metadata(source, { layer: 'bsdlabel', budget })
  const label = metadata.read('disk label', LABEL_AT, PARTITIONS_AT)
  if (label.u32(0) !== MAGIC) throw label.corrupt('disk label', 'it has no magic')
  const [sectorSize, count] = [label.u32(40), label.u16(138)]
  if (sectorSize !== 512 && sectorSize !== 4096) {
    throw label.corrupt('disk label', `its sectors have ${sectorSize} bytes`, 40)
  }
  if (count > MAX_PARTITIONS) {
    throw label.corrupt('disk label', `it has ${count} partitions, limit is ${MAX_PARTITIONS}`, 138)
  }
  const table = metadata.read('disk label', LABEL_AT + PARTITIONS_AT, count * ENTRY)
  const base = count > RAW_PARTITION ? table.u32(RAW_PARTITION * ENTRY + 4) : 0
  const volumes: Volume[] = []
  for (let index = 0; index < count; index++) {
    const [sectors, start, type] = [
      table.u32(index * ENTRY),
      table.u32(index * ENTRY + 4),
      table.u8(index * ENTRY + 12),
    ]
    if (index === RAW_PARTITION || sectors === 0 || start < base) continue
    const offset = (start - base) * sectorSize
    const size = Math.max(0, Math.min(sectors * sectorSize, source.size - offset))
    const name = String.fromCharCode(0x61 + index)
    volumes.push({ name, type: `${type}`, size, offset, open: () => new SliceSource(source, offset, size) })
  }
  return { format: 'bsdlabel', volumes }
}
