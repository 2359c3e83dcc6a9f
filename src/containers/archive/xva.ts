/**
 * XVA, the export of a VM of XenServer and XCP-ng: a tar in which each disk is a folder of numbered chunks of 1 MiB.
 * Chunks of zeros are left out; an empty one is a sign of life that takes a number and no place.
 * Source: xen-api ocaml/xapi/stream_vdi.ml, `send_one` and `write_block`.
 */
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import type { Volume, VolumeTable } from '../volume/volume.ts'
import { readTar } from './tar.ts'

const CHUNK = 2 ** 20
const NAME = /^(Ref:\d+)\/(\d{8,})$/

/** Whether a tar that starts so is an export: its first member describes the VM. */
export function isXva(head: Uint8Array): boolean {
  const name = 'ova.xml'
  for (let at = 0; at < name.length; at++) if (head[at] !== name.charCodeAt(at)) return false
  return head[name.length] === 0
}

interface Chunk {
  /** In the disk, in chunks. */
  index: number
  size: number
  source: Source
}

/** Opens an export; its disks are named as in it: `Ref:12`. Throws a ContainerError. */
export function openXva(source: Source, budget: Budget): VolumeTable {
  const disks = new Map<string, { chunks: Chunk[]; skipped: number }>()
  for (const entry of readTar(source, budget)) {
    const [, disk, digits] = NAME.exec(entry.path) ?? []
    if (disk === undefined || entry.kind !== 'file') continue
    const known = disks.get(disk) ?? { chunks: [], skipped: 0 }
    disks.set(disk, known)
    if (entry.size === 0) known.skipped++
    else known.chunks.push({ index: Number(digits) - known.skipped, size: entry.size, source: entry.open() })
  }
  const volumes = [...disks].map(([name, { chunks }]) => volumeOf(name, chunks, budget))
  return { format: 'xva', volumes }
}

function volumeOf(name: string, chunks: Chunk[], budget: Budget): Volume {
  const byIndex = new Map(chunks.map(chunk => [chunk.index, chunk]))
  const size = chunks.reduce((end, chunk) => Math.max(end, chunk.index * CHUNK + chunk.size), 0)
  const locate = (position: number): Run => {
    const chunk = byIndex.get(Math.floor(position / CHUNK))
    const within = position % CHUNK
    if (chunk === undefined || within >= chunk.size) return { length: CHUNK - within }
    return { length: chunk.size - within, source: chunk.source, offset: within }
  }
  return { name, type: 'vdi', size, open: () => new MappedSource({ layer: 'xva', budget, size, locate }) }
}
