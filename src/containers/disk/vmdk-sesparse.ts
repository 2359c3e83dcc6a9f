/**
 * A space-efficient sparse extent (SESPARSE), which VMware makes for snapshots since VMFS 6. It has no public
 * specification: the names are those of QEMU's block/vmdk.c, `VMDKSESparseConstHeader`.
 */
import type { Metadata } from '../metadata.ts'
import { SECTOR } from './disk.ts'
import type { ExtentRun, SparseExtent } from './vmdk-extent.ts'

const MAGIC = 0xcafebaben
const VERSION = 0x0000000200000001n
const HEADER_LENGTH = 512
const ENTRY = 8
/** Of an entry of the grain directory: the upper half says that the table is there. */
const TABLE_THERE = 0x10000000n
/** The upper four bits of an entry of a grain table. */
const GRAIN = { missing: 0n, unmapped: 1n, zero: 2n, there: 3n }
const MAX_GRAIN = 64 * 2 ** 20

/** Throws a ContainerError. */
export function openSeSparse(metadata: Metadata): SparseExtent {
  const header = metadata.read('header', 0, HEADER_LENGTH)
  if (header.big64(0) !== MAGIC) throw header.corrupt('header', 'it has no magic')
  if (header.big64(8) !== VERSION) {
    throw metadata.unsupported('extent', `its version is 0x${header.big64(8).toString(16)}`, 8)
  }
  const sectors = (at: number) => {
    const value = header.u64(at) * SECTOR
    if (!Number.isSafeInteger(value)) throw header.corrupt('header', `a place or length is ${value}`, at)
    return value
  }
  const [size, grain, table] = [sectors(16), sectors(24), sectors(32)]
  if (grain < SECTOR || grain > MAX_GRAIN)
    throw header.corrupt('header', `its grains have ${grain} bytes`, 24)
  if (table < ENTRY || table > 2 ** 20) throw header.corrupt('header', `its tables have ${table} bytes`, 32)
  const place = {
    grain,
    table,
    directory: sectors(128),
    directorySize: sectors(136),
    tables: sectors(144),
    grains: sectors(192),
  }
  return { size, descriptor: undefined, locate: position => locate(metadata, place, position) }
}

interface Place {
  grain: number
  table: number
  directory: number
  directorySize: number
  tables: number
  grains: number
}

function locate(metadata: Metadata, place: Place, position: number): ExtentRun {
  const { grain, table, directory, directorySize, tables, grains } = place
  const index = Math.floor(position / grain)
  const within = position % grain
  const length = grain - within
  const inDirectory = Math.floor(index / (table / ENTRY)) * ENTRY
  if (inDirectory >= directorySize) {
    throw metadata.corrupt(
      'grain directory',
      `it has ${directorySize} bytes, too few for the extent`,
      directory,
    )
  }
  const first = metadata.read('grain directory', directory + inDirectory, ENTRY)
  if (first.big64(0) === 0n) return { length, isMissing: true }
  if (first.big64(0) >> 32n !== TABLE_THERE) throw first.corrupt('grain directory', 'an entry has no mark')
  const at = tables + first.u32(0) * table + (index % (table / ENTRY)) * ENTRY
  const entry = metadata.read('grain table', at, ENTRY)
  const value = entry.big64(0)
  switch (value >> 60n) {
    case GRAIN.missing:
      return { length, isMissing: true }
    case GRAIN.unmapped:
    case GRAIN.zero:
      return { length }
    case GRAIN.there: {
      const number = ((value >> 48n) & 0xfffn) | ((value & 0xffffffffffffn) << 12n)
      return { length, source: metadata.source, offset: grains + Number(number) * grain + within }
    }
    default:
      throw entry.corrupt('grain table', `an entry is of the type ${value >> 60n}`)
  }
}
