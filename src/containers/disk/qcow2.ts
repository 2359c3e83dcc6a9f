/**
 * QEMU's qcow2, versions 2 and 3: backing files, packed clusters, extended L2 entries, snapshots, external data files.
 * Source: QEMU's docs/interop/qcow2.rst, whose names are used here.
 */
import { hex } from '../../problem.ts'
import { MemorySource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { type ContainerContext, openNamed, unpackBlock } from '../context.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import { BlockCache } from './block-cache.ts'
import type { Disk, Snapshot } from './disk.ts'
import { type ClusterTable, type Qcow2Header, readHeader } from './qcow2-header.ts'
import { readSnapshots } from './qcow2-snapshots.ts'

/** Opens the backing file, whose format is declared or to be found out. */
export type OpenBacking = (format: string | undefined, source: Source, context: ContainerContext) => Source

/** L1 and L2 entries: bits 9 to 55 are the offset. */
const OFFSET_MASK = 0x00ff_ffff_ffff_fe00n
const COMPRESSED = 1n << 62n
/** Of a standard entry without extended L2: the cluster reads as zeros. */
const ALL_ZEROS = 1n
const SECTOR = 512
const SUBCLUSTERS = 32
/** A run is not looked for beyond so many bytes: readers ask for less at once. */
const MAX_RUN = 2 * 2 ** 20

interface Files {
  /** Where clusters lie: the image itself or its external data file. */
  data: Source
  backing: Source | undefined
}

/** Opens a qcow2 image, with its backing file and external data file. Throws a ContainerError. */
export function openQcow2(source: Source, context: ContainerContext, openBacking: OpenBacking): Disk {
  const metadata = new Metadata(source, { layer: 'qcow2', budget: context.budget, bigEndian: true })
  const header = readHeader(metadata)
  if (header.isDirty) context.remark('The qcow2 image was not closed properly (dirty bit).')
  if (header.isCorrupt) context.remark('QEMU has marked the qcow2 image as corrupt.')
  const files = openFiles(source, header, context, openBacking)
  const open = (table: ClusterTable) => new Clusters(metadata, header, table, files, context).source
  const current = open(header)
  const snapshots: Snapshot[] = readSnapshots(metadata, header).map(({ id, name, ...table }) => ({
    id,
    name,
    open: () => open(table),
  }))
  return { format: 'qcow2', size: current.size, snapshots, read: (into, at) => current.read(into, at) }
}

function openFiles(
  source: Source,
  header: Qcow2Header,
  context: ContainerContext,
  openBacking: OpenBacking,
): Files {
  const files: Files = { data: source, backing: undefined }
  if (header.dataFile !== undefined) {
    const { name, offset } = header.dataFile
    files.data = openNamed(context, name, 'qcow2', offset).source
  }
  if (header.backing !== undefined) {
    const { name, offset, format } = header.backing
    const named = openNamed(context, name, 'qcow2', offset)
    files.backing = openBacking(format, named.source, named.context)
  }
  return files
}

class Clusters {
  readonly source: Source
  readonly #metadata: Metadata
  readonly #header: Qcow2Header
  readonly #table: ClusterTable
  readonly #files: Files
  readonly #context: ContainerContext
  readonly #unpacked = new BlockCache()

  constructor(
    metadata: Metadata,
    header: Qcow2Header,
    table: ClusterTable,
    files: Files,
    context: ContainerContext,
  ) {
    this.#metadata = metadata
    this.#header = header
    this.#table = table
    this.#files = files
    this.#context = context
    const { budget } = context
    const { size } = table
    this.source = new MappedSource({
      layer: 'qcow2',
      budget,
      size,
      locate: (at, wanted) => this.#locate(at, wanted),
    })
  }

  #locate(position: number, wanted: number): Run {
    const { clusterSize } = this.#header
    const most = Math.min(MAX_RUN, wanted)
    const within = position % clusterSize
    const first = this.#cluster(position)
    const run = { ...first, length: first.length }
    // Clusters that follow each other are read at once.
    let next = position + run.length
    while (
      within + run.length >= clusterSize &&
      run.length < most &&
      next < this.#table.size &&
      run.source === this.#files.data &&
      this.#isInSameTable(position, next)
    ) {
      const more = this.#cluster(next)
      if (more.source !== run.source || more.offset !== run.offset! + run.length) break
      run.length += more.length
      next += more.length
    }
    return run
  }

  /** Whether looking up another cluster reads no further table. */
  #isInSameTable(position: number, next: number): boolean {
    const { clusterSize, l2Entries } = this.#header
    const table = clusterSize * l2Entries
    return Math.floor(position / table) === Math.floor(next / table)
  }

  /** The piece of one cluster, or of subclusters alike, from `position` on. */
  #cluster(position: number): Run {
    const { clusterSize, l2Entries, isExtended } = this.#header
    const within = position % clusterSize
    const rest = clusterSize - within
    const cluster = Math.floor(position / clusterSize)
    const l2 = this.#l2Table(Math.floor(cluster / l2Entries))
    if (l2 === undefined) return this.#below(position, rest)
    const entrySize = isExtended ? 16 : 8
    const at = l2 + (cluster % l2Entries) * entrySize
    const raw = this.#metadata.read('L2 entry', at, entrySize)
    const entry = raw.big64(0)
    if ((entry & COMPRESSED) !== 0n) {
      return { length: rest, source: new MemorySource(this.#unpack(entry)), offset: within }
    }
    const offset = this.#offset(entry, at)
    if (!isExtended) {
      const isZero = this.#header.version >= 3 && (entry & ALL_ZEROS) !== 0n
      if (isZero) return { length: rest }
      return offset === 0 && !this.#isAllocatedAtZero(entry)
        ? this.#below(position, rest)
        : { length: rest, source: this.#files.data, offset: offset + within }
    }
    return this.#subclusters(raw.big64(8), offset, position)
  }

  /** An external data file may have a cluster at its start: then bit 63 says that it is there. */
  #isAllocatedAtZero(entry: bigint): boolean {
    return this.#header.dataFile !== undefined && entry >> 63n === 1n
  }

  /** Subclusters of one kind from `position` on. */
  #subclusters(bitmap: bigint, offset: number, position: number): Run {
    const { clusterSize } = this.#header
    const size = clusterSize / SUBCLUSTERS
    const within = position % clusterSize
    const first = Math.floor(within / size)
    const kind = subclusterKind(bitmap, first)
    let last = first + 1
    while (last < SUBCLUSTERS && subclusterKind(bitmap, last) === kind) last++
    const length = last * size - within
    if (kind === 'zero') return { length }
    if (kind === 'below') return this.#below(position, length)
    return { length, source: this.#files.data, offset: offset + within }
  }

  /** What is not in this image: the backing file's, and zeros where that ends. */
  #below(position: number, length: number): Run {
    const { backing } = this.#files
    if (backing === undefined || position >= backing.size) return { length }
    return { length: Math.min(length, backing.size - position), source: backing, offset: position }
  }

  /** Where an L2 table is; nothing where there is none. */
  #l2Table(index: number): number | undefined {
    const { l1Offset, l1Size } = this.#table
    if (index >= l1Size) {
      throw this.#metadata.corrupt(
        'L1 table',
        `it has ${l1Size} entries, the disk needs more than ${index}`,
        l1Offset,
      )
    }
    const at = l1Offset + index * 8
    const offset = this.#offset(this.#metadata.read('L1 entry', at, 8).big64(0), at)
    return offset === 0 ? undefined : offset
  }

  #offset(entry: bigint, at: number): number {
    const offset = Number(entry & OFFSET_MASK)
    if (offset % this.#header.clusterSize === 0) return offset
    throw this.#metadata.corrupt('table entry', `its offset ${hex(offset)} is not that of a cluster`, at)
  }

  /** "Compressed Clusters Descriptor": the offset in its low bits, the number of further sectors above. */
  #unpack(entry: bigint): Uint8Array {
    const { clusterBits, clusterSize, codec } = this.#header
    const sizeShift = BigInt(62 - (clusterBits - 8))
    const offset = Number(entry & ((1n << sizeShift) - 1n))
    const sectors = Number((entry & (COMPRESSED - 1n)) >> sizeShift)
    const size = (sectors + 1) * SECTOR - (offset % SECTOR)
    return this.#unpacked.get(offset, () => {
      const bytes = new Uint8Array(Math.max(0, Math.min(size, this.#metadata.source.size - offset)))
      const length = bytes.length === 0 ? 0 : this.#metadata.source.read(bytes, offset)
      const cluster = unpackBlock(
        this.#context,
        'qcow2',
        codec,
        bytes.subarray(0, length),
        clusterSize,
        offset,
      )
      if (cluster.length === clusterSize) return cluster
      throw this.#metadata.corrupt(
        'cluster',
        `it unpacks to ${cluster.length} bytes, not ${clusterSize}`,
        offset,
      )
    })
  }
}

function subclusterKind(bitmap: bigint, index: number): 'zero' | 'data' | 'below' {
  if (((bitmap >> BigInt(index + SUBCLUSTERS)) & 1n) === 1n) return 'zero'
  return ((bitmap >> BigInt(index)) & 1n) === 1n ? 'data' : 'below'
}
