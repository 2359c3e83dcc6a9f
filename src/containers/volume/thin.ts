/**
 * Thin volumes: a pool's metadata say which of its blocks each block of a volume is.
 * Source: Linux drivers/md/dm-thin-metadata.c (`struct thin_disk_superblock`) and drivers/md/persistent-data/
 * dm-btree-internal.h, whose names are used here.
 */
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'

const MAGIC = 27022010
const SECTOR = 512
/** `metadata_block_size` is this on every pool. */
const BLOCK = 4096
const NODE_HEADER = 32
const LEAF = 2
const INTERNAL = 1
/** Nodes below each other: 2^24 blocks of the largest metadata need four. */
const MAX_LEVELS = 16

export interface ThinVolume {
  /** The `device_id` of its segment. */
  device: number
  /** In bytes. */
  size: number
  /** Where blocks come from that the volume does not have: zeros otherwise. */
  origin?: Source
}

/** A pool by its two volumes. */
export class ThinPool {
  readonly #metadata: Metadata
  readonly #data: Source
  readonly #budget: Budget
  readonly #root: number
  /** In bytes. */
  readonly #blockSize: number

  /** Throws a ContainerError. */
  constructor(metadata: Source, data: Source, budget: Budget) {
    this.#metadata = new Metadata(metadata, { layer: 'lvm2 thin pool', budget })
    this.#data = data
    this.#budget = budget
    const superblock = this.#metadata.read('superblock', 0, BLOCK)
    if (superblock.u64(32) !== MAGIC) throw superblock.corrupt('superblock', 'it has no magic', 32)
    const version = superblock.u32(40)
    if (version !== 1 && version !== 2) {
      throw this.#metadata.unsupported('superblock', `its version is ${version}`, 40)
    }
    this.#root = superblock.u64(320)
    this.#blockSize = superblock.u32(336) * SECTOR
    // 64 KiB to 1 GiB, in steps of 64 KiB (DATA_DEV_BLOCK_SIZE_MIN_SECTORS).
    if (this.#blockSize === 0 || this.#blockSize % 65536 !== 0 || this.#blockSize > 2 ** 30) {
      throw superblock.corrupt('superblock', `its blocks have ${this.#blockSize} bytes`, 336)
    }
  }

  /** The contents of a volume. Throws a ContainerError where the pool does not know it. */
  open({ device, size, origin }: ThinVolume): Source {
    const mapping = this.#find(this.#root, device)
    if (mapping === undefined) {
      throw this.#metadata.corrupt('device tree', `it has no device ${device}`, this.#root * BLOCK)
    }
    const root = Number(mapping)
    const locate = (position: number): Run => {
      const index = Math.floor(position / this.#blockSize)
      const within = position % this.#blockSize
      const length = this.#blockSize - within
      const value = this.#find(root, index)
      // The lower 24 bits are the time of the last snapshot.
      if (value !== undefined)
        return { length, source: this.#data, offset: Number(value >> 24n) * this.#blockSize + within }
      if (origin === undefined || position >= origin.size) return { length }
      return { length: Math.min(length, origin.size - position), source: origin, offset: position }
    }
    return new MappedSource({ layer: 'lvm2', budget: this.#budget, size, locate })
  }

  /** The value of `key` in the tree whose root is block `root`. */
  #find(root: number, key: number): bigint | undefined {
    let block = root
    for (let level = 0; level < MAX_LEVELS; level++) {
      const node = this.#metadata.read('node', block * BLOCK, BLOCK)
      const flags = node.u32(4) & (LEAF | INTERNAL)
      const [count, max] = [node.u32(16), node.u32(20)]
      if (
        node.u64(8) !== block ||
        (flags !== LEAF && flags !== INTERNAL) ||
        count > max ||
        max > BLOCK / 16
      ) {
        throw node.corrupt('node', `it has the flags ${node.u32(4)}, and ${count} of ${max} entries`)
      }
      const index = lastNotAfter(node, count, key)
      if (index < 0) return undefined
      const value = node.big64(NODE_HEADER + (max + index) * 8)
      if (flags === LEAF) return node.u64(NODE_HEADER + index * 8) === key ? value : undefined
      block = Number(value)
    }
    throw this.#metadata.corrupt('node', `more than ${MAX_LEVELS} are below each other`, block * BLOCK)
  }
}

/** The index of the last key that is not greater than `key`; -1 where all are. */
function lastNotAfter(node: Structure, count: number, key: number): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (node.u64(NODE_HEADER + middle * 8) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}
