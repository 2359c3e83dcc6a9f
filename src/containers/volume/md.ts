/**
 * Linux software RAID: one member of a mirror is the whole of it. Superblocks at the end of a disk (0.90, 1.0) leave its
 * start to the file system. Source: Linux include/uapi/linux/raid/md_p.h, `mdp_superblock_1` and `mdp_super_t`.
 */
import { readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { Metadata } from '../metadata.ts'
import { Structure } from '../structure.ts'
import type { VolumeTable } from './volume.ts'

const MAGIC = 0xa92b4efc
/** Versions 1.1 and 1.2. */
const PLACES = [0, 4096]
const LENGTH = 256
const MIRROR = 1
const SECTOR = 512
const OLD_RESERVED = 65536

/** What tells the members of one mirror, and which of them was written last. */
export interface MirrorMember {
  array: string
  events: number
}

/** Opens a member of a mirror as the volume `md`. Throws a ContainerError, for other levels too. */
export function openMd(source: Source, budget: Budget): VolumeTable {
  const metadata = new Metadata(source, { layer: 'md', budget })
  for (const at of PLACES) {
    const raw = metadata.read('superblock', at, LENGTH)
    if (raw.u32(0) !== MAGIC) continue
    const level = raw.u32(72)
    if (level !== MIRROR) throw metadata.unsupported('array', `its level is ${level | 0}`, at + 72)
    const offset = raw.u64(128) * SECTOR
    const size = Math.max(0, Math.min(raw.u64(136) * SECTOR, source.size - offset))
    const open = () => new SliceSource(source, offset, size)
    return { format: 'md', volumes: [{ name: 'md', type: 'raid1', size, offset, open }] }
  }
  throw metadata.corrupt('superblock', 'there is none', 0)
}

/** Which mirror a partition is a member of, wherever its superblock is; nothing where it is of none. */
export function mirrorOf(source: Source): MirrorMember | undefined {
  const { size } = source
  const sectors = Math.floor(size / SECTOR)
  // Version 1.0: in the last 8 KiB but of a multiple of 4 KiB (super_1_load).
  const atEnd = Math.floor((sectors - 16) / 8) * 8 * SECTOR
  for (const at of [...PLACES, atEnd]) {
    const raw = structureAt(source, at, LENGTH)
    if (raw === undefined || raw.u32(0) !== MAGIC || raw.u32(4) !== 1 || raw.u32(72) !== MIRROR) continue
    return { array: `1 ${raw.slice(16, 16).join()}`, events: raw.u64(200) }
  }
  const old = structureAt(source, Math.floor(size / OLD_RESERVED) * OLD_RESERVED - OLD_RESERVED, LENGTH)
  // Version 0.90: its four words of identity are not in one place.
  if (old === undefined || old.u32(0) !== MAGIC || old.u32(4) !== 0 || old.u32(28) !== MIRROR)
    return undefined
  return { array: `0 ${old.u32(20)} ${old.slice(52, 12).join()}`, events: old.u64(156) }
}

function structureAt(source: Source, offset: number, length: number): Structure | undefined {
  if (offset < 0) return undefined
  const bytes = readBytes(source, offset, length)
  return bytes.length < length ? undefined : new Structure(bytes, { layer: 'md', offset })
}
