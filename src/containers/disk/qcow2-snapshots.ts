/** The snapshots that a qcow2 image holds (docs/interop/qcow2.rst, "Snapshots"). */
import { decodeName } from '../file-name.ts'
import type { Metadata } from '../metadata.ts'
import type { ClusterTable, Qcow2Header } from './qcow2-header.ts'

/** QCOW_MAX_SNAPSHOTS. */
const MAX_SNAPSHOTS = 65536
const ENTRY_LENGTH = 40
/** Of the extra data: `vm_state_size`, then the size of the disk. */
const DISK_SIZE_AT = 8
const MAX_EXTRA = 1024

export interface SnapshotEntry extends ClusterTable {
  id: string
  name: string
}

/** Throws a ContainerError. */
export function readSnapshots(metadata: Metadata, header: Qcow2Header): SnapshotEntry[] {
  const { snapshotCount, snapshotsOffset } = header
  if (snapshotCount > MAX_SNAPSHOTS) {
    const why = `it has ${snapshotCount} snapshots, limit is ${MAX_SNAPSHOTS}`
    throw metadata.corrupt('snapshot table', why, snapshotsOffset)
  }
  const entries: SnapshotEntry[] = []
  let at = snapshotsOffset
  for (let index = 0; index < snapshotCount; index++) {
    const raw = metadata.read('snapshot', at, ENTRY_LENGTH)
    const [idLength, nameLength, extra] = [raw.u16(12), raw.u16(14), raw.u32(36)]
    if (extra > MAX_EXTRA)
      throw raw.corrupt('snapshot', `it has ${extra} bytes of extra data, limit is ${MAX_EXTRA}`)
    const names = metadata.read('snapshot', at + ENTRY_LENGTH, extra + idLength + nameLength)
    entries.push({
      id: decodeName(names.slice(extra, idLength)),
      name: decodeName(names.slice(extra + idLength, nameLength)),
      l1Offset: raw.u64(0),
      l1Size: raw.u32(8),
      size: extra >= DISK_SIZE_AT + 8 ? names.u64(DISK_SIZE_AT) : header.size,
    })
    at += Math.ceil((ENTRY_LENGTH + extra + idLength + nameLength) / 8) * 8
  }
  return entries
}
