/**
 * A compressed stream as a source. It is unpacked from its start on, as far as somebody reads; the latest bytes are
 * kept, and bytes from before those are unpacked again.
 */
import type { Source } from '../../source/source.ts'
import { BlockError } from '../../unwrap/block.ts'
import { readStream, type SlidingCodec } from '../../unwrap/sliding/stream-reader.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext, EngineLease } from '../context.ts'

/** Bytes are kept in pages. A page of zeros, as sparse disks have many, takes no memory. */
const PAGE = 64 * 1024
/** 64 MiB: small disks, and the kernels of any archive. */
const MAX_PAGES = 1024
/** Steps of the budget that a page costs: it is 64 KiB of unpacked bytes. */
const PAGE_STEPS = 64
const MAX_WINDOW = 256 * 2 ** 20

const ZEROS = new Uint8Array(PAGE)

export class StreamSource implements Source {
  readonly #codec: SlidingCodec
  readonly #packed: Source
  readonly #context: ContainerContext
  readonly #pages = new Map<number, Uint8Array>()
  #kept = 0
  #lease: EngineLease | undefined
  #pieces: Iterator<Uint8Array> | undefined
  /** Where the next piece starts, and the page that it goes on with. */
  #position = 0
  #page = new Uint8Array(PAGE)
  #length: number | undefined

  constructor(codec: SlidingCodec, packed: Source, context: ContainerContext) {
    this.#codec = codec
    this.#packed = packed
    this.#context = context
  }

  /** Known once the stream was unpacked to its end; until then it may be of any size. */
  get size(): number {
    return this.#length ?? Number.MAX_SAFE_INTEGER
  }

  /** Throws a ContainerError where the stream is broken before the bytes that are asked for. */
  read(into: Uint8Array, position: number): number {
    let done = 0
    while (done < into.length) {
      const at = position + done
      const page = this.#pageOf(Math.floor(at / PAGE))
      if (page === undefined) break
      const from = at % PAGE
      const end = Math.min(page.length, from + into.length - done)
      if (end <= from) break
      into.set(page.subarray(from, end), done)
      done += end - from
      if (page.length < PAGE && end === page.length) break
    }
    return done
  }

  /** Gives the engine back. What is read after that is unpacked from the start again. */
  close(): void {
    this.#lease?.release()
    this.#lease = undefined
    this.#pieces = undefined
    this.#position = 0
  }

  #pageOf(index: number): Uint8Array | undefined {
    if (this.#length !== undefined && index * PAGE >= this.#length) return undefined
    const kept = this.#pages.get(index)
    if (kept !== undefined) return kept
    if (this.#pieces === undefined || index < Math.floor(this.#position / PAGE)) this.#restart()
    while (!this.#pages.has(index)) if (!this.#unpackMore()) break
    return this.#pages.get(index)
  }

  #restart(): void {
    this.close()
    this.#lease = this.#context.lease()
    this.#page = new Uint8Array(PAGE)
    this.#pieces = readStream(this.#lease.engine, this.#codec, this.#packed, MAX_WINDOW)[Symbol.iterator]()
  }

  /** Unpacks one piece into pages; false at the end. */
  #unpackMore(): boolean {
    const next = this.#next()
    if (next === undefined) {
      this.#length = this.#position
      if (this.#position % PAGE > 0) this.#keep(this.#page.subarray(0, this.#position % PAGE))
      this.close()
      return false
    }
    for (let done = 0; done < next.length; ) {
      const at = this.#position % PAGE
      const part = next.subarray(done, done + PAGE - at)
      this.#page.set(part, at)
      done += part.length
      this.#position += part.length
      if (this.#position % PAGE === 0) {
        this.#keep(this.#page, this.#position / PAGE - 1)
        this.#page = new Uint8Array(PAGE)
      }
    }
    return true
  }

  #next(): Uint8Array | undefined {
    try {
      const { value, done } = this.#pieces!.next()
      return done === true ? undefined : value
    } catch (error) {
      this.close()
      if (!(error instanceof BlockError)) throw error
      const code = error.code === 'stream-truncated' ? 'container-truncated' : 'container-corrupt'
      const message = `Cannot unpack the ${this.#codec} stream: ${error.message}`
      throw new ContainerError(code, this.#codec, message, error.offset)
    }
  }

  #keep(page: Uint8Array, index = Math.floor(this.#position / PAGE)): void {
    this.#context.budget.step(this.#codec, undefined, PAGE_STEPS)
    const isZero = page.length === PAGE && page.every(byte => byte === 0)
    this.#pages.set(index, isZero ? ZEROS : page)
    if (!isZero) this.#kept++
    for (const [oldest, { buffer }] of this.#pages) {
      if (this.#kept <= MAX_PAGES || oldest === index) break
      if (buffer === ZEROS.buffer) continue
      this.#pages.delete(oldest)
      this.#kept--
    }
  }
}
