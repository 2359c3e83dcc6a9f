/** Which images of a scan are in one of its parts. */
import type { Found } from '../source/source.ts'
import type { Part } from './part.ts'
import { type Shard, shardFilter } from './shard.ts'

/** Tells which images belong to a shard, and which list they are of. */
export class PartFilter {
  readonly #hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  readonly #shard: Shard
  readonly #belongs: (found: Found) => boolean

  constructor(shard: Shard) {
    this.#shard = shard
    this.#belongs = shardFilter(shard)
  }

  takes(found: Found): boolean {
    this.#hash.update(`${found.address}\n`)
    return this.#belongs(found)
  }

  /** To be asked once, after the last image. */
  part(): Part {
    const { index, count } = this.#shard
    return { shard: `${index}/${count}`, list: `sha256:${this.#hash.digest('hex')}` }
  }
}
