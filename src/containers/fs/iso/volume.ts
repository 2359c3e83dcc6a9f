/**
 * The volume descriptors of ISO 9660 and its directory records.
 * Source: ECMA-119, 8 ("Volume descriptors") and 9.1 ("Directory record"); Joliet Specification 1995.
 */
import { readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'

export const SECTOR = 2048
const FIRST_DESCRIPTOR = 16
/** Real volumes have five at most. */
const MAX_DESCRIPTORS = 64
const STANDARD_ID = [0x43, 0x44, 0x30, 0x30, 0x31]
const TYPE = { primary: 1, supplementary: 2, end: 255 }
const ROOT_RECORD = 156
const ROOT_RECORD_LENGTH = 34
/** Escape sequences for UCS-2 levels 1 to 3: `%/@`, `%/C`, `%/E`. */
const JOLIET_LEVELS = [0x40, 0x43, 0x45]

const FLAG = { directory: 0x02, associated: 0x04, more: 0x80 }

export interface Volume {
  readonly joliet: boolean
  /** In bytes. */
  readonly blockSize: number
  readonly root: DirectoryRecord
}

/** One entry of a directory as it is stored. */
export interface DirectoryRecord {
  /** Where it lies. */
  readonly offset: number
  /** Where its bytes lie. */
  readonly start: number
  /** In bytes. */
  readonly size: number
  readonly directory: boolean
  /** The next record goes on with the same file. */
  readonly more: boolean
  readonly name: Uint8Array
  /** What Rock Ridge uses. */
  readonly systemUse: Structure
}

/** Whether `source` holds ISO 9660. */
export function detectIso(source: Source): boolean {
  const bytes = readBytes(source, FIRST_DESCRIPTOR * SECTOR, 6)
  return bytes.length === 6 && STANDARD_ID.every((byte, index) => bytes[index + 1] === byte)
}

/** The primary volume and, where there is one, Joliet's. */
export function readVolumes(metadata: Metadata): Volume[] {
  const volumes: Volume[] = []
  for (let number = 0; number < MAX_DESCRIPTORS; number++) {
    const raw = metadata.read('volume descriptor', (FIRST_DESCRIPTOR + number) * SECTOR, SECTOR)
    if (!STANDARD_ID.every((byte, index) => raw.u8(index + 1) === byte)) break
    const type = raw.u8(0)
    if (type === TYPE.end) break
    const joliet = type === TYPE.supplementary && isJoliet(raw)
    if (type === TYPE.primary || joliet) volumes.push(readVolume(raw, joliet))
  }
  if (volumes.length === 0) {
    throw metadata.corrupt('volume descriptors', 'there is no primary one', FIRST_DESCRIPTOR * SECTOR)
  }
  return volumes
}

const isJoliet = (raw: Structure): boolean =>
  raw.u8(88) === 0x25 && raw.u8(89) === 0x2f && JOLIET_LEVELS.includes(raw.u8(90))

function readVolume(raw: Structure, joliet: boolean): Volume {
  const blockSize = raw.u16(128)
  if (blockSize < 512 || blockSize > SECTOR || (blockSize & (blockSize - 1)) !== 0) {
    throw raw.corrupt('volume descriptor', `its block size is ${blockSize}`)
  }
  return { joliet, blockSize, root: readRecord(raw.part(ROOT_RECORD, ROOT_RECORD_LENGTH), blockSize) }
}

/** The records of the directory that `record` names, itself and its parent left out. */
export function* recordsOf(
  metadata: Metadata,
  { start, size }: Pick<DirectoryRecord, 'start' | 'size'>,
  blockSize: number,
): Generator<DirectoryRecord> {
  for (let done = 0; done < size; done += SECTOR) {
    const sector = metadata.read('directory', start + done, Math.min(SECTOR, size - done))
    // A record does not cross a sector's end: zeros fill it up.
    for (let at = 0; at < sector.length && sector.u8(at) !== 0; at += sector.u8(at)) {
      const length = sector.u8(at)
      if (length < ROOT_RECORD_LENGTH || at + length > sector.length) {
        throw sector.corrupt('directory record', `its length is ${length}`, at)
      }
      const record = readRecord(sector.part(at, length), blockSize)
      const isSelfOrParent = record.name.length === 1 && record.name[0]! <= 1
      if (!isSelfOrParent && (sector.u8(at + 25) & FLAG.associated) === 0) yield record
    }
  }
}

/** A directory's record of itself, which is the first in it. */
export function selfRecord(
  metadata: Metadata,
  { start }: DirectoryRecord,
  blockSize: number,
): DirectoryRecord {
  const length = metadata.read('directory record', start, 1).u8(0)
  return readRecord(metadata.read('directory record', start, length), blockSize)
}

function readRecord(raw: Structure, blockSize: number): DirectoryRecord {
  const nameLength = raw.u8(32)
  if (33 + nameLength > raw.length) {
    throw raw.corrupt('directory record', `its name has ${nameLength} bytes, the record ${raw.length}`)
  }
  // After the name and a byte that makes its length odd.
  const systemUse = Math.min(raw.length, 33 + nameLength + (nameLength % 2 === 0 ? 1 : 0))
  return {
    offset: raw.place.offset,
    start: (raw.u32(2) + raw.u8(1)) * blockSize,
    size: raw.u32(10),
    directory: (raw.u8(25) & FLAG.directory) !== 0,
    more: (raw.u8(25) & FLAG.more) !== 0,
    name: raw.slice(33, nameLength),
    systemUse: raw.part(systemUse),
  }
}
