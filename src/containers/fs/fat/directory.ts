/**
 * Directory entries of FAT with their long names. Source: FAT32 File System Specification 1.03, "FAT Directory
 * Structure" and "Long Directory Entries"; Linux fs/fat/dir.c for the case of short names.
 */
import { decodeName } from '../../file-name.ts'
import type { Structure } from '../../structure.ts'

export const ENTRY = 32
const ATTRIBUTE = { volume: 0x08, directory: 0x10, longName: 0x0f }
const DELETED = 0xe5
/** Stored for a name that starts with 0xe5. */
const STORED_E5 = 0x05
/** A long name's entries are numbered; the one with the end comes first. */
const LAST_PART = 0x40
const MAX_PARTS = 20
/** Where an entry's 13 UTF-16 units lie. */
const UNITS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]
/** Bits of the byte at 12: base name and extension are shown in lower case. */
const LOWER = { base: 0x08, extension: 0x10 }

export interface FatEntry {
  readonly name: string
  /** The name in 8.3 letters, by which it can be found as well. */
  readonly shortName: string
  readonly directory: boolean
  readonly size: number
  readonly cluster: number
}

/** Collects the parts of long names while entries are read in order. */
export class EntryReader {
  #units: number[] = []
  #checksum = -1
  #expected = 0

  /** What the entry at `raw` completes; `end` where the directory ends, nothing where it names nothing. */
  next(raw: Structure): FatEntry | 'end' | undefined {
    const first = raw.u8(0)
    if (first === 0) return 'end'
    const attributes = raw.u8(11)
    if (first !== DELETED && (attributes & 0x3f) === ATTRIBUTE.longName) {
      this.#addPart(raw, first)
      return undefined
    }
    const longName = this.#takeLongName(raw)
    if (first === DELETED || (attributes & ATTRIBUTE.volume) !== 0) return undefined
    const shortName = shortNameOf(raw)
    const name = longName ?? shortName
    if (name === '' || name === '.' || name === '..') return undefined
    return {
      name,
      shortName,
      directory: (attributes & ATTRIBUTE.directory) !== 0,
      size: raw.u32(28),
      cluster: raw.u16(20) * 0x10000 + raw.u16(26),
    }
  }

  #addPart(raw: Structure, first: number): void {
    const number = first & ~LAST_PART
    if ((first & LAST_PART) !== 0) {
      this.#units = []
      this.#checksum = raw.u8(13)
      this.#expected = number
    }
    if (number === 0 || number > MAX_PARTS || number !== this.#expected || raw.u8(13) !== this.#checksum) {
      this.#forget()
      return
    }
    this.#units.unshift(...UNITS.map(at => raw.u16(at)))
    this.#expected--
  }

  /** The long name before the entry `raw`, where it is whole and belongs to that entry. */
  #takeLongName(raw: Structure): string | undefined {
    const [units, whole] = [this.#units, this.#expected === 0 && this.#checksum === checksumOf(raw)]
    this.#forget()
    if (units.length === 0 || !whole) return undefined
    const end = units.indexOf(0)
    return sound(String.fromCharCode(...(end === -1 ? units : units.slice(0, end))))
  }

  #forget(): void {
    this.#units = []
    this.#checksum = -1
    this.#expected = -1
  }
}

/** Without what no name in a tree has: slashes. Halves of surrogate pairs become U+FFFD. */
const sound = (name: string): string => decodeName(new TextEncoder().encode(name))

function checksumOf(raw: Structure): number {
  let sum = 0
  for (let at = 0; at < 11; at++) sum = (((sum & 1) << 7) + (sum >> 1) + raw.u8(at)) & 0xff
  return sum
}

function shortNameOf(raw: Structure): string {
  const bytes = raw.slice(0, 11).slice()
  if (bytes[0] === STORED_E5) bytes[0] = DELETED
  const flags = raw.u8(12)
  const base = textOf(bytes.subarray(0, 8), (flags & LOWER.base) !== 0)
  const extension = textOf(bytes.subarray(8), (flags & LOWER.extension) !== 0)
  return extension === '' ? base : `${base}.${extension}`
}

function textOf(bytes: Uint8Array, lower: boolean): string {
  const text = decodeName(bytes).replace(/ +$/, '')
  return lower ? text.toLowerCase() : text
}
