/**
 * Whether the log of XFS has changes that are not in place: its last record says that the file system was unmounted
 * where it has none. Source: Linux fs/xfs/xfs_log_recover.c (xlog_find_head, xlog_find_tail), xfs_log_format.h.
 */
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { blockOffset, type Superblock } from './superblock.ts'

/** The log is written by sectors of this length, whose first word is the number of the round they were written in. */
const SECTOR = 512
const RECORD_MAGIC = 0xfeed_babe
/** A header of a record that starts at most so long before the log's head is looked for. */
const LOOK_BACK = 16
/** Bytes of a record that one sector of its header describes. */
const HEADER_COVERS = 32768
const UNMOUNT = 0x20

/** True where the last record is another one than that of an unmount. */
export function isLogDirty(metadata: Metadata, superblock: Superblock): boolean {
  const { log, blockSize } = superblock
  if (log.start === 0 || log.blocks === 0) return false
  const start = blockOffset(metadata, superblock, log.start)
  const sectors = Math.floor((log.blocks * blockSize) / SECTOR)
  const sector = (number: number) => metadata.read('log', start + number * SECTOR, SECTOR)
  const first = roundOf(sector(0))
  if (first === 0) return false
  const head = findHead(number => roundOf(sector(number)), sectors, first)
  for (let back = 1; back <= LOOK_BACK; back++) {
    const number = (head - back + sectors) % sectors
    const raw = sector(number)
    if (raw.u32(0) !== RECORD_MAGIC) continue
    const headerSectors = Math.max(1, Math.ceil(raw.u32(320) / HEADER_COVERS))
    const isUnmount = raw.u32(40) === 1 && (sector((number + headerSectors) % sectors).u8(9) & UNMOUNT) !== 0
    return !isUnmount
  }
  return true
}

/** A record's header has its magic first. */
const roundOf = (raw: Structure): number => (raw.u32(0) === RECORD_MAGIC ? raw.u32(4) : raw.u32(0))

/** The first sector that was not written in the round of the first one: all before it are newer. */
function findHead(round: (sector: number) => number, sectors: number, first: number): number {
  let [low, high] = [0, sectors]
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (round(middle) === first) low = middle
    else high = middle
  }
  return high
}
