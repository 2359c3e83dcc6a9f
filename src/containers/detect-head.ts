/** What a container is, by its first bytes and never by its name. */
import { detectStream } from '../unwrap/detect.ts'
import type { SlidingCodec } from '../unwrap/sliding/stream-reader.ts'
import { isCpio } from './archive/cpio.ts'
import { isTar } from './archive/tar.ts'
import { isXva } from './archive/xva.ts'
import { isPe } from './envelope/uki.ts'
import type { FileSystemFormat } from './fs/formats.ts'
import { isImageIndex } from './image/blob-store.ts'
import { isOvf } from './package/ovf.ts'

export type DiskFormat = 'qcow2' | 'vhd' | 'vhdx' | 'vmdk'
export type VolumeFormat = 'mbr' | 'gpt' | 'bsdlabel' | 'lvm2' | 'md' | 'xva'
export type ArchiveFormat = 'tar' | 'cpio' | 'zip' | 'ova' | 'ovf' | 'deb' | 'rpm' | 'uki'
/** Formats that are named and never read. */
export type NotRead =
  | 'luks'
  | 'bitlocker'
  | 'zfs'
  | '7z'
  | 'vdo'
  | 'apk3'
  | 'exfat'
  | 'f2fs'
  | 'bcachefs'
  | 'jfs'
  | 'reiserfs'

export type Detected =
  | { kind: 'disk'; format: DiskFormat }
  | { kind: 'volumes'; format: VolumeFormat }
  | { kind: 'tree'; format: string; fileSystem: FileSystemFormat }
  | { kind: 'archive'; format: ArchiveFormat }
  | { kind: 'images'; format: 'oci' }
  | { kind: 'stream'; format: SlidingCodec }
  | { kind: 'not-read'; format: NotRead }

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
  magic(0, '!<arch>\ndebian-binary', archive('deb')),
  magic(0, '\xed\xab\xee\xdb', archive('rpm')),
  magic(0, 'PK\x03\x04', archive('zip')),
  magic(0, 'LUKS\xba\xbe', notRead('luks')),
  magic(3, '-FVE-FS-', notRead('bitlocker')),
  magic(3, 'EXFAT   ', notRead('exfat')),
  magic(1024, '\x10\x20\xf5\xf2', notRead('f2fs')),
  // The identities of bcachefs and of the bcache that it comes from begin alike.
  magic(4096 + 24, '\xc6\x85\x73\xf6\x4e\x1a\x45\xca', notRead('bcachefs')),
  magic(0, "7z\xbc\xaf'\x1c", notRead('7z')),
  magic(0, 'dmvdo001', notRead('vdo')),
  // Packages of apk-tools 3: plain, deflated, or packed as a header says.
  ...['.', 'd', 'c'].map(kind => magic(0, `ADB${kind}`, notRead('apk3'))),
  ...[0, 4096].map(at => magic(at, '\xfc\x4e\x2b\xa9', { kind: 'volumes', format: 'md' })),
]

/** Whether the bytes at `at` are those of `text`, one character a byte. */
export function hasMagic(bytes: Uint8Array, at: number, text: string): boolean {
  if (at + text.length > bytes.length) return false
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text.charCodeAt(index)) return false
  return true
}

/** A label of LVM is in one of the first four sectors. */
const LABEL_SECTORS = [0, 512, 1024, 1536]

const isLvmLabel = (head: Uint8Array, at: number): boolean =>
  hasMagic(head, at, 'LABELONE') && hasMagic(head, at + 24, 'LVM2 001')

/** What a tar is for, by the name of its first member. */
function detectTar(head: Uint8Array): Detected {
  if (isXva(head)) return { kind: 'volumes', format: 'xva' }
  const end = head.indexOf(0)
  return archive(hasMagic(head, Math.min(end, 100) - 4, '.ovf') ? 'ova' : 'tar')
}

/** What the container is whose first bytes are `head`; nothing where it is none that starts with a magic. */
export function detectHead(head: Uint8Array): Detected | undefined {
  for (const { at, bytes, is } of HEAD_MAGICS) if (hasMagic(head, at, bytes)) return is
  if (LABEL_SECTORS.some(at => isLvmLabel(head, at))) return { kind: 'volumes', format: 'lvm2' }
  if (isCpio(head)) return archive('cpio')
  if (isPe(head)) return archive('uki')
  if (isImageIndex(head)) return { kind: 'images', format: 'oci' }
  const codec = detectStream(head)
  if (codec !== undefined) return { kind: 'stream', format: codec }
  if (isTar(head)) return detectTar(head)
  return isOvf(head) ? archive('ovf') : undefined
}
