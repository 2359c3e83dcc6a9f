/** The bytes of an EROFS file. Source: Linux fs/erofs/data.c, fs/erofs/decompressor.c. */
import { MemorySource, readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import type { BlockCodec } from '../../../unwrap/block.ts'
import { type ContainerContext, unpackBlock } from '../../context.ts'
import { MappedSource, type Run } from '../../mapped-source.ts'
import type { Metadata } from '../../metadata.ts'
import { Clusters, type Extent } from './clusters.ts'
import { type ErofsNode, LAYOUT } from './inode.ts'
import { lz4End } from './lz4-end.ts'
import type { Superblock } from './superblock.ts'

export interface Volume {
  readonly metadata: Metadata
  readonly superblock: Superblock
  readonly context: Pick<ContainerContext, 'budget' | 'engine'>
}

/** `Z_EROFS_COMPRESSION_*`; 1 is MicroLZMA, which is not read. */
const CODECS: Record<number, BlockCodec> = { 0: 'lz4', 2: 'deflate', 3: 'zstd' }
/** A compressed cluster has 1 MiB at most (Z_EROFS_PCLUSTER_MAX_SIZE), unpacked 12 MiB (Z_EROFS_PCLUSTER_MAX_DSIZE). */
const MAX_PACKED = 2 ** 20
const MAX_UNPACKED = 12 * 2 ** 20

/** The contents of a file, a link or a directory. */
export const erofsSource = (volume: Volume, node: ErofsNode): Source =>
  new MappedSource({
    layer: 'erofs',
    budget: volume.context.budget,
    size: node.size,
    locate: locator(volume, node),
  })

function locator(volume: Volume, node: ErofsNode): (position: number) => Run {
  switch (node.layout) {
    case LAYOUT.plain:
      return position => plainRun(volume, node, position, node.size)
    case LAYOUT.inline:
      return position => inlineRun(volume, node, position)
    case LAYOUT.chunks:
      return position => chunkRun(volume, node, position)
    default: {
      const clusters = new CompressedFile(volume, node)
      return position => clusters.locate(position)
    }
  }
}

const plainRun = (
  { metadata, superblock }: Volume,
  { start }: ErofsNode,
  position: number,
  end: number,
): Run => ({
  length: end - position,
  source: metadata.source,
  offset: start * 2 ** superblock.blockBits + position,
})

/** All blocks but the last one lie elsewhere, the rest after the inode. */
function inlineRun(volume: Volume, node: ErofsNode, position: number): Run {
  const blockSize = 2 ** volume.superblock.blockBits
  const tail = (Math.ceil(node.size / blockSize) - 1) * blockSize
  if (position < tail) return plainRun(volume, node, position, tail)
  return {
    length: node.size - position,
    source: volume.metadata.source,
    offset: node.after + position - tail,
  }
}

const CHUNK = { bits: 0x1f, indexes: 0x20 }
const NO_CHUNK = 0xffff_ffff

function chunkRun({ metadata, superblock }: Volume, node: ErofsNode, position: number): Run {
  const chunkSize = 2 ** (superblock.blockBits + (node.start & CHUNK.bits))
  const index = Math.floor(position / chunkSize)
  const into = position - index * chunkSize
  const length = chunkSize - into
  const entry = (node.start & CHUNK.indexes) !== 0 ? 8 : 4
  const raw = metadata.read('chunk', Math.ceil(node.after / entry) * entry + entry * index, entry)
  const block = raw.u32(entry - 4)
  if (block === NO_CHUNK) return { length }
  if (entry === 8 && raw.u16(2) !== 0) {
    throw metadata.unsupported(`inode ${node.key}`, `its bytes lie on device ${raw.u16(2)}`, raw.place.offset)
  }
  return { length, source: metadata.source, offset: block * 2 ** superblock.blockBits + into }
}

/** Unpacks the extents of one file; the last one is kept. */
class CompressedFile {
  readonly #volume: Volume
  readonly #clusters: Clusters
  #unpacked: { readonly start: number; readonly bytes: Uint8Array } | undefined

  constructor(volume: Volume, node: ErofsNode) {
    this.#volume = volume
    this.#clusters = new Clusters(volume.metadata, volume.superblock, node)
  }

  locate(position: number): Run {
    const kept = this.#unpacked
    const isKept = kept !== undefined && position >= kept.start && position < kept.start + kept.bytes.length
    const { start, bytes } = isKept ? kept : this.#unpack(this.#clusters.extentAt(position))
    return {
      length: start + bytes.length - position,
      source: new MemorySource(bytes),
      offset: position - start,
    }
  }

  #unpack(extent: Extent): { readonly start: number; readonly bytes: Uint8Array } {
    const { metadata } = this.#volume
    const { start, end, position, length } = extent
    if (length > MAX_PACKED || end - start > MAX_UNPACKED) {
      throw metadata.corrupt('extent', `it has ${length} bytes for ${end - start}`, position)
    }
    const packed = readBytes(metadata.source, position, length)
    const bytes = this.#decode(extent, packed)
    if (bytes.length < end - start) {
      throw metadata.corrupt('extent', `it has ${bytes.length} bytes instead of ${end - start}`, position)
    }
    this.#unpacked = { start, bytes: bytes.subarray(0, end - start) }
    return this.#unpacked
  }

  #decode({ start, end, codec, position }: Extent, packed: Uint8Array): Uint8Array {
    const { metadata, superblock, context } = this.#volume
    if (codec === 'plain') return packed
    if (codec === 'interlaced') return rotated(packed, start % 2 ** superblock.blockBits)
    const name = CODECS[codec]
    if (name === undefined) throw metadata.unsupported('file', `its codec ${codec} is not read`, position)
    const block = superblock.zeroPadding
      ? afterZeros(packed)
      : packed.subarray(0, lz4End(packed, end - start))
    return unpackBlock(context, 'erofs', name, block, end - start, position)
  }
}

function afterZeros(packed: Uint8Array): Uint8Array {
  const from = packed.findIndex(byte => byte !== 0)
  return packed.subarray(from === -1 ? packed.length : from)
}

/** Bytes that are stored at the place in a block that they have in the file, from `first` on and round its end. */
function rotated(packed: Uint8Array, first: number): Uint8Array {
  const bytes = new Uint8Array(packed.length)
  bytes.set(packed.subarray(first))
  bytes.set(packed.subarray(0, first), packed.length - first)
  return bytes
}
