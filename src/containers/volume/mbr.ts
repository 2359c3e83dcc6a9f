/**
 * The partition table of a PC's disk: four entries in its first sector, and logical partitions in a chain of tables
 * of an extended one. Source: "Master boot record" of UEFI 2.10, section 5.2.1; util-linux libfdisk/src/dos.c.
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { ContainerError } from '../container-error.ts'
import { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'
import type { Volume, VolumeTable } from './volume.ts'

const SECTOR = 512
const TABLE = 446
const ENTRY = 16
const SIGNATURE = 0xaa55
/** As many as Linux makes devices for (block/partitions/core.c, DISK_MAX_PARTS). */
const MAX_LOGICAL = 256
/** Types of extended partitions: CHS, LBA, Linux. */
const EXTENDED = new Set([0x05, 0x0f, 0x85])
/** The whole disk is a GPT's. */
export const PROTECTIVE = 0xee

interface Entry {
  type: number
  /** In sectors. */
  start: number
  count: number
}

/** Whether the sector can be a partition table: its entries are either empty or have a flag that is one. */
export function isMbr(sector: Uint8Array): boolean {
  if (sector.length < SECTOR || sector[510] !== 0x55 || sector[511] !== 0xaa) return false
  const starts = [0, 1, 2, 3].map(index => TABLE + index * ENTRY)
  const isUsed = (at: number) => sector[at + 4] !== 0
  return starts.some(isUsed) && starts.every(at => (sector[at]! & 0x7f) === 0)
}

/** Opens the partition table of a disk; logical partitions are named from `part5` on. Throws a ContainerError. */
export function openMbr(source: Source, budget: Budget): VolumeTable {
  const metadata = new Metadata(source, { layer: 'mbr', budget })
  const volumes: Volume[] = []
  const sector = metadata.read('partition table', 0, SECTOR)
  if (sector.u16(510) !== SIGNATURE) throw sector.corrupt('partition table', 'it has no signature', 510)
  const logical: Volume[] = []
  for (const [index, entry] of entriesOf(sector).entries()) {
    if (entry.count === 0 || entry.type === 0) continue
    if (EXTENDED.has(entry.type)) logical.push(...logicalPartitions(metadata, entry, logical.length))
    else volumes.push(partition(source, `part${index + 1}`, entry))
  }
  return { format: 'mbr', volumes: [...volumes, ...logical] }
}

function entriesOf(sector: Structure): Entry[] {
  return [0, 1, 2, 3].map(index => {
    const entry = sector.part(TABLE + index * ENTRY, ENTRY)
    return { type: entry.u8(4), start: entry.u32(8), count: entry.u32(12) }
  })
}

function partition(source: Source, name: string, { type, start, count }: Entry): Volume {
  const offset = start * SECTOR
  const size = Math.max(0, Math.min(count * SECTOR, source.size - offset))
  return {
    name,
    type: `0x${type.toString(16).padStart(2, '0')}`,
    size,
    offset,
    open() {
      if (start > 0) return new SliceSource(source, offset, size)
      const message = `Cannot open the partition ${name}: it starts with the partition table`
      throw new ContainerError('container-corrupt', 'mbr', message, 0)
    },
  }
}

/** Each table of the chain has one logical partition, and where the next table is. */
function logicalPartitions(metadata: Metadata, extended: Entry, before: number): Volume[] {
  const volumes: Volume[] = []
  const seen = new Set<number>()
  let table = extended.start
  while (true) {
    const at = table * SECTOR
    if (seen.has(table)) throw metadata.corrupt('extended partition', 'its tables lead in a circle', at)
    if (seen.size === MAX_LOGICAL) {
      throw metadata.corrupt('extended partition', `it has more than ${MAX_LOGICAL} tables`, at)
    }
    seen.add(table)
    const sector = metadata.read('extended partition table', at, SECTOR)
    if (sector.u16(510) !== SIGNATURE) return volumes
    let next: number | undefined
    for (const entry of entriesOf(sector).slice(0, 2)) {
      if (entry.count === 0 || entry.type === 0) continue
      if (EXTENDED.has(entry.type)) {
        next ??= extended.start + entry.start
      } else {
        const name = `part${5 + before + volumes.length}`
        volumes.push(partition(metadata.source, name, { ...entry, start: table + entry.start }))
      }
    }
    if (next === undefined) return volumes
    table = next
  }
}
