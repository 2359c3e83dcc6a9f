/**
 * The images that a BIOS or EFI boots a disc from, which need not be files of it.
 * Source: "El Torito" Bootable CD-ROM Format Specification 1.0; UEFI 2.10, section 13.3.2.1.
 */
import { SliceSource } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'
import { SECTOR } from './volume.ts'

/** The boot record, the second descriptor of the volume. */
const RECORD = 17 * SECTOR
const SYSTEM = 'CD001\x01EL TORITO SPECIFICATION'
const CATALOG_AT = 0x47
const ENTRY = 32
/** A catalog is one sector on every disc that is made. */
const MAX_ENTRIES = 64
const ID = { validation: 1, bootable: 0x88, section: 0x90, lastSection: 0x91 }
const EFI = 0xef
/** Sectors of a disk, which counts in the catalog are in. */
const DISK_SECTOR = 512
/** Bytes of the floppy disks that media types 1 to 3 stand for. */
const FLOPPIES = [0, 1_228_800, 1_474_560, 2_949_120]

export interface BootImage {
  /** In the volume, in bytes. */
  readonly start: number
  readonly source: Source
}

/** The boot images of a disc; none where it has no catalog, or one that breaks the rules. Throws a ContainerError. */
export function readBootImages(metadata: Metadata): BootImage[] {
  const { source } = metadata
  if (source.size < RECORD + SECTOR) return []
  const record = metadata.read('boot record', RECORD, SECTOR)
  if (record.u8(0) !== 0) return []
  for (let at = 0; at < SYSTEM.length; at++) if (record.u8(1 + at) !== SYSTEM.charCodeAt(at)) return []
  const at = record.u32(CATALOG_AT) * SECTOR
  if (at + SECTOR > source.size) return []
  const catalog = metadata.read('boot catalog', at, SECTOR)
  if (catalog.u8(0) !== ID.validation) return []
  const images: BootImage[] = []
  let platform = catalog.u8(1)
  for (let index = 1; index < MAX_ENTRIES; index++) {
    const entry = catalog.part(index * ENTRY, ENTRY)
    const id = entry.u8(0)
    if (id === ID.section || id === ID.lastSection) platform = entry.u8(1)
    else if (id === ID.bootable) {
      const start = entry.u32(8) * SECTOR
      const count = entry.u16(6) * DISK_SECTOR
      if (start < source.size)
        images.push({ start, source: imageAt(source, start, count, { platform, media: entry.u8(1) & 15 }) })
    } else if (id === 0) break
  }
  return images
}

/** What a BIOS loads has the size that is said; a disk may be longer than the count can say, and knows its own size. */
function imageAt(
  source: Source,
  start: number,
  count: number,
  { platform, media }: { platform: number; media: number },
): Source {
  const floppy = FLOPPIES[media]
  const isDisk = platform === EFI || floppy === undefined
  return new SliceSource(source, start, isDisk ? source.size - start : floppy || count)
}
