/** Reads the metadata of one layer: through a small cache, counted against the image's budget. */
import { hex } from '../problem.ts'
import type { Source } from '../source/source.ts'
import type { Budget } from './budget.ts'
import { ContainerError } from './container-error.ts'
import { Structure, type StructurePlace } from './structure.ts'

const PAGE = 4096
/** A directory, its inodes and the index blocks on the way to a file fit: 1 MiB a layer. */
const MAX_PAGES = 256
/** No structure of a format that is read here is longer. */
const MAX_LENGTH = 1 << 20

export interface MetadataOptions {
  readonly layer: string
  readonly budget: Budget
  readonly bigEndian?: boolean
}

interface Pages {
  readonly first: number
  readonly last: number
}

/** Structures of one layer by position. */
export class Metadata {
  readonly source: Source
  readonly layer: string
  readonly budget: Budget
  readonly #place: Omit<StructurePlace, 'offset'>
  // In the order of their last use.
  readonly #pages = new Map<number, Uint8Array>()

  constructor(source: Source, { layer, budget, bigEndian = false }: MetadataOptions) {
    this.source = source
    this.layer = layer
    this.budget = budget
    this.#place = { layer, bigEndian }
  }

  /** The `length` bytes from `offset` on. Throws `container-truncated` where they are not all there. */
  read(what: string, offset: number, length: number): Structure {
    this.budget.step(this.layer, offset)
    if (length > MAX_LENGTH) {
      const message = `Cannot read the ${this.layer} ${what} at ${hex(offset)}: it has ${length} bytes, limit is ${MAX_LENGTH}`
      throw new ContainerError('container-corrupt', this.layer, message, offset)
    }
    if (!(offset >= 0 && offset + length <= this.source.size)) throw this.#truncated(what, offset, length)
    const bytes = this.#cached(what, offset, length)
    return new Structure(bytes, { ...this.#place, offset })
  }

  /** An error about a structure that lies at `offset`. */
  corrupt(what: string, why: string, offset?: number): ContainerError {
    const at = offset === undefined ? '' : ` at ${hex(offset)}`
    const message = `Cannot read the ${this.layer} ${what}${at}: ${why}`
    return new ContainerError('container-corrupt', this.layer, message, offset)
  }

  /** An error about something that the format allows and this reader does not read. */
  unsupported(what: string, why: string, offset?: number): ContainerError {
    const message = `Cannot read the ${this.layer} ${what}: ${why}`
    return new ContainerError('container-unsupported', this.layer, message, offset)
  }

  #truncated(what: string, offset: number, length: number): ContainerError {
    const message = `Cannot read the ${this.layer} ${what} at ${hex(offset)}: it ends at ${hex(offset + length)}, the bytes end at ${hex(this.source.size)}`
    return new ContainerError('container-truncated', this.layer, message, offset)
  }

  #cached(what: string, offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / PAGE)
    const last = Math.floor((offset + Math.max(length, 1) - 1) / PAGE)
    if (!this.#hasPages(first, last)) this.#load(what, { first, last }, offset + length)
    const from = offset - first * PAGE
    if (first === last) return this.#use(first).subarray(from, from + length)
    const bytes = new Uint8Array((last - first + 1) * PAGE)
    for (let page = first; page <= last; page++) bytes.set(this.#use(page), (page - first) * PAGE)
    return bytes.subarray(from, from + length)
  }

  #hasPages(first: number, last: number): boolean {
    for (let page = first; page <= last; page++) if (!this.#pages.has(page)) return false
    return true
  }

  #use(page: number): Uint8Array {
    const bytes = this.#pages.get(page)!
    this.#pages.delete(page)
    this.#pages.set(page, bytes)
    return bytes
  }

  /** Reads pages of which the bytes up to `end` are needed: a stream tells its size only at its end. */
  #load(what: string, { first, last }: Pages, end: number): void {
    const start = first * PAGE
    const length = Math.min((last + 1) * PAGE, this.source.size) - start
    this.budget.metadata(this.layer, length, start)
    const bytes = new Uint8Array(length)
    const count = this.source.read(bytes, start)
    if (start + count < end) throw this.#truncated(what, start, end - start)
    for (let page = first; page <= last; page++) {
      const from = (page - first) * PAGE
      this.#pages.delete(page)
      this.#pages.set(page, bytes.subarray(Math.min(from, count), Math.min(from + PAGE, count)))
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= Math.max(MAX_PAGES, last - first + 1)) break
      this.#pages.delete(page)
    }
  }
}
