/**
 * The indexes of a compressed EROFS file: for each logical cluster whether an extent starts in it, and where.
 * Source: Linux fs/erofs/zmap.c (z_erofs_load_full_lcluster, z_erofs_load_compact_lcluster), erofs_fs.h.
 */
import type { Metadata } from '../../metadata.ts'
import { type ErofsNode, LAYOUT } from './inode.ts'
import type { Superblock } from './superblock.ts'

/** Types of clusters. In one without a head an extent goes on. */
const TYPE = { plain: 0, head1: 1, nonHead: 2, head2: 3 }
const ADVISE = {
  compact2: 0x1,
  bigCluster1: 0x2,
  bigCluster2: 0x4,
  inlineTail: 0x8,
  interlaced: 0x10,
  fragment: 0x20,
}
/** Set in a distance that is a number of compressed blocks instead. */
const IS_BLOCK_COUNT = 0x800
/** Of the upper byte of the map header: the whole file is a fragment. */
const ALL_FRAGMENT = 0x80

interface Header {
  readonly advise: number
  readonly algorithms: readonly [number, number]
  readonly clusterBits: number
  readonly inlineLength: number
}

/** A cluster: the head of an extent, or one in which it goes on. */
interface Cluster {
  readonly type: number
  /** Where in the cluster the extent starts. */
  readonly offset: number
  /** Of a head: where its compressed bytes are, in blocks. */
  readonly block: number
  /** Back to the head: clusters. */
  readonly distance: number
  /** Of the first one after a head: its compressed blocks. */
  readonly blocks: number | undefined
}

/** Bytes that were compressed together. */
export interface Extent {
  /** Where in the file. */
  readonly start: number
  readonly end: number
  /** Where on the device, in bytes. */
  readonly position: number
  readonly length: number
  readonly codec: 'plain' | 'interlaced' | number
}

const alignUp = (value: number, to: number): number => Math.ceil(value / to) * to

/** The extents of one file. */
export class Clusters {
  readonly #metadata: Metadata
  readonly #superblock: Superblock
  readonly #node: ErofsNode
  readonly #header: Header
  /** Where the indexes start. */
  readonly #base: number
  readonly #count: number

  constructor(metadata: Metadata, superblock: Superblock, node: ErofsNode) {
    this.#metadata = metadata
    this.#superblock = superblock
    this.#node = node
    const place = alignUp(node.after, 8)
    const isFull = node.layout === LAYOUT.compressedFull
    this.#header =
      isFull && !superblock.headers
        ? { advise: 0, algorithms: [0, 0], clusterBits: superblock.blockBits, inlineLength: 0 }
        : this.#readHeader(place)
    this.#base = place + (isFull ? 16 : 8)
    this.#count = Math.ceil(node.size / 2 ** this.#header.clusterBits)
  }

  #readHeader(place: number): Header {
    const raw = this.#metadata.read('map header', place, 8)
    const [advise, algorithms, bits] = [raw.u16(4), raw.u8(6), raw.u8(7)]
    if ((bits & ALL_FRAGMENT) !== 0 || (advise & ADVISE.fragment) !== 0) {
      throw this.#metadata.unsupported(
        `inode ${this.#node.key}`,
        'its end is a fragment of another file',
        place,
      )
    }
    const clusterBits = this.#superblock.blockBits + (bits & 7)
    return { advise, algorithms: [algorithms & 15, algorithms >> 4], clusterBits, inlineLength: raw.u16(2) }
  }

  /** The extent that `position` of the file lies in. */
  extentAt(position: number): Extent {
    const { clusterBits } = this.#header
    const size = 2 ** clusterBits
    let number = Math.floor(position / size)
    let cluster = this.#cluster(number)
    // One that starts after the position belongs to what is after it.
    if (cluster.type !== TYPE.nonHead && position % size < cluster.offset) {
      if (number === 0) throw this.#corrupt(number, 'the first extent does not start at 0')
      cluster = this.#cluster(--number)
    }
    while (cluster.type === TYPE.nonHead) {
      const { distance } = cluster
      if (distance < 1 || distance > number)
        throw this.#corrupt(number, `its head is ${distance} clusters before it`)
      this.#metadata.budget.step('erofs')
      number -= distance
      cluster = this.#cluster(number)
    }
    const start = number * size + cluster.offset
    const next = this.#nextHead(number)
    const end = next ?? this.#node.size
    if (position >= end || position < start) throw this.#corrupt(number, 'its extents are not in order')
    return { start, end, ...this.#stored(number, cluster, next === undefined), codec: this.#codec(cluster) }
  }

  /** Where the extent after the one whose head is in cluster `number` starts. */
  #nextHead(number: number): number | undefined {
    for (let next = number + 1; next < this.#count; next++) {
      const { type, offset } = this.#cluster(next)
      if (type === TYPE.nonHead) continue
      const start = next * 2 ** this.#header.clusterBits + offset
      // An extent that starts at the file's end says only that the one before it ends there.
      return start < this.#node.size ? start : undefined
    }
    return undefined
  }

  /** Where the bytes of the extent whose head is `head` are stored. */
  #stored(number: number, head: Cluster, isLast: boolean): { position: number; length: number } {
    const { advise, inlineLength, clusterBits } = this.#header
    const { blockBits } = this.#superblock
    if (isLast && (advise & ADVISE.inlineTail) !== 0)
      return { position: this.#indexEnd, length: inlineLength }
    const position = head.block * 2 ** blockBits
    const big = head.type === TYPE.head2 ? ADVISE.bigCluster2 : ADVISE.bigCluster1
    const hasCount = head.type !== TYPE.plain && (advise & big) !== 0 && number + 1 < this.#count
    const blocks = hasCount ? this.#cluster(number + 1).blocks : undefined
    return { position, length: blocks === undefined ? 2 ** clusterBits : blocks * 2 ** blockBits }
  }

  #codec({ type }: Cluster): Extent['codec'] {
    if (type === TYPE.plain) return (this.#header.advise & ADVISE.interlaced) !== 0 ? 'interlaced' : 'plain'
    return this.#header.algorithms[type === TYPE.head2 ? 1 : 0]
  }

  #corrupt(number: number, why: string) {
    return this.#metadata.corrupt(`cluster ${number} of inode ${this.#node.key}`, why, this.#base)
  }

  #cluster(number: number): Cluster {
    if (this.#node.layout === LAYOUT.compressedFull) return this.#fullCluster(number)
    return new Pack(this.#metadata, this.#place(number), this.#header).cluster()
  }

  #fullCluster(number: number): Cluster {
    const raw = this.#metadata.read('cluster index', this.#base + 8 * number, 8)
    const type = raw.u16(0) & 3
    if (type !== TYPE.nonHead)
      return { type, offset: raw.u16(2), block: raw.u32(4), distance: 0, blocks: undefined }
    const stored = raw.u16(4)
    const isCount = (stored & IS_BLOCK_COUNT) !== 0
    const [distance, blocks] = isCount ? [1, stored & ~IS_BLOCK_COUNT] : [stored, undefined]
    return { type, offset: 0, block: 0, distance, blocks }
  }

  /** How many indexes of 4 bytes come first, until the others are aligned, and how many of 2 bytes after them. */
  get #groups(): { first: number; short: number } {
    const first = ((32 - (this.#base % 32)) / 4) & 7
    const isShort = (this.#header.advise & ADVISE.compact2) !== 0 && first < this.#count
    return { first, short: isShort ? Math.floor((this.#count - first) / 16) * 16 : 0 }
  }

  #place(number: number): IndexPlace {
    const { first, short } = this.#groups
    const base = this.#base
    if (number < first) return { start: base, index: number, bytes: 4 }
    if (number < first + short) return { start: base + 4 * first, index: number - first, bytes: 2 }
    return { start: base + 4 * first + 2 * short, index: number - first - short, bytes: 4 }
  }

  /** Where the indexes end: bytes that are kept with them follow. */
  get #indexEnd(): number {
    if (this.#node.layout === LAYOUT.compressedFull) return this.#base + 8 * this.#count
    const { first, short } = this.#groups
    const rest = Math.max(0, this.#count - first - short)
    return alignUp(this.#base + 4 * Math.min(first, this.#count) + 2 * short + 4 * rest, 8)
  }
}

interface IndexPlace {
  readonly start: number
  readonly index: number
  /** What an index takes, with its share of the number that ends a pack. */
  readonly bytes: 2 | 4
}

/** Indexes that share the number of a block: 2 of 4 bytes each, or 16 of 2 bytes. */
class Pack {
  readonly #metadata: Metadata
  readonly #header: Header
  readonly #start: number
  readonly #index: number
  readonly #count: number
  readonly #bits: number
  readonly #raw

  constructor(metadata: Metadata, { start, index, bytes }: IndexPlace, header: Header) {
    this.#metadata = metadata
    this.#header = header
    this.#count = bytes === 4 ? 2 : 16
    const length = this.#count * bytes
    // Packs are aligned to their length, also those of the first indexes.
    const at = start + bytes * index
    this.#start = Math.floor(at / length) * length
    this.#index = (at - this.#start) / bytes
    this.#bits = ((length - 4) * 8) / this.#count
    this.#raw = metadata.read('cluster indexes', this.#start, length)
  }

  cluster(): Cluster {
    const { type, low } = this.#at(this.#index)
    if (type !== TYPE.nonHead)
      return { type, offset: low, block: this.#block(), distance: 0, blocks: undefined }
    if ((low & IS_BLOCK_COUNT) !== 0) {
      return { type, offset: 0, block: 0, distance: 1, blocks: low & ~IS_BLOCK_COUNT }
    }
    return { type, offset: 0, block: 0, distance: this.#distance(low), blocks: undefined }
  }

  /** The last index of a pack tells how far it is to the next head; the one before it says how far it is back. */
  #distance(low: number): number {
    if (this.#index + 1 !== this.#count) return low
    const before = this.#at(this.#index - 1)
    if (before.type !== TYPE.nonHead) return 1
    return ((before.low & IS_BLOCK_COUNT) !== 0 ? 1 : before.low) + 1
  }

  /** The block of the head at this index: the pack's number and the blocks of the heads before it. */
  #block(): number {
    const isBig = (this.#header.advise & ADVISE.bigCluster1) !== 0
    let blocks = isBig ? 0 : 1
    for (let index = this.#index; index > 0; ) {
      const { type, low } = this.#at(--index)
      if (type !== TYPE.nonHead) blocks++
      else if (!isBig) {
        index -= low
        if (index >= 0) blocks++
      } else if ((low & IS_BLOCK_COUNT) !== 0) {
        index--
        blocks += low & ~IS_BLOCK_COUNT
      } else if (low > 1) index -= low - 2
      else throw this.#metadata.corrupt('cluster indexes', 'a distance is too short', this.#start)
    }
    return this.#raw.u32(this.#raw.length - 4) + blocks
  }

  #at(index: number): { type: number; low: number } {
    const bit = this.#bits * index
    const byte = Math.min(bit >> 3, this.#raw.length - 4)
    const value = this.#raw.u32(byte) >>> (bit - 8 * byte)
    const lowBits = Math.max(this.#header.clusterBits, 12)
    return { type: (value >>> lowBits) & 3, low: value & (2 ** lowBits - 1) }
  }
}
