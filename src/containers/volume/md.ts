/**
 * Linux software RAID: one member of a mirror is the whole of it. Superblocks at the end of a disk (0.90, 1.0) leave its
 * start to the file system, and need no reader. Source: Linux include/uapi/linux/raid/md_p.h, `mdp_superblock_1`.
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { Metadata } from '../metadata.ts'
import type { VolumeTable } from './volume.ts'

const MAGIC = 0xa92b4efc
/** Versions 1.1 and 1.2. */
const PLACES = [0, 4096]
const LENGTH = 256
const MIRROR = 1
const SECTOR = 512

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
