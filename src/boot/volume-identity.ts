/**
 * What GRUB's `search` finds a file system by: its UUID and its label, each as GRUB writes it
 * (fs_uuid and fs_label of grub-core/fs).
 * @module
 */
import { ufsSuperblock } from '../containers/fs/ufs/superblock.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'

export interface VolumeIdentity {
  uuid?: string
  label?: string
}

/** Reads the identity of a file system of `family`; nothing of one that has none, or that GRUB knows by none. */
export function volumeIdentity(family: string, source: Source): VolumeIdentity {
  const read = READERS[family]
  if (read === undefined) return {}
  const { uuid, label } = read(source)
  return { ...(uuid !== undefined && { uuid }), ...(label !== undefined && label !== '' && { label }) }
}

type Read = (source: Source) => { uuid: string | undefined; label: string | undefined }

/** The superblocks of btrfs, ext and EROFS. */
const BTRFS = 0x1_0000
const EXT = 1024
const EROFS = 1024
/** fs_id and fs_volname, in the superblock of UFS. */
const UFS_ID = 144
const UFS_NAME = 680
/** The primary volume descriptor of ISO 9660. */
const ISO = 0x8000
const FAT32_FAT_SIZE_16 = 22

const READERS: Readonly<Record<string, Read>> = {
  ext: at => ({ uuid: standardUuid(at, EXT + 0x68), label: text(at, EXT + 0x78, 16) }),
  xfs: at => ({ uuid: standardUuid(at, 32), label: text(at, 108, 12) }),
  btrfs: at => ({ uuid: standardUuid(at, BTRFS + 0x20), label: text(at, BTRFS + 0x12b, 256) }),
  vfat: readFat,
  iso9660: at => ({ uuid: isoDate(text(at, ISO + 830, 16)), label: text(at, ISO + 40, 32).trimEnd() }),
  erofs: at => ({ uuid: guid(at, EROFS + 48), label: text(at, EROFS + 64, 16) }),
  ufs1: readUfs,
  ufs2: readUfs,
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

function standardUuid(source: Source, offset: number): string {
  const digits = hexOf(readBytes(source, offset, 16))
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** As GRUB writes the UUID of EROFS, and blkid does not: its first three numbers are read as little-endian ones. */
function guid(source: Source, offset: number): string | undefined {
  const view = viewOf(source, offset, 16)
  if (view.byteLength < 16) return undefined
  const number = (at: number, digits: number) =>
    (digits === 8 ? view.getUint32(at, true) : view.getUint16(at, true)).toString(16).padStart(digits, '0')
  const rest = standardUuid(source, offset).slice('01234567-0123-0123'.length)
  return `${number(0, 8)}-${number(4, 4)}-${number(6, 4)}${rest}`
}

/** Two numbers of 32 bits one after the other; none where both are 0. */
function readUfs(source: Source) {
  const found = ufsSuperblock(source)
  const view = viewOf(source, (found?.offset ?? 0) + UFS_ID, 8)
  if (found === undefined || view.byteLength < 8) return { uuid: undefined, label: undefined }
  const numbers = [0, 4].map(at => view.getUint32(at, !found.bigEndian))
  const uuid = numbers.map(number => number.toString(16).padStart(8, '0')).join('')
  return {
    uuid: numbers.some(number => number !== 0) ? uuid : undefined,
    label: text(source, found.offset + UFS_NAME, 32),
  }
}

/** Text of a fixed size, up to a NUL. */
function text(source: Source, offset: number, size: number): string {
  const bytes = readBytes(source, offset, size)
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/** The serial number as `1234-ABCD`. GRUB takes the label from the root directory; the boot sector has the same. */
function readFat(source: Source) {
  const view = viewOf(source, 0, 90)
  const isFat32 = view.byteLength === 90 && view.getUint16(FAT32_FAT_SIZE_16, true) === 0
  const at = isFat32 ? 67 : 39
  const serial = view.byteLength < at + 4 ? undefined : view.getUint32(at, true).toString(16).padStart(8, '0')
  const label = text(source, at + 4, 11).trimEnd()
  return {
    uuid: serial?.toUpperCase().replace(/^(.{4})/, '$1-'),
    label: label === 'NO NAME' ? undefined : label,
  }
}

/** The date of the last change as `2024-01-31-12-00-00-00`; nothing where it is not set. */
function isoDate(digits: string): string | undefined {
  if (!/^[0-9]{16}$/.test(digits) || /^0+$/.test(digits)) return undefined
  return digits.replace(/^(....)(..)(..)(..)(..)(..)(..)$/, '$1-$2-$3-$4-$5-$6-$7')
}

function viewOf(source: Source, offset: number, size: number): DataView {
  const bytes = readBytes(source, offset, size)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
