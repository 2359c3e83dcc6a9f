/**
 * Scans the ELF of an image, and unpacks the stream that it is in as far as the scan asks.
 * @module
 */
import type { Engine } from '../engine/engine.ts'
import type { Codec, Facts, StreamLayer } from '../facts/facts.ts'
import { isPlausible } from '../facts/plausible.ts'
import { type ElfBytes, scanElf, type scanElfToJson } from '../facts/scan.ts'
import type { BlocksAhead } from './blocks-ahead.ts'
import { HOPPED, OPENERS } from './codecs.ts'
import { DETECT_LENGTH, isElf } from './detect.ts'
import { type GrowingReading, type ReadOptions, StreamTooLong } from './image-reading.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { Input, UnpackContext, Unpacker, UnpackLimits } from './unpacker.ts'

/** Decoders may read and write a little over their ends. */
const MARGIN = 4096

/** An ELF kernel is seldom more times as long as its stream. */
const GROWTH = 8

/** The first address after `end` at which something else may lie. */
export const addressAfter = (end: number): number => Math.ceil((end + MARGIN) / MARGIN) * MARGIN

export class ElfScan {
  readonly #engine: Engine
  readonly #growing: GrowingReading
  readonly #scanner: typeof scanElfToJson
  readonly #limits: UnpackLimits
  readonly #longestStream: number
  readonly #ahead: BlocksAhead | undefined
  readonly #open: Unpacker[] = []
  /** Unpack every stream to its end. */
  readonly verify: boolean
  /** The ELF that was scanned, and the stream that it is in. */
  bytes: ElfBytes | undefined
  #stream: Unpacker | undefined

  constructor(
    engine: Engine,
    growing: GrowingReading,
    { verify = false, limits, longestStream = Number.POSITIVE_INFINITY, ahead }: ReadOptions,
    scanner: typeof scanElfToJson,
  ) {
    this.#engine = engine
    this.#growing = growing
    this.#scanner = scanner
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#longestStream = longestStream
    this.#ahead = ahead
    this.verify = verify
  }

  /** Lets go of what streams hold that were not unpacked to their end. */
  close(): void {
    for (const unpacker of this.#open) unpacker.close?.()
  }

  /** Nobody asks for the bytes of the ELF before `position` any more. */
  forget(position: number): void {
    this.#stream?.forget?.(position)
  }

  /** Unpacks streams to their end that were not needed so far. */
  finish(): void {
    for (const unpacker of this.#open) {
      if (unpacker.layer.verified || unpacker.layer.error !== undefined) continue
      unpacker.finish()
      this.#noteStream(unpacker)
    }
  }

  get #reading() {
    return this.#growing.reading
  }

  scan(bytes: ElfBytes): void {
    this.bytes = bytes
    const elf = this.#scanner(this.#engine, bytes)
    delete this.#reading.elfJson
    delete this.#reading.facts.elf
    if (typeof elf === 'string') this.#reading.elfJson = elf
    else this.#reading.facts.elf = elf
  }

  /** Begins with a stream, which becomes a layer of the image. */
  openStream(codec: Codec, input: Input): Unpacker {
    if (input.length > this.#longestStream && !HOPPED.has(codec)) {
      throw new StreamTooLong(`The stream has ${input.length} bytes, limit is ${this.#longestStream}`)
    }
    const unpacker = this.#begin(codec, input)
    this.#reading.facts.layers.push(unpacker.layer)
    return unpacker
  }

  /**
   * Unpacks a stream to its end. Throws a StreamTooLong before that, as `openStream` does, where the output would probably
   * pass its limit.
   */
  unpackWhole(unpacker: Unpacker, { length }: Input): void {
    const { output } = this.#limits
    const isLimited = this.#longestStream !== Number.POSITIVE_INFINITY && unpacker.layer.error === undefined
    if (isLimited && length * GROWTH > output) {
      throw new StreamTooLong(`The stream of ${length} bytes may unpack to more than ${output} bytes`)
    }
    this.#help(unpacker)
    unpacker.finish()
  }

  #help(unpacker: Unpacker): void {
    if (this.#ahead !== undefined) unpacker.help?.(this.#ahead)
  }

  /** Begins with a stream of which only a part may be looked at. */
  openPart(codec: Codec, input: Input): Unpacker {
    return this.#begin(codec, input)
  }

  #begin(codec: Codec, input: Input): Unpacker {
    const context: UnpackContext = {
      engine: this.#engine,
      input,
      output: addressAfter(input.end),
      limits: this.#limits,
    }
    const unpacker = OPENERS[codec](context)
    this.#open.push(unpacker)
    return unpacker
  }

  /** Counts what a stream took. */
  count(unpacker: Unpacker, input: Input): void {
    const { cost } = this.#reading
    cost.read += input.bytesRead
    cost.unpacked += unpacker.produced
  }

  /** Counts what a stream took, and notes what is wrong with it. */
  account(unpacker: Unpacker, input: Input): void {
    this.count(unpacker, input)
    this.#noteStream(unpacker)
  }

  #noteStream({ layer }: Unpacker): void {
    const { codec, error } = layer
    if (error === undefined) return
    const message = `Cannot unpack the ${codec} stream: ${error.message}`
    this.#growing.note({ code: error.code, message, offset: layer.offset + error.offset })
  }

  /** Scans the ELF in a stream, unpacking no more of it than the scan asks for. */
  scanStream(unpacker: Unpacker, input: Input): void {
    this.#stream = unpacker
    this.#help(unpacker)
    const start = this.firstBytes(unpacker)
    // Damage that no block shows turns notes and sizes into others. The end of the stream knows, and unpacking it costs
    // time only where there is something to doubt.
    if (!isElf(start) || (unpacker.layer.sizeWord ?? 0) > DEFAULT_LIMITS.output)
      this.unpackWhole(unpacker, input)
    if (isElf(start)) {
      const size = unpackedSize(unpacker)
      this.scan({ size, need: (from, to) => unpacker.need(from, to) })
      // lzop's checksums are in nobody's way: what comes after one that does not match can be unpacked.
      if (unpacker.layer.error !== undefined || !this.#isPlausible()) {
        unpacker.finish()
        const unpacked = unpackedSize(unpacker)
        if (unpacked !== size) this.scan({ size: unpacked, need: (from, to) => unpacker.need(from, to) })
      }
    }
    const { firstFrame } = unpacker.layer
    if (firstFrame !== undefined && isElf(start)) this.#scanFirstFrame(unpacker, firstFrame.unpacked)
    this.account(unpacker, input)
    if (!isElf(start)) {
      this.#growing.note({
        code: 'not-elf',
        message: 'Cannot find an ELF in the payload: it unpacks to something else',
      })
    }
  }

  #scanFirstFrame(unpacker: Unpacker, size: number): void {
    const need = (from: number, to: number) => unpacker.need(from, Math.min(to, size))
    this.#reading.facts.firstFrameElf = scanElf(this.#engine, { size, need })
  }

  /** A sound ELF whose facts came as JSON is plausible: it has Xen's notes where they should be. */
  #isPlausible(): boolean {
    const { facts, elfJson } = this.#reading
    const elf = elfJson === undefined ? facts.elf : (JSON.parse(elfJson) as Facts['elf'])
    return elf !== undefined && isPlausible(elf)
  }

  /** The start of what a stream unpacks to. */
  firstBytes(unpacker: Unpacker): Uint8Array {
    const window = unpacker.need(0, DETECT_LENGTH)
    return this.#engine.memory.slice(window.address, window.address + Math.min(window.length, DETECT_LENGTH))
  }
}

/** The size of the ELF in a stream: what came out of it, else what it says. */
function unpackedSize({ layer, produced }: { layer: StreamLayer; produced: number }): number {
  if (layer.error !== undefined) return produced
  return layer.unpacked ?? layer.sizeWord ?? produced
}
