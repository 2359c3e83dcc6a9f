/** A source whose first bytes are read once: several questions about a file are answered by its start. */
import type { ReadRanges } from './ranges.ts'
import type { OpenSource, Source } from './source.ts'

/** As much as tells what a file is, and more. */
const MAX_KEPT = 16 * 1024

export class KeptStart implements Source {
  readonly size: number
  readonly #source: Source
  #kept = new Uint8Array()

  constructor(source: Source) {
    this.size = source.size
    this.#source = source
  }

  read(into: Uint8Array, position: number): number {
    const end = Math.min(position + into.length, this.size)
    if (position > this.#kept.length || end > MAX_KEPT) return this.#source.read(into, position)
    if (end > this.#kept.length) this.#keep(end)
    const bytes = this.#kept.subarray(position, end)
    into.set(bytes)
    return bytes.length
  }

  #keep(end: number): void {
    const before = this.#kept.length
    const bytes = new Uint8Array(end)
    bytes.set(this.#kept)
    const count = this.#source.read(bytes.subarray(before), before)
    this.#kept = bytes.subarray(0, before + count)
  }
}

/** The same for an open file. */
export class KeptStartOfFile extends KeptStart implements OpenSource {
  readonly openBeside?: (name: string) => OpenSource
  readonly isRemote: boolean
  readonly #file: OpenSource

  constructor(file: OpenSource) {
    super(file)
    this.#file = file
    this.isRemote = file.isRemote === true
    if (file.openBeside !== undefined) this.openBeside = name => file.openBeside!(name)
  }

  get identity(): string {
    return this.#file.identity
  }

  get address(): string {
    return this.#file.address
  }

  get ranges(): ReadRanges {
    return this.#file.ranges
  }

  get bytesRead(): number {
    return this.#file.bytesRead
  }

  assertUnchanged(): void {
    this.#file.assertUnchanged()
  }

  close(): void {
    this.#file.close()
  }
}
