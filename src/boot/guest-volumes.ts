/** Where file systems may lie on a guest's disk: partitions, volumes of LVM and md, and the disk itself. */
import { writeInside } from '../containers/address.ts'
import { ContainerError } from '../containers/container-error.ts'
import type { ContainerContext } from '../containers/context.ts'
import { detectContainer } from '../containers/detect.ts'
import type { Detected } from '../containers/detect-head.ts'
import { type Layer, openLayer } from '../containers/layer.ts'
import { openVolumeSets } from '../containers/volume/sets.ts'
import type { Source } from '../source/source.ts'

/** A part of a disk that may be a file system. */
export interface GuestVolume {
  /** As an address has it: `part2`, or `part2`, `vg0-root`; empty for the disk itself. */
  names: readonly string[]
  /** What it is a part of: `mbr`, `gpt`, `bsdlabel`, `lvm2`, `md`; absent for the disk itself and for files. */
  table?: string
  /** In bytes from the start of the disk, where it lies on it in one piece. */
  offset?: number
  /** Of a file system in a file: the parts of the file's address, as a loop device has it. */
  within?: readonly (readonly string[])[]
  /** Throws a ContainerError. */
  open(): Source
}

/** Volumes in volumes, as md below LVM. */
const MAX_DEPTH = 4

/** All volumes in table order, those of LVM and md instead of their members; the whole disk comes last. */
export function guestVolumes(disk: Source, context: ContainerContext): GuestVolume[] {
  const whole: GuestVolume = { names: [], offset: 0, open: () => disk }
  const volumes = volumesIn(whole, context, 0)
  return volumes.some(({ offset }) => offset === 0) ? volumes : [...volumes, whole]
}

function volumesIn(volume: GuestVolume, context: ContainerContext, depth: number): GuestVolume[] {
  const layer = depth < MAX_DEPTH ? layerOf(volume, context) : undefined
  if (layer?.kind !== 'volumes') return [volume]
  const { names, offset: start } = volume
  // What cannot be read of a member or a group has no file system that could be tried.
  return openVolumeSets(layer.table, context, () => undefined).flatMap(({ volume: inner }) => {
    const isPlain = start !== undefined && inner.offset !== undefined
    const part = {
      names: [...names, inner.name],
      table: layer.table.format,
      ...(isPlain && { offset: start + inner.offset! }),
      open: () => inner.open(),
    }
    return volumesIn(part, context, depth + 1)
  })
}

function layerOf(volume: GuestVolume, context: ContainerContext): Layer | undefined {
  try {
    return openLayer(volume.open(), context)
  } catch (error) {
    if (error instanceof ContainerError) return undefined
    throw error
  }
}

/** What follows `!/` in the address of a file: `part1/boot/vmlinuz`. `path` is absolute, and has no links. */
export const insideVolume = (
  { names, within = [] }: Pick<GuestVolume, 'names' | 'within'>,
  path: string,
): string => writeInside([...within, [...names, ...path.split('/').filter(name => name !== '')]])

const ARCHIVES: ReadonlySet<string> = new Set(['7z', 'apk3'])

/** Whether a guest may boot from it: a disk, its partitions, or a file system, one that is not read too. */
export const isDisk = ({ kind, format }: Detected): boolean =>
  kind === 'disk' || kind === 'volumes' || kind === 'tree' || (kind === 'not-read' && !ARCHIVES.has(format))

/**
 * What a guest sees of a file: the contents of a disk format, of a compressed image what is in it, or the file itself.
 * Throws a ContainerError.
 */
export function guestView(file: Source, context: ContainerContext, depth = 0): Source {
  // A disk without partitions may be a file system that is not read: what pygrub makes of it is told all the same.
  const detected = detectContainer(file)
  if (detected?.kind === 'not-read' && isDisk(detected)) return file
  const layer = depth < MAX_DEPTH ? openLayer(file, context) : undefined
  if (layer?.kind === 'disk') return layer.disk
  if (layer?.kind !== 'stream') return file
  // Partition tables are checked against the size, which is known at the end of the stream alone.
  layer.source.read(new Uint8Array(1), Number.MAX_SAFE_INTEGER - 1)
  return guestView(layer.source, context, depth + 1)
}
