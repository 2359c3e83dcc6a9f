/** One sparse extent of a VMDK: grains that are found by a directory of tables. */
import { MemorySource, readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { type ContainerContext, unpackBlock } from '../context.ts'
import type { Run } from '../mapped-source.ts'
import type { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'
import { BlockCache } from './block-cache.ts'
import { SECTOR } from './disk.ts'
import { type Descriptor, readDescriptor } from './vmdk-descriptor.ts'

/** `KDMV` and `COWD`, little-endian. */
export const SPARSE = 0x564d444b
export const COWD = 0x44574f43
const HEADER_LENGTH = 512
/** `flags`. */
const FLAG = { zeroedGrain: 0x4, compressed: 0x10000 }
/** The directory is in the footer: the last sector but one. */
const GD_AT_END = 2n ** 64n - 1n
const FOOTER_FROM_END = 1024
const COMPRESSION_DEFLATE = 1
const COWD_ENTRIES = 4096
/** The specification's are 64 KiB; QEMU takes no more than 64 MiB. */
const MAX_GRAIN = 64 * 2 ** 20
const MAX_TABLE = 65536
/** A grain marker: the sector that the grain is for, and its packed size. */
const MARKER = 12
const ZEROED = 1

interface Geometry {
  /** In bytes. */
  size: number
  grain: number
  entries: number
  directory: number
  isCompressed: boolean
  hasZeroed: boolean
}

/** A piece of an extent; `isMissing`: it is not in this extent, but in that of the parent. */
export interface ExtentRun extends Run {
  isMissing?: boolean
}

export interface SparseExtent {
  /** In bytes. */
  size: number
  descriptor: Descriptor | undefined
  locate(position: number): ExtentRun
}

/** Throws a ContainerError. */
export function openSparseExtent(metadata: Metadata, context: ContainerContext): SparseExtent {
  const header = metadata.read('header', 0, HEADER_LENGTH)
  if (header.u32(0) === COWD) return new Grains(metadata, cowdGeometry(header), undefined, context)
  if (header.u32(0) !== SPARSE)
    throw metadata.unsupported('extent', 'it is neither a sparse one nor a COWD', 0)
  const [at, sectors] = [header.u64(28) * SECTOR, header.u64(36)]
  const descriptor = at === 0 || sectors === 0 ? undefined : readDescriptor(metadata, at, sectors * SECTOR)
  return new Grains(metadata, sparseGeometry(metadata, header), descriptor, context)
}

function sparseGeometry(metadata: Metadata, header: Structure): Geometry {
  let where = header
  if (header.big64(56) === GD_AT_END) {
    where = metadata.read('footer', metadata.source.size - FOOTER_FROM_END, HEADER_LENGTH)
    if (where.u32(0) !== SPARSE) throw where.corrupt('footer', 'it has no magic')
  }
  const flags = where.u32(8)
  const isCompressed = (flags & FLAG.compressed) !== 0
  if (isCompressed && where.u16(77) !== COMPRESSION_DEFLATE) {
    throw metadata.unsupported('extent', `its compression is ${where.u16(77)}`, where.place.offset + 77)
  }
  return checked(where, {
    size: where.u64(12) * SECTOR,
    grain: where.u64(20) * SECTOR,
    entries: where.u32(44),
    directory: where.u64(56) * SECTOR,
    isCompressed,
    hasZeroed: (flags & FLAG.zeroedGrain) !== 0,
  })
}

function cowdGeometry(header: Structure): Geometry {
  return checked(header, {
    size: header.u32(12) * SECTOR,
    grain: header.u32(16) * SECTOR,
    entries: COWD_ENTRIES,
    directory: header.u32(20) * SECTOR,
    isCompressed: false,
    hasZeroed: false,
  })
}

function checked(header: Structure, geometry: Geometry): Geometry {
  const { size, grain, entries, directory } = geometry
  if (grain < SECTOR || grain > MAX_GRAIN) throw header.corrupt('header', `its grains have ${grain} bytes`)
  if (entries < 1 || entries > MAX_TABLE) throw header.corrupt('header', `its tables have ${entries} entries`)
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(directory)) {
    throw header.corrupt('header', `its extent has ${size} bytes, its directory is at ${directory}`)
  }
  return geometry
}

class Grains implements SparseExtent {
  readonly size: number
  readonly descriptor: Descriptor | undefined
  readonly #metadata: Metadata
  readonly #geometry: Geometry
  readonly #context: ContainerContext
  readonly #unpacked = new BlockCache()

  constructor(
    metadata: Metadata,
    geometry: Geometry,
    descriptor: Descriptor | undefined,
    context: ContainerContext,
  ) {
    this.size = geometry.size
    this.descriptor = descriptor
    this.#metadata = metadata
    this.#geometry = geometry
    this.#context = context
  }

  locate(position: number): ExtentRun {
    const { grain, entries, isCompressed, hasZeroed, directory } = this.#geometry
    const index = Math.floor(position / grain)
    const within = position % grain
    const length = grain - within
    const missing = { length, isMissing: true }
    const table = this.#word('grain directory', directory + Math.floor(index / entries) * 4)
    if (table === 0) return missing
    const entry = this.#word('grain table', table * SECTOR + (index % entries) * 4)
    if (entry === 0) return missing
    if (hasZeroed && entry === ZEROED) return { length }
    const offset = entry * SECTOR
    if (!isCompressed) return { length, source: this.#metadata.source, offset: offset + within }
    return { length, source: this.#unpack(offset, index), offset: within }
  }

  #word(what: string, at: number): number {
    return this.#metadata.read(what, at, 4).u32(0)
  }

  #unpack(offset: number, index: number): Source {
    const { grain, size } = this.#geometry
    const block = this.#unpacked.get(offset, () => {
      const marker = this.#metadata.read('grain marker', offset, MARKER)
      const packed = marker.u32(8)
      if (packed > 2 * grain) throw marker.corrupt('grain marker', `its grain has ${packed} packed bytes`, 8)
      const bytes = readBytes(this.#metadata.source, offset + MARKER, packed)
      const wanted = Math.min(grain, size - index * grain)
      const unpacked = unpackBlock(this.#context, 'vmdk', 'zlib', bytes, grain, offset + MARKER)
      if (unpacked.length >= wanted) return unpacked
      throw marker.corrupt('grain', `it unpacks to ${unpacked.length} bytes, not ${wanted}`)
    })
    return new MemorySource(block)
  }
}
