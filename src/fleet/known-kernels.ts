/**
 * The kernels that a scan has read, so that each is read once however often it lies there: hard links are told by
 * their identity, copies by their bytes. Bounded: what was not met for long is forgotten, and read again.
 * @module
 */

import { type ReadResult, resultLength } from '../read/read-file.ts'
import type { Found } from '../source/source.ts'
import { Lru } from './lru.ts'
import type { Original } from './same-bytes.ts'

/** A kernel whose bytes others can be compared with. */
export interface KnownKernel {
  original: Original
  result: ReadResult
}

const MAX_KERNELS = 256
const MAX_SIZES = 4096
/** Hard links of a file mostly lie near each other in a walk, or in trees of the same names. */
const MAX_LINKED = 4096
/** Characters of records that are kept at most, of each kind: a few kilobytes is usual, 16 MiB is possible. */
const MAX_TEXT = 8 * 2 ** 20
/** So many kernels of one size are compared with, each at the cost of opening it. */
const MAX_CANDIDATES = 16
/** No smaller file is worth a comparison, or the wait for another of its size. */
const MIN_SIZE = 64 * 1024

/** Files of one size. */
interface SizeClass {
  kernels: KnownKernel[]
  /** One of them is being read, and its facts may turn out to be those of others. */
  reading: boolean
  /** They are read faster than compared. */
  cheap: boolean
}

export class KnownKernels {
  readonly #sizes = new Lru<number, SizeClass>(MAX_SIZES, Number.POSITIVE_INFINITY)
  readonly #linked = new Lru<string, ReadResult>(MAX_LINKED, MAX_TEXT)
  readonly #kernels = new Lru<KnownKernel, KnownKernel>(MAX_KERNELS, MAX_TEXT, kernel => this.#forget(kernel))

  /** The result of the same file under another name. */
  linked(found: Found): ReadResult | undefined {
    return found.linked ? this.#linked.get(found.identity) : undefined
  }

  /** Whether a file should wait for another of its size: if they are copies, it need not be read. */
  shouldWait({ size }: Found): boolean {
    if (size < MIN_SIZE) return false
    const known = this.#sizes.get(size)
    return known?.reading === true && known.kernels.length === 0 && !known.cheap
  }

  /** A file is about to be read: returns the kernels to compare it with before. */
  begin({ size }: Found): KnownKernel[] {
    if (size < MIN_SIZE) return []
    let known = this.#sizes.get(size)
    if (known === undefined) {
      known = { kernels: [], reading: false, cheap: false }
      this.#sizes.set(size, known)
    }
    known.reading = true
    return known.kernels.slice()
  }

  /** A file that was begun with was not read. */
  abandon({ size }: Found): void {
    const known = this.#sizes.get(size)
    if (known !== undefined) known.reading = false
  }

  /** A file was read, and was no copy. */
  add(found: Found, result: ReadResult): void {
    const { identity, ranges } = result
    if (identity === undefined) {
      this.abandon(found)
      return
    }
    if (found.linked) this.#linked.set(identity, result, resultLength(result))
    const known = found.size < MIN_SIZE ? undefined : this.#sizes.get(found.size)
    if (known === undefined) return
    known.reading = false
    if (ranges === undefined) {
      known.cheap = known.kernels.length === 0
      return
    }
    const kernel = { original: { address: found.address, identity, ranges }, result }
    known.kernels.push(kernel)
    this.#kernels.set(kernel, kernel, resultLength(result))
    if (known.kernels.length > MAX_CANDIDATES) known.kernels.shift()
  }

  /** A file was a copy of a kernel. */
  met(found: Found, kernel: KnownKernel): void {
    this.abandon(found)
    this.#kernels.get(kernel)
  }

  #forget(kernel: KnownKernel): void {
    const size = Number(kernel.original.identity.split(':')[2])
    const known = this.#sizes.get(size)
    if (known !== undefined) known.kernels = known.kernels.filter(other => other !== kernel)
  }
}
