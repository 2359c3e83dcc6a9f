/**
 * The log of a VHDX: what was to be written to the file when it was last in use. It is replayed in memory.
 * Source: [MS-VHDX] 2.3, whose names are used here.
 */
import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { crc32c } from '../crc32c.ts'
import type { Metadata } from '../metadata.ts'
import { Structure } from '../structure.ts'

const SECTOR = 4096
const ENTRY_SIGNATURE = 0x65676f6c
const ZERO_SIGNATURE = 0x6f72657a
const DATA_DESCRIPTOR = 0x63736564
const DATA_SIGNATURE = 0x61746164
const ENTRY_HEADER = 64
const DESCRIPTOR = 32
/** 256 MiB of log, and as much of the file that it zeroes, are far more than any writer makes. */
const MAX_LOG = 256 * 2 ** 20
const MAX_SECTORS = 65536

export interface LogPlace {
  offset: number
  length: number
  guid: string
}

interface Entry {
  sequence: bigint
  tail: number
  /** Its sectors in the log. */
  sectors: number
  descriptors: number
  at: number
}

/** The file with its log replayed. Throws a ContainerError. */
export function replayLog(metadata: Metadata, place: LogPlace): { source: Source; entries: number } {
  const log = new Log(metadata, place)
  const entries = log.active()
  const sectors = new Map<number, Uint8Array>()
  for (const entry of entries) log.apply(entry, sectors)
  return { source: new PatchedSource(metadata.source, sectors), entries: entries.length }
}

class Log {
  readonly #metadata: Metadata
  readonly #place: LogPlace
  /** Sectors. */
  readonly #length: number

  constructor(metadata: Metadata, place: LogPlace) {
    this.#metadata = metadata
    this.#place = place
    if (place.length === 0 || place.length % SECTOR !== 0 || place.length > MAX_LOG) {
      throw metadata.corrupt('log', `it has ${place.length} bytes`, place.offset)
    }
    this.#length = place.length / SECTOR
  }

  /** A sector of the log, which goes round. */
  #sector(index: number): Structure {
    const offset = this.#place.offset + (index % this.#length) * SECTOR
    this.#metadata.budget.step('vhdx log', offset)
    return new Structure(readBytes(this.#metadata.source, offset, SECTOR), { layer: 'vhdx', offset })
  }

  /** The entries of the active sequence (2.3.3), oldest first. */
  active(): Entry[] {
    let active: Entry[] = []
    for (let start = 0; start < this.#length; ) {
      const sequence = this.#sequence(start)
      const head = sequence.at(-1)
      if (head === undefined) {
        start++
        continue
      }
      const tail = sequence.findIndex(({ at }) => at * SECTOR === head.tail)
      const latest = active.at(-1)
      if (tail !== -1 && (latest === undefined || head.sequence > latest.sequence))
        active = sequence.slice(tail)
      start += sequence.reduce((sum, { sectors }) => sum + sectors, 0)
    }
    return active
  }

  /** The valid entries from a sector on whose numbers follow each other. */
  #sequence(start: number): Entry[] {
    const entries: Entry[] = []
    let at = start
    for (let used = 0; used < this.#length; ) {
      const entry = this.#entry(at % this.#length)
      const previous = entries.at(-1)
      if (entry === undefined || (previous !== undefined && entry.sequence !== previous.sequence + 1n)) break
      entries.push(entry)
      used += entry.sectors
      at += entry.sectors
    }
    return entries
  }

  #entry(at: number): Entry | undefined {
    const header = this.#sector(at)
    if (header.length < SECTOR || header.u32(0) !== ENTRY_SIGNATURE) return undefined
    const [length, tail, descriptors] = [header.u32(8), header.u32(12), header.u32(24)]
    const sectors = length / SECTOR
    const isSound = length > 0 && length % SECTOR === 0 && sectors <= this.#length
    if (!isSound || header.slice(32, 16).join() !== this.#place.guid) return undefined
    if (descriptors > (length - ENTRY_HEADER) / DESCRIPTOR) return undefined
    const sum = this.#checksum(at, sectors)
    if (sum !== header.u32(4)) return undefined
    return { sequence: header.big64(16), tail, sectors, descriptors, at }
  }

  /** Of all sectors of an entry, with its own four bytes taken for zeros. */
  #checksum(at: number, sectors: number): number {
    let sum = 0
    for (let index = 0; index < sectors; index++) {
      const { bytes } = this.#sector(at + index)
      if (index === 0) bytes.fill(0, 4, 8)
      sum = crc32c(bytes, sum)
    }
    return sum
  }

  apply(entry: Entry, into: Map<number, Uint8Array>): void {
    let data = entry.at + Math.ceil((ENTRY_HEADER + entry.descriptors * DESCRIPTOR) / SECTOR)
    for (let index = 0; index < entry.descriptors; index++) {
      const at = ENTRY_HEADER + index * DESCRIPTOR
      const descriptor = this.#sector(entry.at + Math.floor(at / SECTOR)).part(at % SECTOR, DESCRIPTOR)
      const signature = descriptor.u32(0)
      const target = descriptor.u64(16)
      if (target % SECTOR !== 0 || !Number.isSafeInteger(target)) {
        throw descriptor.corrupt('log descriptor', `it is for the offset ${target}`, 16)
      }
      if (signature === ZERO_SIGNATURE) {
        const count = descriptor.u64(8) / SECTOR
        if (!Number.isInteger(count) || count + into.size > MAX_SECTORS) {
          throw descriptor.corrupt('log descriptor', `it zeroes ${count} sectors, limit is ${MAX_SECTORS}`, 8)
        }
        for (let sector = 0; sector < count; sector++)
          into.set(target / SECTOR + sector, new Uint8Array(SECTOR))
      } else if (signature === DATA_DESCRIPTOR) {
        into.set(target / SECTOR, this.#data(descriptor, data++))
      } else {
        throw descriptor.corrupt('log descriptor', 'it has no signature')
      }
      this.#metadata.budget.metadata('vhdx log', SECTOR)
    }
  }

  /** A data sector: its first eight and last four bytes are in the descriptor. */
  #data(descriptor: Structure, index: number): Uint8Array {
    const sector = this.#sector(index)
    if (sector.u32(0) !== DATA_SIGNATURE) throw sector.corrupt('log data sector', 'it has no signature')
    const bytes = sector.bytes.slice()
    bytes.set(descriptor.slice(8, 8), 0)
    bytes.set(descriptor.slice(4, 4), SECTOR - 4)
    return bytes
  }
}

/** A source with some of its sectors in memory. */
class PatchedSource implements Source {
  readonly size: number
  readonly #source: Source
  readonly #sectors: ReadonlyMap<number, Uint8Array>

  constructor(source: Source, sectors: ReadonlyMap<number, Uint8Array>) {
    this.#source = source
    this.#sectors = sectors
    const last = [...sectors.keys()].reduce((most, sector) => Math.max(most, sector), -1)
    this.size = Math.max(source.size, (last + 1) * SECTOR)
  }

  read(into: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(into.length, this.size - position))
    into.fill(0, 0, length)
    this.#source.read(into.subarray(0, length), position)
    const end = position + length
    for (let sector = Math.floor(position / SECTOR); sector * SECTOR < end; sector++) {
      const bytes = this.#sectors.get(sector)
      if (bytes === undefined) continue
      const start = sector * SECTOR
      const from = Math.max(0, position - start)
      into.set(bytes.subarray(from, Math.min(SECTOR, end - start)), start + from - position)
    }
    return length
  }
}
