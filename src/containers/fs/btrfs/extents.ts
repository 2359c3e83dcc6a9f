/**
 * The bytes of a btrfs file: extents that may be compressed, or lie in the tree.
 * Source: btrfs documentation, "On-disk format" (`btrfs_file_extent_item`); Linux fs/btrfs/lzo.c for the layout of lzo.
 */
import { MemorySource, readBytes } from '../../../source/memory.ts'
import type { Source } from '../../../source/source.ts'
import { type ContainerContext, unpackBlock } from '../../context.ts'
import { MappedSource, type Run } from '../../mapped-source.ts'
import { Structure } from '../../structure.ts'
import { type Item, itemAtOrBefore, itemsFrom } from './btree.ts'
import type { Chunks } from './chunks.ts'
import type { BtrfsNode } from './inode.ts'
import type { Superblock } from './superblock.ts'

const EXTENT_DATA = 108
const INLINE_AT = 21
const TYPE = { inline: 0, regular: 1 }
const CODEC = { none: 0, zlib: 1, lzo: 2, zstd: 3 }
/** A compressed extent has no more, packed or not (fs/btrfs/compression.h, BTRFS_MAX_UNCOMPRESSED). */
const MAX_COMPRESSED = 128 * 1024

export interface Volume {
  readonly chunks: Chunks
  readonly superblock: Superblock
  readonly context: Pick<ContainerContext, 'budget' | 'engine'>
}

/** The contents of a file or a link. */
export function btrfsSource(volume: Volume, node: BtrfsNode): Source {
  const extents = new Extents(volume, node)
  return new MappedSource({
    layer: 'btrfs',
    budget: volume.context.budget,
    size: node.size,
    locate: position => extents.locate(position),
  })
}

interface Unpacked {
  readonly start: number
  readonly bytes: Uint8Array
}

/** The extents of one file; the last one that was unpacked is kept. */
class Extents {
  readonly #volume: Volume
  readonly #node: BtrfsNode
  #unpacked: Unpacked | undefined

  constructor(volume: Volume, node: BtrfsNode) {
    this.#volume = volume
    this.#node = node
  }

  locate(position: number): Run {
    const unpacked = this.#unpacked
    if (
      unpacked !== undefined &&
      position >= unpacked.start &&
      position < unpacked.start + unpacked.bytes.length
    ) {
      return runOf(unpacked, position)
    }
    const { root, inode, size } = this.#node
    const { readNode } = this.#volume.chunks
    const item = itemAtOrBefore(readNode, root!, { id: inode, type: EXTENT_DATA, offset: position })
    const isOwn = item !== undefined && item.key.id === inode && item.key.type === EXTENT_DATA
    const run = isOwn ? this.#inExtent(item, position) : undefined
    if (run !== undefined) return run
    // A hole: to the next extent, or to the end.
    const [next] = itemsFrom(readNode, root!, { id: inode, type: EXTENT_DATA, offset: position + 1 })
    const isNext = next !== undefined && next.key.id === inode && next.key.type === EXTENT_DATA
    return { length: Math.max(1, (isNext ? next.key.offset : size) - position) }
  }

  /** What the extent has from `position` on; nothing where it ends before. */
  #inExtent({ key, data }: Item, position: number): Run | undefined {
    if (data.u8(17) !== 0 || data.u16(18) !== 0) throw data.corrupt('extent', 'it is encrypted or encoded')
    const into = position - key.offset
    const [codec, type] = [data.u8(16), data.u8(20)]
    if (type === TYPE.inline) return this.#inline(data, codec, key.offset, position)
    const [address, length] = [data.u64(21), data.u64(45)]
    if (into >= length) return undefined
    // No place is a hole; another type is an extent that was not written yet.
    if (address === 0 || type !== TYPE.regular) return { length: length - into }
    if (codec !== CODEC.none) return this.#compressed(data, codec, key.offset, position)
    const [piece] = this.#volume.chunks.piecesAt(address + data.u64(37) + into)
    return {
      length: Math.min(length - into, piece!.length),
      source: piece!.device.source,
      offset: piece!.offset,
    }
  }

  #inline(data: Structure, codec: number, start: number, position: number): Run | undefined {
    const packed = data.part(INLINE_AT)
    const length = data.u64(8)
    const bytes = codec === CODEC.none ? packed.bytes : this.#unpack(packed, codec, length)
    return this.#keep({ start, bytes }, position)
  }

  #compressed(data: Structure, codec: number, start: number, position: number): Run | undefined {
    const [address, packedLength, offset, length] = [data.u64(21), data.u64(29), data.u64(37), data.u64(45)]
    const unpackedLength = data.u64(8)
    if (packedLength > MAX_COMPRESSED) {
      throw data.corrupt('extent', `it has ${packedLength} packed bytes, limit is ${MAX_COMPRESSED}`)
    }
    if (offset + length > unpackedLength) {
      throw data.corrupt(
        'extent',
        `it unpacks to ${unpackedLength} bytes, of which ${offset + length} are used`,
      )
    }
    const bytes = this.#unpack(this.#bytesAt(address, packedLength), codec, unpackedLength)
    return this.#keep({ start, bytes: bytes.subarray(offset, offset + length) }, position)
  }

  #keep(unpacked: Unpacked, position: number): Run | undefined {
    if (position - unpacked.start >= unpacked.bytes.length) return undefined
    this.#unpacked = unpacked
    return runOf(unpacked, position)
  }

  #bytesAt(address: number, length: number): Structure {
    const bytes = new Uint8Array(length)
    let first: number | undefined
    for (let done = 0; done < length; ) {
      const [piece] = this.#volume.chunks.piecesAt(address + done)
      const { device, offset, length: there } = piece!
      const part = readBytes(device.source, offset, Math.min(there, length - done))
      if (part.length === 0) throw device.corrupt('extent', 'its bytes are not there', offset)
      bytes.set(part, done)
      done += part.length
      first ??= offset
    }
    return new Structure(bytes, { layer: 'btrfs', offset: first ?? 0 })
  }

  /** Exactly `length` bytes: what a sector has after the end of the file is not stored, and is zeros. */
  #unpack(packed: Structure, codec: number, length: number): Uint8Array {
    const { context, superblock } = this.#volume
    if (length > MAX_COMPRESSED) {
      throw packed.corrupt('extent', `it unpacks to ${length} bytes, limit is ${MAX_COMPRESSED}`)
    }
    const stored = unpack(context, packed, { codec, length, sectorSize: superblock.sectorSize })
    if (stored.length === length) return stored
    if (stored.length + superblock.sectorSize <= length) {
      throw packed.corrupt('extent', `it unpacks to ${stored.length} bytes instead of ${length}`)
    }
    const bytes = new Uint8Array(length)
    bytes.set(stored)
    return bytes
  }
}

interface Packing {
  readonly codec: number
  readonly length: number
  readonly sectorSize: number
}

function unpack(
  context: Volume['context'],
  packed: Structure,
  { codec, length, sectorSize }: Packing,
): Uint8Array {
  const { offset } = packed.place
  if (codec === CODEC.zlib) return unpackBlock(context, 'btrfs', 'zlib', packed.bytes, length, offset)
  if (codec === CODEC.zstd) return unpackBlock(context, 'btrfs', 'zstd', packed.bytes, length, offset)
  if (codec === CODEC.lzo) return unpackLzo(context, packed, length, sectorSize)
  throw packed.corrupt('extent', `its codec ${codec} is not known`)
}

const runOf = ({ start, bytes }: Unpacked, position: number): Run => ({
  length: bytes.length - (position - start),
  source: new MemorySource(bytes),
  offset: position - start,
})

/** Segments of a sector each, with their lengths before them; no length crosses the end of a sector. */
function unpackLzo(
  context: Volume['context'],
  packed: Structure,
  length: number,
  sectorSize: number,
): Uint8Array {
  const end = Math.min(packed.u32(0), packed.length)
  const bytes = new Uint8Array(length)
  let done = 0
  for (let at = 4; done < length && at + 4 <= end; ) {
    const size = packed.u32(at)
    const segment = packed.slice(at + 4, size)
    const part = unpackBlock(context, 'btrfs', 'lzo', segment, sectorSize, packed.place.offset + at)
    bytes.set(part.subarray(0, length - done), done)
    done += part.length
    at += 4 + size
    const left = sectorSize - (at % sectorSize)
    if (left < 4) at += left
  }
  return bytes.subarray(0, Math.min(done, length))
}
