/**
 * Hyper-V's VHDX: fixed, dynamic and differencing disks, their log replayed in memory.
 * Source: [MS-VHDX], whose names are used here.
 */
import type { Source } from '../../source/source.ts'
import { ContainerError } from '../container-error.ts'
import { type ContainerContext, openNamed } from '../context.ts'
import { crc32c } from '../crc32c.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'
import { type Disk, plainDisk } from './disk.ts'
import { replayLog } from './vhdx-log.ts'
import { readGuid, readMetadataTable, type VhdxParameters } from './vhdx-metadata.ts'

const HEADERS = [65536, 131072]
const HEADER_LENGTH = 4096
const HEADER_SIGNATURE = 0x64616568
const REGION_TABLES = [196608, 262144]
const REGION_LENGTH = 65536
const REGION_SIGNATURE = 0x69676572
const MAX_REGIONS = 2047
const BAT_REGION = '2dc27766-f623-4200-9d64-115e9bfd4a08'
const METADATA_REGION = '8b7ca206-4790-4b9a-b8fe-575f050f886e'
const NO_GUID = '00000000-0000-0000-0000-000000000000'
const MIB = 2 ** 20
/** Payload block states (2.5.1.1); the others read as zeros where there is no parent, else as the parent does. */
const STATE = { notPresent: 0, undefined: 1, zero: 2, unmapped: 3, fullyPresent: 6, partlyPresent: 7 }
const BITMAP_PRESENT = 6
/** Sectors of a sector bitmap block. */
const BITMAP_SECTORS = 2 ** 23

interface Region {
  offset: number
  length: number
}

/** Opens a VHDX, and the parents of a differencing one. Throws a ContainerError. */
export function openVhdx(source: Source, context: ContainerContext): Disk {
  return open(source, context).disk
}

function open(source: Source, context: ContainerContext): { disk: Disk; dataGuid: string } {
  const raw = new Metadata(source, { layer: 'vhdx', budget: context.budget })
  const header = currentHeader(raw)
  const logGuid = readGuid(header, 48)
  let metadata = raw
  if (logGuid !== NO_GUID) {
    if (header.u16(64) !== 0)
      throw header.corrupt('header', `the version of its log is ${header.u16(64)}`, 64)
    const place = { offset: header.u64(72), length: header.u32(68), guid: header.slice(48, 16).join() }
    const replayed = replayLog(raw, place)
    metadata = new Metadata(replayed.source, { layer: 'vhdx', budget: context.budget })
    const count =
      replayed.entries === 1 ? '1 entry of its log is' : `${replayed.entries} entries of its log are`
    context.remark(`The VHDX was not closed properly: ${count} replayed in memory.`)
  }
  const regions = readRegions(metadata)
  const parameters = readMetadataTable(metadata, regions.get(METADATA_REGION)!.offset)
  const parent =
    parameters.parent === undefined ? undefined : openParent(parameters.parent, metadata, context)
  const blocks = new VhdxBlocks(metadata, parameters, regions.get(BAT_REGION)!, parent)
  return { disk: plainDisk('vhdx', blocks.source), dataGuid: readGuid(header, 32) }
}

/** Of two headers the valid one with the higher number. */
function currentHeader(metadata: Metadata): Structure {
  const valid = HEADERS.flatMap(offset => {
    if (offset + HEADER_LENGTH > metadata.source.size) return []
    const header = metadata.read('header', offset, HEADER_LENGTH)
    return header.u32(0) === HEADER_SIGNATURE && hasRightSum(header) ? [header] : []
  })
  valid.sort((a, b) => b.u64(8) - a.u64(8))
  const [header] = valid
  if (header === undefined)
    throw metadata.corrupt('header', 'neither of the two has a right checksum', HEADERS[0]!)
  if (header.u16(66) !== 1)
    throw metadata.unsupported('file', `its version is ${header.u16(66)}`, HEADERS[0]!)
  return header
}

/** The checksum at 4 is taken for zeros. */
function hasRightSum(structure: Structure): boolean {
  const bytes = structure.bytes.slice()
  bytes.fill(0, 4, 8)
  return crc32c(bytes) === structure.u32(4)
}

function readRegions(metadata: Metadata): Map<string, Region> {
  for (const offset of REGION_TABLES) {
    if (offset + REGION_LENGTH > metadata.source.size) continue
    const table = metadata.read('region table', offset, REGION_LENGTH)
    if (table.u32(0) !== REGION_SIGNATURE || !hasRightSum(table)) continue
    const count = table.u32(8)
    if (count > MAX_REGIONS)
      throw table.corrupt('region table', `it has ${count} entries, limit is ${MAX_REGIONS}`, 8)
    const regions = new Map<string, Region>()
    for (let index = 0; index < count; index++) {
      const entry = table.part(16 + index * 32, 32)
      const guid = readGuid(entry, 0)
      const isKnown = guid === BAT_REGION || guid === METADATA_REGION
      if (!isKnown && (entry.u32(28) & 1) === 1) {
        throw metadata.unsupported('file', `it requires the region ${guid}`, entry.place.offset)
      }
      regions.set(guid, { offset: entry.u64(16), length: entry.u32(24) })
    }
    if (regions.has(BAT_REGION) && regions.has(METADATA_REGION)) return regions
    throw table.corrupt('region table', 'it has no block allocation table, or no metadata')
  }
  throw metadata.corrupt('region table', 'neither of the two has a right checksum', REGION_TABLES[0]!)
}

/** The parent that a differencing disk names; its identity has to be the one that is asked for. */
function openParent(
  { linkage, paths }: NonNullable<VhdxParameters['parent']>,
  metadata: Metadata,
  context: ContainerContext,
): Source {
  let refusal: ContainerError | undefined
  for (const { name, offset } of paths) {
    try {
      const named = openNamed(context, name, 'vhdx', offset)
      const { disk, dataGuid } = open(named.source, named.context)
      if (linkage.includes(dataGuid)) return disk
      throw metadata.corrupt('parent locator', `the disk ${JSON.stringify(name)} is not its parent`, offset)
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? metadata.corrupt('parent locator', 'it names no parent')
}

class VhdxBlocks {
  readonly source: Source
  readonly #metadata: Metadata
  readonly #parameters: VhdxParameters
  readonly #table: Region
  readonly #parent: Source | undefined
  /** Payload blocks for each sector bitmap block. */
  readonly #chunk: number

  constructor(metadata: Metadata, parameters: VhdxParameters, table: Region, parent: Source | undefined) {
    this.#metadata = metadata
    this.#parameters = parameters
    this.#table = table
    this.#parent = parent
    this.#chunk = (BITMAP_SECTORS * parameters.sectorSize) / parameters.blockSize
    const { budget } = metadata
    const { size } = parameters
    this.source = new MappedSource({ layer: 'vhdx', budget, size, locate: at => this.#locate(at) })
  }

  #entry(index: number): bigint {
    const at = index * 8
    if (at + 8 > this.#table.length) {
      const why = `it has ${this.#table.length / 8} entries, the disk of ${this.#parameters.size} bytes needs more`
      throw this.#metadata.corrupt('block allocation table', why, this.#table.offset)
    }
    return this.#metadata.read('block allocation table', this.#table.offset + at, 8).big64(0)
  }

  #locate(position: number): Run {
    const { blockSize } = this.#parameters
    const block = Math.floor(position / blockSize)
    const within = position % blockSize
    const rest = blockSize - within
    const entry = this.#entry(block + Math.floor(block / this.#chunk))
    const state = Number(entry & 7n)
    const offset = Number(entry >> 20n) * MIB + within
    const { source } = this.#metadata
    switch (state) {
      case STATE.fullyPresent:
        return { length: rest, source, offset }
      case STATE.notPresent:
        return this.#below(position, rest)
      case STATE.undefined:
      case STATE.zero:
      case STATE.unmapped:
        return { length: rest }
      case STATE.partlyPresent: {
        const { isHere, length } = this.#sectors(block, within, rest)
        return isHere ? { length, source, offset } : this.#below(position, length)
      }
      default:
        throw this.#metadata.corrupt(
          'block allocation table',
          `an entry has the state ${state}`,
          this.#table.offset,
        )
    }
  }

  /** Whether a sector of a differencing disk is in it, and the bytes from there on for which that is so too. */
  #sectors(block: number, within: number, rest: number): { isHere: boolean; length: number } {
    const { sectorSize, blockSize } = this.#parameters
    const chunk = Math.floor(block / this.#chunk)
    const entry = this.#entry(chunk * (this.#chunk + 1) + this.#chunk)
    if (Number(entry & 7n) !== BITMAP_PRESENT) {
      throw this.#metadata.corrupt('block allocation table', 'a sector bitmap is missing', this.#table.offset)
    }
    const first = Math.floor(((block % this.#chunk) * blockSize + within) / sectorSize)
    const bitmap = Number(entry >> 20n) * MIB
    // One byte at a time is enough: eight sectors at least are asked for in one go.
    const { u8, length } = {
      u8: this.#metadata.read('sector bitmap', bitmap + (first >> 3), 1).u8(0),
      length: 8 - (first & 7),
    }
    const isSet = (bit: number) => ((u8 >> bit) & 1) === 1
    const isHere = isSet(first & 7)
    let count = 1
    while (count < length && isSet((first & 7) + count) === isHere) count++
    return { isHere, length: Math.min(rest, count * sectorSize - (within % sectorSize)) }
  }

  #below(position: number, length: number): Run {
    if (this.#parent === undefined || position >= this.#parent.size) return { length }
    return { length: Math.min(length, this.#parent.size - position), source: this.#parent, offset: position }
  }
}
