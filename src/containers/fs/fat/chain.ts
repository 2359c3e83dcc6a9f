/** Chains of clusters: where the bytes of a FAT file lie. Source: FAT32 File System Specification 1.03, "FAT Data Structure". */
import type { Source } from '../../../source/source.ts'
import { MappedSource, type Run } from '../../mapped-source.ts'
import type { Metadata } from '../../metadata.ts'
import type { FatLayout } from './boot-sector.ts'

const FIRST_CLUSTER = 2

/** Clusters that follow each other on the disk: `count` from `cluster` on, the first of them number `index` of the file. */
interface Piece {
  readonly index: number
  readonly cluster: number
  count: number
}

/** The clusters of one file, followed as far as they are asked for. */
export class Chain {
  readonly #metadata: Metadata
  readonly #layout: FatLayout
  readonly #pieces: Piece[] = []
  /** The cluster after the last piece; 0 at the end. */
  #next: number
  #length = 0

  constructor(metadata: Metadata, layout: FatLayout, first: number) {
    this.#metadata = metadata
    this.#layout = layout
    this.#next = first
  }

  /** Clusters from number `index` of the file on; nothing after the last one. Throws where the chain is broken. */
  at(index: number): { readonly cluster: number; readonly count: number } | undefined {
    while (index >= this.#length && this.#next !== 0) this.#follow()
    if (index >= this.#length) return undefined
    let [low, high] = [0, this.#pieces.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#pieces[middle]!.index <= index) low = middle
      else high = middle - 1
    }
    const piece = this.#pieces[low]!
    const into = index - piece.index
    return { cluster: piece.cluster + into, count: piece.count - into }
  }

  #follow(): void {
    const { clusters } = this.#layout
    const cluster = this.#next
    if (cluster < FIRST_CLUSTER || cluster > clusters + 1) {
      throw this.#metadata.corrupt(
        'cluster chain',
        `it leads to cluster ${cluster}, the last one is ${clusters + 1}`,
      )
    }
    if (this.#length >= clusters) {
      throw this.#metadata.corrupt(
        'cluster chain',
        `it has more than the ${clusters} clusters that there are`,
      )
    }
    const last = this.#pieces.at(-1)
    if (last !== undefined && last.cluster + last.count === cluster) last.count++
    else this.#pieces.push({ index: this.#length, cluster, count: 1 })
    this.#length++
    this.#next = this.#entry(cluster)
  }

  /** The cluster after `cluster`; 0 at the end. */
  #entry(cluster: number): number {
    const { bits, table } = this.#layout
    const offset = table + Math.floor((cluster * bits) / 8)
    if (bits === 32) return orEnd(this.#metadata.read('table', offset, 4).u32(0) & 0xfff_ffff, 0xfff_fff8)
    const pair = this.#metadata.read('table', offset, 2).u16(0)
    if (bits === 16) return orEnd(pair, 0xfff8)
    return orEnd(cluster % 2 === 0 ? pair & 0xfff : pair >> 4, 0xff8)
  }
}

const orEnd = (value: number, end: number): number => (value >= end ? 0 : value)

/** The position of a cluster's bytes. */
export const clusterOffset = ({ data, clusterSize }: FatLayout, cluster: number): number =>
  data + (cluster - FIRST_CLUSTER) * clusterSize

/** The `size` bytes of the file that starts at cluster `first`. */
export function chainSource(metadata: Metadata, layout: FatLayout, first: number, size: number): Source {
  const chain = new Chain(metadata, layout, first)
  const { clusterSize } = layout
  return new MappedSource({
    layer: metadata.layer,
    budget: metadata.budget,
    size,
    locate(position): Run {
      const index = Math.floor(position / clusterSize)
      const found = chain.at(index)
      if (found === undefined) {
        throw metadata.corrupt('cluster chain', `it ends after ${index} clusters, the file has ${size} bytes`)
      }
      const skip = position - index * clusterSize
      const offset = clusterOffset(layout, found.cluster) + skip
      return { length: found.count * clusterSize - skip, source: metadata.source, offset }
    },
  })
}
