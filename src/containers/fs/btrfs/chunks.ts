/**
 * Where logical addresses lie on the devices: chunks with their stripes.
 * Source: btrfs documentation, "On-disk format" (`btrfs_chunk`); Linux fs/btrfs/volumes.c (btrfs_map_block).
 */
import { ContainerError } from '../../container-error.ts'
import type { Metadata } from '../../metadata.ts'
import type { Structure } from '../../structure.ts'
import { itemAtOrBefore, type ReadNode, readKey } from './btree.ts'
import type { Superblock } from './superblock.ts'

const CHUNK_TREE_ID = 256
const CHUNK_ITEM = 228
const KEY = 17
const CHUNK_HEADER = 48
const STRIPE = 32
const PROFILE = { raid0: 0x8, raid10: 0x40, parity: 0x80 | 0x100 }
/** Chunks that were looked up, kept: a chunk has 256 MiB and more. */
const MAX_KEPT = 64

interface Chunk {
  readonly start: number
  readonly length: number
  readonly stripeLength: number
  readonly type: number
  /** Stripes that hold the same bytes, where `type` is RAID10. */
  readonly copies: number
  readonly stripes: readonly { readonly device: number; readonly offset: number }[]
}

/** Bytes that follow each other on a device: `length` from `offset` on. */
export interface Piece {
  readonly device: Metadata
  readonly offset: number
  readonly length: number
}

/** Logical addresses of one file system on the devices that there are. */
export class Chunks {
  readonly #devices: ReadonlyMap<number, Metadata>
  readonly #metadata: Metadata
  readonly #superblock: Superblock
  readonly #system: readonly Chunk[]
  #kept: Chunk[] = []

  constructor(metadata: Metadata, devices: ReadonlyMap<number, Metadata>, superblock: Superblock) {
    this.#metadata = metadata
    this.#devices = devices
    this.#superblock = superblock
    this.#system = [...systemChunks(superblock.systemChunks)]
  }

  readonly readNode: ReadNode = address => this.#readNode(address, this.piecesAt(address))

  /** Where the bytes from `address` on lie: once for each copy on a device that is there. At least one. */
  piecesAt(address: number): readonly Piece[] {
    return this.#pieces(this.#chunkAt(address), address)
  }

  /** Of several copies the first one that says it is the node of that address. */
  #readNode(address: number, pieces: readonly Piece[]): Structure {
    const { nodeSize } = this.#superblock
    let found: Structure | undefined
    for (const { device, offset, length } of pieces) {
      if (length < nodeSize) continue
      found = device.read('node', offset, nodeSize)
      if (found.u64(48) === address) return found
    }
    const why =
      found === undefined ? 'it lies in several stripes' : `it says that it is the one at ${found.u64(48)}`
    throw this.#metadata.corrupt(`node at address ${address}`, why, found?.place.offset)
  }

  #chunkAt(address: number): Chunk {
    const isIn = ({ start, length }: Chunk): boolean => address >= start && address < start + length
    const known = this.#system.find(isIn) ?? this.#kept.find(isIn)
    if (known !== undefined) return known
    const read: ReadNode = node => this.#readNode(node, this.#systemPieces(node))
    const key = { id: CHUNK_TREE_ID, type: CHUNK_ITEM, offset: address }
    const item = itemAtOrBefore(read, this.#superblock.chunkRoot, key)
    const chunk = item?.key.type === CHUNK_ITEM ? readChunk(item.data, item.key.offset) : undefined
    if (chunk === undefined || !isIn(chunk)) {
      throw this.#metadata.corrupt(`address ${address}`, 'it is in no chunk', item?.data.place.offset)
    }
    this.#kept = [chunk, ...this.#kept.slice(0, MAX_KEPT - 1)]
    return chunk
  }

  /** The chunk tree's own nodes are in chunks that the superblock tells. */
  #systemPieces(address: number): readonly Piece[] {
    const chunk = this.#system.find(({ start, length }) => address >= start && address < start + length)
    if (chunk === undefined) throw this.#metadata.corrupt(`address ${address}`, 'it is in no system chunk')
    return this.#pieces(chunk, address)
  }

  #pieces(chunk: Chunk, address: number): readonly Piece[] {
    const { stripes, length } = placesOf(this.#metadata, chunk, address - chunk.start)
    const pieces = stripes.flatMap(({ device, offset }) => {
      const there = this.#devices.get(device)
      return there === undefined ? [] : [{ device: there, offset, length }]
    })
    if (pieces.length > 0) return pieces
    const missing = stripes.map(({ device }) => device).join(' and ')
    const message = `Cannot read the btrfs file system at address ${address}: it lies on device ${missing} of ${this.#superblock.devices}, which is not there`
    throw new ContainerError('container-unsupported', 'btrfs', message)
  }
}

function* systemChunks(raw: Structure): Generator<Chunk> {
  for (let at = 0; at + KEY + CHUNK_HEADER <= raw.length; ) {
    const chunk = readChunk(raw.part(at + KEY), readKey(raw, at).offset)
    yield chunk
    at += KEY + CHUNK_HEADER + STRIPE * chunk.stripes.length
  }
}

function readChunk(raw: Structure, start: number): Chunk {
  const count = raw.u16(44)
  const [length, stripeLength, type] = [raw.u64(0), raw.u64(16), raw.u64(24)]
  const copies = Math.max(1, raw.u16(46))
  if (
    count === 0 ||
    stripeLength < 4096 ||
    length === 0 ||
    ((type & PROFILE.raid10) !== 0 && count % copies !== 0)
  ) {
    throw raw.corrupt('chunk', `it has ${length} bytes in ${count} stripes of ${stripeLength}`)
  }
  const stripes = Array.from({ length: count }, (_, index) => {
    const at = CHUNK_HEADER + STRIPE * index
    return { device: raw.u64(at), offset: raw.u64(at + 8) }
  })
  return { start, length, stripeLength, type, copies, stripes }
}

/** Where byte `at` of a chunk lies, once for each copy, and how many bytes follow it there. */
function placesOf(metadata: Metadata, chunk: Chunk, at: number) {
  const { stripes, stripeLength, type } = chunk
  if ((type & PROFILE.parity) !== 0)
    throw metadata.unsupported('file system', 'its profile is RAID5 or RAID6')
  const isStriped = (type & (PROFILE.raid0 | PROFILE.raid10)) !== 0
  if (!isStriped) {
    return {
      stripes: stripes.map(({ device, offset }) => ({ device, offset: offset + at })),
      length: chunk.length - at,
    }
  }
  const copies = (type & PROFILE.raid10) !== 0 ? chunk.copies : 1
  const columns = stripes.length / copies
  const number = Math.floor(at / stripeLength)
  const into = at % stripeLength
  const first = (number % columns) * copies
  const inStripe = Math.floor(number / columns) * stripeLength + into
  return {
    stripes: stripes
      .slice(first, first + copies)
      .map(({ device, offset }) => ({ device, offset: offset + inStripe })),
    length: Math.min(stripeLength - into, chunk.length - at),
  }
}
