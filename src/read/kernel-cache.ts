/**
 * Kernels that were met in containers, so that each is unpacked once however many disks hold it. A kernel is known by
 * what reading it asks for: where another file has the same bytes in the same places, its facts are the same.
 */
import type { WritableRecord } from '../record/write.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import type { Machine, Sha256 } from './machine.ts'

/** Of each thread. Fleets have a few dozen kernels that are current. */
const MAX_KERNELS = 256
/** So many kernels wait at most to be told to other threads, those that were read last. */
const MAX_NEW = 64
/** Characters of a record that is told to other threads: a few kilobytes is usual, 16 MiB is possible. */
const MAX_TOLD = 64 * 1024
/** Most kernels differ in their first sectors: the setup code has its release and its length. */
const HEAD = 4096

/** A kernel that was read in a container. Plain data, so that threads can tell each other. */
export interface ContainedKernel {
  /** Its size, and the SHA-256 of its head. */
  key: string
  /** Position and length of each read, one pair after the other. */
  reads: number[]
  /** SHA-256 of what was read. */
  digest: string
  record: WritableRecord
}

/** A source that notes what is read of it. */
export class TracedSource implements Source {
  readonly size: number
  readonly reads: number[] = []
  bytes = 0
  readonly #source: Source
  readonly #hash: Sha256

  constructor(source: Source, hash: Sha256) {
    this.size = source.size
    this.#source = source
    this.#hash = hash
  }

  read(into: Uint8Array, position: number): number {
    const length = this.#source.read(into, position)
    this.reads.push(position, into.length)
    this.bytes += length
    this.#hash.update(into.subarray(0, length))
    return length
  }

  digest(): string {
    return this.#hash.hex()
  }
}

export class KernelCache {
  readonly #machine: Pick<Machine, 'sha256'>
  readonly #kernels = new Map<string, ContainedKernel[]>()
  #count = 0
  #new: ContainedKernel[] = []

  constructor(machine: Pick<Machine, 'sha256'>) {
    this.#machine = machine
  }

  /** A source of which reading is noted, for `add`. */
  trace(source: Source): TracedSource {
    return new TracedSource(source, this.#machine.sha256())
  }

  /** The record of a kernel with the same bytes, and how many of them were read to tell. */
  find(source: Source): { record: WritableRecord; read: number } | undefined {
    for (const { reads, digest, record } of this.#kernels.get(this.#keyOf(source)) ?? []) {
      const traced = this.trace(source)
      for (let at = 0; at < reads.length; at += 2) readBytes(traced, reads[at]!, reads[at + 1]!)
      if (traced.digest() === digest) return { record, read: traced.bytes }
    }
    return undefined
  }

  add(source: Source, traced: TracedSource, record: WritableRecord): void {
    const kernel = { key: this.#keyOf(source), reads: traced.reads, digest: traced.digest(), record }
    this.#keep(kernel)
    if (JSON.stringify(record).length > MAX_TOLD) return
    this.#new.push(kernel)
    if (this.#new.length > MAX_NEW) this.#new.shift()
  }

  /** The kernels that were added since this was called before. */
  takeNew(): ContainedKernel[] {
    const kernels = this.#new
    this.#new = []
    return kernels
  }

  /** Takes kernels that another thread read. */
  learn(kernels: readonly ContainedKernel[]): void {
    for (const kernel of kernels) this.#keep(kernel)
  }

  #keep(kernel: ContainedKernel): void {
    const known = this.#kernels.get(kernel.key) ?? []
    if (known.some(({ digest }) => digest === kernel.digest)) return
    if (this.#count === MAX_KERNELS) {
      this.#kernels.clear()
      this.#count = 0
    }
    this.#kernels.set(kernel.key, [...known, kernel])
    this.#count++
  }

  #keyOf(source: Source): string {
    const hash = this.#machine.sha256()
    hash.update(readBytes(source, 0, HEAD))
    return `${source.size}:${hash.hex()}`
  }
}
