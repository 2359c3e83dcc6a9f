/** One block of an .xz stream (section 3): LZMA2, with or without filters over it, and a check. */
import { X86_HISTORY, X86_LOOKAHEAD } from '../engine/codec-layout.ts'
import type { StreamError } from '../facts/facts.ts'
import type { LzmaStream } from './lzma-stream.ts'
import { Lzma2 } from './lzma2.ts'
import { hex } from './stream-layer.ts'
import type { UnpackContext } from './unpacker.ts'
import { type FilterState, X86_TAIL, X86Window } from './x86-window.ts'
import { BlockCheck } from './xz-check.ts'
import { type BlockFilter, undoFilter } from './xz-filters.ts'
import { type BlockHeader, type BlockSizes, parseBlockHeader, type StreamFlags } from './xz-header.ts'
import { streamError, type XzReader } from './xz-reader.ts'

/** What is summed up at once where it is copied for that. */
const SUM_STEP = 2 ** 20

/** A block's header, and where it is. */
export interface PlacedHeader extends BlockHeader {
  position: number
  size: number
}

/** Reads the header of the block at the reader's position, and goes on after it. `size` is its first byte. */
export function readBlockHeader(reader: XzReader, size: number | undefined): PlacedHeader | StreamError {
  const { position } = reader
  const length = (size! + 1) * 4
  const bytes = size === undefined ? undefined : reader.take(length)
  if (bytes === undefined) return reader.truncated('a block header')
  const where = `the block header at ${hex(position)}`
  if (!reader.checksumAgrees(position, length - 4, bytes.subarray(length - 4))) {
    return streamError('stream-corrupt', position, `the checksum of ${where} does not agree`)
  }
  const header = parseBlockHeader(bytes.subarray(0, length - 4))
  if ('code' in header) return streamError(header.code, position, `${where} ${header.message}`)
  reader.position += length
  return { ...header, position, size: length }
}

export class XzBlock {
  readonly #context: UnpackContext
  readonly #lzma: LzmaStream
  readonly #reader: XzReader
  readonly #header: PlacedHeader
  readonly #flags: StreamFlags
  readonly #chunks: Lzma2
  /** Of the unpacked bytes before `#summed`. */
  readonly #check: BlockCheck
  #summed: number
  /** Where the x86 filter, as the only one, goes over it. */
  readonly #window: X86Window | undefined
  /** Nothing of it is final before its end: other filters go over it as a whole. */
  readonly #isFinalAtEnd: boolean
  /** Its first unpacked byte. */
  readonly start: number
  /** Its last chunk was unpacked, and its filters undone. */
  ended = false
  /** Of a block that has ended and is right: its bytes in the stream without its padding, and unpacked. */
  sizes: BlockSizes | undefined

  /** The block whose header was read. */
  constructor(
    context: UnpackContext,
    lzma: LzmaStream,
    reader: XzReader,
    header: PlacedHeader,
    flags: StreamFlags,
  ) {
    this.#context = context
    this.#lzma = lzma
    this.#reader = reader
    this.#header = header
    this.#flags = flags
    this.start = lzma.produced
    this.#chunks = new Lzma2(context, lzma, header.dictionary)
    this.#check = new BlockCheck(context.engine, flags.check)
    this.#summed = this.start
    const [filter] = header.filters
    const isX86 = header.filters.length === 1 && filter!.name === 'x86'
    this.#isFinalAtEnd = header.filters.length > 0 && !isX86
    if (isX86) this.#window = new X86Window(context, this.start, filter!.start ?? 0)
  }

  /** How many of the bytes that the stream unpacked to will not change any more. */
  get final(): number {
    if (this.#isFinalAtEnd) return this.start
    const { produced } = this.#lzma
    return this.#window === undefined ? produced : Math.max(this.start, produced - X86_TAIL)
  }

  /** Unpacks until the bytes before `target` are final, or the block ends. Returns what is wrong with it. */
  unpack(target: number): StreamError | undefined {
    let enough = target
    if (this.#isFinalAtEnd) enough = Number.POSITIVE_INFINITY
    else if (this.#window !== undefined) enough += X86_TAIL
    const error = this.#chunks.run(enough)
    return error === undefined && this.#chunks.ended ? this.#end() : error
  }

  /** Where the final bytes [start, start + length) are: in place, or in a filtered copy after the output. */
  address(start: number, length: number): number {
    const { output, engine } = this.#context
    if (this.#window === undefined || start + length <= this.start || length === 0) return output + start
    const into = this.#lzma.free
    const before = Math.max(0, this.start - start)
    engine.reserve(into + before)
    engine.memory.copyWithin(into, output + start, output + start + before)
    return this.#window.copy(start + before, start + length, this.#lzma.produced, into + before) - before
  }

  /** Its filters or its check take it as a whole: none of its bytes may be given up. */
  get isWhole(): boolean {
    return this.#isFinalAtEnd || !this.#check.takesPieces
  }

  /** Adds final bytes that follow those before to its check: for those that are given up before its end. */
  sum(start: number, address: number, length: number): void {
    if (start !== this.#summed || !this.#check.takesPieces) return
    this.#check.add(address, length)
    this.#summed += length
  }

  /** Adds what comes before `position`, and says from which byte on the block needs them. */
  forget(position: number): number {
    if (position <= this.start) return position
    while (this.#summed < position) {
      const length = Math.min(SUM_STEP, position - this.#summed)
      this.sum(this.#summed, this.address(this.#summed, length), length)
    }
    this.#window?.forget(position, this.#lzma.free)
    return this.#window?.first.position ?? position
  }

  /** The dictionary is not needed any more: the block is filtered where it lies, and its check compared. */
  #end(): StreamError | undefined {
    const reader = this.#reader
    const { position, size, filters, ...says } = this.#header
    const unpacked = this.#lzma.produced - this.start
    for (const filter of filters.toReversed())
      this.#undo(filter, this.#window?.first ?? { position: this.start, history: 0 })
    this.ended = true

    const packed = reader.position - position - size
    const where = `the block at ${hex(position)}`
    if ((says.packed ?? packed) !== packed || (says.unpacked ?? unpacked) !== unpacked) {
      const message = `${where} unpacks ${packed} bytes to ${unpacked}, its header says otherwise`
      return streamError('checksum-mismatch', position, message)
    }
    const fault = reader.skipPadding(packed, where)
    if (fault !== undefined) return fault
    const { check, checkSize } = this.#flags
    const stored = reader.take(checkSize)
    if (stored === undefined) return reader.truncated(`the check of ${where}`)
    this.#check.add(this.#context.output + this.#summed, this.#lzma.produced - this.#summed)
    if (this.#check.bytes?.some((byte, at) => byte !== stored[at])) {
      return streamError('checksum-mismatch', reader.position, `the ${check} of ${where} does not agree`)
    }
    reader.position += checkSize
    this.sizes = { unpadded: size + packed + checkSize, unpacked }
    return undefined
  }

  /** Undoes a filter from where it stood on. */
  #undo(filter: BlockFilter, { position, history }: FilterState): void {
    const { engine, output } = this.#context
    const end = output + this.#lzma.produced
    if (filter.name !== 'x86') {
      undoFilter(filter, engine.memory.subarray(output + position, end))
      return
    }
    engine.reserve(end + X86_LOOKAHEAD)
    engine.memory[X86_HISTORY] = history
    engine.bcjX86(output + position, end - output - position, (filter.start ?? 0) + position - this.start)
  }
}
