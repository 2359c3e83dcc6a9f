/** Where pygrub looks for file systems: identify_disk_image and get_partition_offsets (tools/pygrub/src/pygrub). */

import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { PygrubReader } from './pygrub.ts'
import { PythonError, type PythonVersion } from './python.ts'

const SECTOR = 512
const SIGNATURE = 0x1fe
const TABLE = 446
const ENTRY = 16
const ACTIVE = 0x80
const TYPE_GPT = 0xee
const TYPES_SOLARIS = [0xbf, 0x82]
/** The place of "CD001" in an ISO 9660 image, and the end of it. */
const ISO_MAGIC = 0x8001
const ISO_END = 0x8006
/** The Solaris VTOC: its magic, the tag of a root slice. */
const VTOC_MAGIC = 0xdabe
const VTOC_ROOT = 2
/** pygrub has no limit; a GPT has 128 entries. */
const MOST_OFFSETS = 16_384

/** struct.unpack on bytes that are not there. */
function missing(python: PythonVersion, bytes: number): PythonError {
  const what = python === 2 ? `a string argument of length ${bytes}` : `a buffer of ${bytes} bytes`
  return new PythonError('struct.error', `unpack requires ${what}`)
}

/** The offsets of the file systems to try, in bytes. Throws a PythonError. */
export function offsetsToTry(ask: PygrubReader, python: PythonVersion, disk: Source): number[] {
  const head = readBytes(disk, 0, ISO_END)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  if (head.length < SECTOR || view.getUint16(SIGNATURE, true) !== 0xaa55) return [0]
  if (ask.gate('partitions') === 'one') return [onlyPartition(python, disk, view)]
  return allPartitions(ask, python, disk, view)
}

/** get_fs_offset: the active partition, or the first entry. */
function onlyPartition(python: PythonVersion, disk: Source, head: DataView): number {
  let at = TABLE
  for (let index = 0; index < 4; index++) {
    if (head.getUint8(TABLE + ENTRY * index) !== ACTIVE) continue
    at = TABLE + ENTRY * index
    break
  }
  const offset = head.getUint32(at + 8, true) * SECTOR
  const type = head.getUint8(at + 4)
  if (TYPES_SOLARIS.includes(type)) return offset + solarisSlice(python, disk, offset)
  return type === TYPE_GPT ? firstGptEntry(python, disk) : offset
}

function allPartitions(ask: PygrubReader, python: PythonVersion, disk: Source, head: DataView): number[] {
  const iso = ask.gate('hybrid-iso') && python === 2 && isIso(head)
  const offsets: number[] = iso ? [0] : []
  for (let at = TABLE; at < SIGNATURE; at += ENTRY) {
    let offset = head.getUint32(at + 8, true) * SECTOR
    const type = head.getUint8(at + 4)
    if (offset === 0) continue
    if (TYPES_SOLARIS.includes(type)) {
      const slice = solarisSliceIfAny(python, disk, offset)
      if (slice === undefined) continue
      offset += slice
    }
    if (type === TYPE_GPT) {
      if (ask.gate('gpt') === 'all') {
        offsets.push(...gptEntries(python, disk))
        break
      }
      offset = firstGptEntry(python, disk)
    }
    if (head.getUint8(at) === ACTIVE && python === 2) offsets.unshift(offset)
    else offsets.push(offset)
  }
  if (offsets.length > 0) return offsets
  switch (ask.gate('empty-table')) {
    case 'name-error':
      throw new PythonError('NameError', "name 'fs' is not defined")
    case 'whole-disk':
      return [0]
    default:
      return []
  }
}

function isIso(head: DataView): boolean {
  if (head.byteLength < ISO_END) return false
  return [...'CD001'].every((letter, index) => head.getUint8(ISO_MAGIC + index) === letter.charCodeAt(0))
}

function firstGptEntry(python: PythonVersion, disk: Source): number {
  const bytes = readBytes(disk, 2 * SECTOR, SECTOR)
  if (bytes.length < 40) throw missing(python, 8)
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(32, true)) * SECTOR
}

/** get_fs_offset_gpt: the entries are read one after the other, from the end of the header on. */
function gptEntries(python: PythonVersion, disk: Source): number[] {
  const header = readBytes(disk, SECTOR, SECTOR)
  if (header.length < 84) throw missing(python, 4)
  const view = new DataView(header.buffer, header.byteOffset, header.length)
  const count = view.getUint32(80, true)
  if (header.length < 88) throw missing(python, 4)
  const size = view.getUint32(84, true)
  const offsets: number[] = []
  for (let index = 0; index < Math.min(count, MOST_OFFSETS); index++) {
    const bytes = readBytes(disk, 2 * SECTOR + index * size, Math.min(size, SECTOR))
    if (bytes.length < 40) throw missing(python, 8)
    offsets.push(Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(32, true)) * SECTOR)
  }
  return offsets
}

/** get_solaris_slice: where the root slice starts, counted from the partition. */
function solarisSlice(python: PythonVersion, disk: Source, offset: number): number {
  const bytes = readBytes(disk, offset + SECTOR, SECTOR)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const word = (at: number) => {
    if (at + 2 > bytes.length) throw missing(python, 2)
    return view.getUint16(at, true)
  }
  if (word(508) !== VTOC_MAGIC) throw new PythonError('RuntimeError', 'Invalid disklabel magic')
  const slices = word(30)
  for (let index = 0; index < slices; index++) {
    const at = 72 + 12 * index
    const tag = word(at)
    if (at + 8 > bytes.length) throw missing(python, 4)
    if (tag === VTOC_ROOT) return view.getUint32(at + 4, true) * SECTOR
  }
  throw new PythonError('RuntimeError', 'No root slice found')
}

/** Only RuntimeErrors are passed over. */
function solarisSliceIfAny(python: PythonVersion, disk: Source, offset: number): number | undefined {
  try {
    return solarisSlice(python, disk, offset)
  } catch (error) {
    if (error instanceof PythonError && error.line.startsWith('RuntimeError')) return undefined
    throw error
  }
}
