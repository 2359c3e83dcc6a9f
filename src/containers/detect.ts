/** What a container is, by its magic and never by its name. */
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { detectCodec } from '../unwrap/detect.ts'
import type { SlidingCodec } from '../unwrap/sliding/stream-reader.ts'
import { isCpio } from './archive/cpio.ts'
import { isTar } from './archive/tar.ts'
import { isXva } from './archive/xva.ts'
import { isVhdFooter } from './disk/vhd.ts'
import { detectFileSystem, type FileSystemFormat } from './fs/formats.ts'
import { isBsdLabel } from './volume/bsdlabel.ts'
import { gptSectorSize } from './volume/gpt.ts'
import { isMbr } from './volume/mbr.ts'

export type DiskFormat = 'qcow2' | 'vhd' | 'vhdx' | 'vmdk'
export type VolumeFormat = 'mbr' | 'gpt' | 'bsdlabel' | 'lvm2' | 'md' | 'xva'
export type ArchiveFormat = 'tar' | 'cpio' | 'zip' | 'ar' | 'rpm'
/** Formats that are named and never read. */
export type NotRead = 'luks' | 'bitlocker' | 'zfs' | '7z' | 'vdo' | 'swap'

export type Detected =
  | { kind: 'disk'; format: DiskFormat }
  | { kind: 'volumes'; format: VolumeFormat }
  | { kind: 'tree'; format: string; fileSystem: FileSystemFormat }
  | { kind: 'archive'; format: ArchiveFormat }
  | { kind: 'stream'; format: SlidingCodec }
  | { kind: 'not-read'; format: NotRead }

/** As much of the start as most formats need; more is only read of what is none of them. */
export const HEAD_LENGTH = 8192
const FOOTER_LENGTH = 512

interface Magic {
  at: number
  bytes: string
  is: Detected
}

const magic = (at: number, bytes: string, is: Detected): Magic => ({ at, bytes, is })
const disk = (format: DiskFormat): Detected => ({ kind: 'disk', format })
const archive = (format: ArchiveFormat): Detected => ({ kind: 'archive', format })
const notRead = (format: NotRead): Detected => ({ kind: 'not-read', format })

const HEAD_MAGICS: readonly Magic[] = [
  magic(0, 'QFI\xfb', disk('qcow2')),
  magic(0, 'vhdxfile', disk('vhdx')),
  magic(0, 'KDMV', disk('vmdk')),
  magic(0, 'COWD', disk('vmdk')),
  magic(0, '# Disk DescriptorFile', disk('vmdk')),
  magic(0, 'conectix', disk('vhd')),
  magic(0, '!<arch>\n', archive('ar')),
  magic(0, '\xed\xab\xee\xdb', archive('rpm')),
  magic(0, 'PK\x03\x04', archive('zip')),
  magic(0, 'LUKS\xba\xbe', notRead('luks')),
  magic(3, '-FVE-FS-', notRead('bitlocker')),
  magic(0, "7z\xbc\xaf'\x1c", notRead('7z')),
  magic(0, 'dmvdo001', notRead('vdo')),
  magic(4086, 'SWAPSPACE2', notRead('swap')),
  ...[0, 512, 1024, 1536].map(at => magic(at, 'LABELONE', { kind: 'volumes', format: 'lvm2' })),
  ...[0, 4096].map(at => magic(at, '\xfc\x4e\x2b\xa9', { kind: 'volumes', format: 'md' })),
]

/** The uberblocks of a ZFS label are from 128 KiB on. */
const ZFS_AT = 131072
const ZFS_MAGIC = ['\x0c\xb1\xba\0\0\0\0\0', '\0\0\0\0\0\xba\xb1\x0c']

const hasMagic = (bytes: Uint8Array, at: number, text: string): boolean => {
  if (at + text.length > bytes.length) return false
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  return true
}

/** What the container is whose first bytes are `head`; nothing where it is none that starts with a magic. */
export function detectHead(head: Uint8Array): Detected | undefined {
  for (const { at, bytes, is } of HEAD_MAGICS) if (hasMagic(head, at, bytes)) return is
  if (isCpio(head)) return archive('cpio')
  const codec = detectCodec(head)
  if (codec !== undefined && codec !== 'lz4' && codec !== 'lzo') return { kind: 'stream', format: codec }
  if (isTar(head)) return isXva(head) ? { kind: 'volumes', format: 'xva' } : archive('tar')
  return undefined
}

/** What a table of partitions is told by, which file systems may have too: looked at last. */
function detectTable(head: Uint8Array): Detected | undefined {
  if (gptSectorSize(head) !== undefined) return { kind: 'volumes', format: 'gpt' }
  if (isBsdLabel(head)) return { kind: 'volumes', format: 'bsdlabel' }
  if (isMbr(head)) return { kind: 'volumes', format: 'mbr' }
  return undefined
}

/**
 * What the container in `source` is; nothing where it is none. Reads 8 KiB, and where that does not tell it a little
 * at each further place where a magic may be.
 */
export function detectContainer(
  source: Source,
  head = readBytes(source, 0, HEAD_LENGTH),
): Detected | undefined {
  const near = detectHead(head)
  if (near !== undefined) return near
  // A file system goes before a table: disks of Xen guests are often without one, and a hybrid ISO has several.
  const fileSystem = detectFileSystem(new HeadSource(source, head))
  if (fileSystem !== undefined) return { kind: 'tree', format: fileSystem.name, fileSystem }
  if (hasFooter(source)) return disk('vhd')
  const table = detectTable(head)
  if (table !== undefined) return table
  if (ZFS_MAGIC.some(text => hasMagic(readBytes(source, ZFS_AT, 8), 0, text))) return notRead('zfs')
  return undefined
}

/** A fixed VHD has its footer alone. Nobody unpacks a stream to its end to look for one. */
function hasFooter(source: Source): boolean {
  const { size } = source
  if (size < FOOTER_LENGTH || size === Number.MAX_SAFE_INTEGER) return false
  return isVhdFooter(readBytes(source, size - FOOTER_LENGTH, 8))
}

/** A source whose first bytes are in memory. */
class HeadSource implements Source {
  readonly size: number
  readonly #source: Source
  readonly #head: Uint8Array

  constructor(source: Source, head: Uint8Array) {
    this.size = source.size
    this.#source = source
    this.#head = head
  }

  read(into: Uint8Array, position: number): number {
    if (position + into.length > this.#head.length) return this.#source.read(into, position)
    into.set(this.#head.subarray(position, position + into.length))
    return into.length
  }
}
