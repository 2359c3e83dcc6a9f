/**
 * One image to its facts: finds the layers, unpacks as far as the ELF's notes need, and scans the ELF.
 * @module
 */

import { readU32 } from '../engine/block-stop.ts'
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { BIN_TABLE_WINDOW, findBinTable } from '../facts/bin-table.ts'
import { type ElfUse, elfUse } from '../facts/elf-use.ts'
import {
  type BzImageLayer,
  type Codec,
  FACTS_VERSION,
  type Facts,
  type ImageKind,
  type StreamLayer,
} from '../facts/facts.ts'
import { isPlausible } from '../facts/plausible.ts'
import { elfProblem } from '../facts/problem.ts'
import { type ElfBytes, scanElf, scanElfToJson } from '../facts/scan.ts'
import type { Problem } from '../problem.ts'
import type { Source } from '../source/source.ts'
import { parseBzImage, readKernelVersion } from './bzimage.ts'
import { HOPPED, OPENERS } from './codecs.ts'
import { DETECT_LENGTH, detect, detectCodec, isElf, isUnmistakable } from './detect.ts'
import { foreignFile } from './foreign.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { Input, type Unpacker, type UnpackContext, type UnpackLimits } from './unpacker.ts'

export interface ReadOptions {
  /** Unpack every stream to its end, and compare its checksums and sizes. */
  verify?: boolean
  limits?: Partial<UnpackLimits>
  /** A stream of more compressed bytes, all of which count, is not begun with, but a StreamTooLong thrown. */
  longestStream?: number
}

/** Raised where unpacking would take longer than the reader can wait. */
export class StreamTooLong extends Error {
  override name = 'StreamTooLong'
}

/** What reading took. It is no part of the facts: these do not depend on how the bytes were come by. */
export interface ReadCost {
  /** Bytes read from the file. */
  read: number
  /** Bytes unpacked. */
  unpacked: number
}

export interface ImageReading {
  facts: Facts
  problem?: Problem
  cost: ReadCost
  /** What a bare ELF is for. */
  use?: ElfUse
}

/** A reading for those who want nothing but its JSON. */
export interface JsonReading extends ImageReading {
  /** The facts of the ELF, where it is sound; `facts.elf` is absent then. */
  elfJson?: string
  /** The start of a file of which nothing more was read, in the engine's memory: until that is used again. */
  head?: Uint8Array
}

/** As much of the start as Xen searches for a `xen_bin_image_table`; the rest of detection needs less. */
const HEAD_LENGTH = BIN_TABLE_WINDOW
/** The first bytes of an ELF, and all that `isUnmistakable` looks at. */
const MAGIC_LENGTH = 4
/** Linux appends the unpacked size to a payload. */
const SIZE_WORD = 4
/** 1f 8b, or 1f 9e. */
const GZIP_MAGIC_LENGTH = 2
/** A compressed file of more bytes is looked at by its first ones, before it gets a place in memory as a whole. */
const PROBED = 64 * 2 ** 20
/** What shows the first unpacked bytes whatever the codec: bzip2's blocks take the most, not quite 1 MiB. */
const PROBE_LENGTH = 4 * 2 ** 20

/** Decoders may read and write a little over their ends. */
const MARGIN = 4096

/** Reads an image. Never throws for what its bytes say, unless `longestStream` asks for it: `problem` tells it. */
export function readImage(engine: Engine, source: Source, options: ReadOptions = {}): ImageReading {
  return readWith(new ImageReader(engine, source, options, scanElf))
}

/** Reads an image like readImage, but a sound ELF's facts come as JSON. */
export function readImageToJson(engine: Engine, source: Source, options: ReadOptions): JsonReading {
  return readWith(new ImageReader(engine, source, options, scanElfToJson))
}

/** A reading whose ELF can be read on. Close it. */
export interface OpenImage extends ImageReading {
  /**
   * The ELF inside, absent where there is none. Each read may change the engine's memory. Nothing else may use the engine
   * until the image is closed.
   */
  elf?: Source
  /** Unpacks the rest and compares all checksums. Returns the problem that was found then, or before. */
  finish(): Problem | undefined
  close(): void
}

/** Reads an image like readImage, and leaves the ELF inside open. */
export function openImage(engine: Engine, source: Source, options: ReadOptions = {}): OpenImage {
  const reader = new ImageReader(engine, source, options, scanElf)
  runReader(reader)
  const { elfBytes, reading } = reader
  const rest = {
    finish: () => {
      reader.finish()
      return reading.problem
    },
    close: () => reader.close(),
  }
  return elfBytes === undefined
    ? { ...reading, ...rest }
    : { ...reading, elf: sourceOf(engine, elfBytes), ...rest }
}

/** An ELF by position as a source. */
const sourceOf = (engine: Engine, { size, need }: ElfBytes): Source => ({
  size,
  read(into, position) {
    const { start, address, length } = need(position, Math.min(position + into.length, size))
    const from = address + position - start
    const bytes = engine.memory.subarray(from, Math.min(from + into.length, address + length))
    into.set(bytes)
    return bytes.length
  },
})

function readWith(reader: ImageReader): JsonReading {
  try {
    runReader(reader)
  } finally {
    reader.close()
  }
  return reader.reading
}

function runReader(reader: ImageReader): void {
  try {
    reader.read()
    reader.noteElf()
  } catch (error) {
    // The memory of an engine ends at 4 GiB, and the machine's may end sooner.
    if (!(error instanceof RangeError)) throw error
    // What the engines say differs; what it means does not.
    const message = 'Cannot unpack the image: it needs more memory than there is, 4 GiB at most'
    reader.note({ code: 'memory-limit', message })
  }
}

class ImageReader {
  readonly #engine: Engine
  readonly #source: Source
  readonly #verify: boolean
  readonly #limits: UnpackLimits
  readonly #longestStream: number
  readonly #open: Unpacker[] = []
  readonly #scanner: typeof scanElfToJson
  readonly reading: JsonReading
  /** The ELF that was scanned. */
  elfBytes: ElfBytes | undefined

  constructor(engine: Engine, source: Source, options: ReadOptions, scanner: typeof scanElfToJson) {
    this.#scanner = scanner
    this.#engine = engine
    this.#source = source
    this.#verify = options.verify ?? false
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#longestStream = options.longestStream ?? Number.POSITIVE_INFINITY
    const facts: Facts = { version: FACTS_VERSION, size: source.size, kind: 'unknown', layers: [] }
    this.reading = { facts, cost: { read: 0, unpacked: 0 } }
  }

  /** Lets go of what streams hold that were not unpacked to their end. */
  close(): void {
    for (const unpacker of this.#open) unpacker.close?.()
  }

  /** Unpacks streams to their end that were not needed so far. */
  finish(): void {
    for (const unpacker of this.#open) {
      if (unpacker.layer.verified || unpacker.layer.error !== undefined) continue
      unpacker.finish()
      this.#noteStream(unpacker)
    }
  }

  /** What is wrong with the ELF: said last, because it mostly follows from what it came out of. */
  noteElf(): void {
    const { elf } = this.reading.facts
    if (elf !== undefined) this.note(elfProblem(elf))
  }

  /** The first problem counts: what is found later mostly follows from it. */
  note(problem: Problem | undefined): void {
    if (problem !== undefined) this.reading.problem ??= problem
  }

  read(): void {
    const { facts, cost } = this.reading
    if (this.#source.size === 0) {
      this.note({ code: 'empty', message: 'Cannot find a kernel in the file: it is empty', offset: 0 })
      return
    }
    this.#engine.reserve(BASE + HEAD_LENGTH)
    const room = this.#engine.memory.subarray(BASE, BASE + Math.min(HEAD_LENGTH, this.#source.size))
    const length = this.#source.read(room, 0)
    const head = length < room.length ? room.subarray(0, length) : room
    cost.read += length
    const found = detect(head)
    facts.kind = found ?? ('unknown' satisfies ImageKind)
    // A flat image is known by its table alone. In a gzip file the table counts that it unpacks to.
    if (found !== 'gzip') this.#findBinTable(head)
    if (found === 'elf') {
      this.reading.use = elfUse(head)
      this.#scanFile(length)
    } else if (found === 'bzimage')
      this.#readBzImage(this.#source, head.slice(0, DETECT_LENGTH), BASE + HEAD_LENGTH)
    else if (found !== undefined) this.#readCompressedFile(found, head.slice(0, MAGIC_LENGTH))
    else if (facts.binTable !== undefined) facts.kind = 'flat'
    else {
      this.#noteForeign(head)
      this.reading.head = head
    }
  }

  #findBinTable(head: Uint8Array): void {
    const table = findBinTable(head)
    if (table !== undefined) this.reading.facts.binTable = table
  }

  #noteForeign(head: Uint8Array): void {
    const foreign = foreignFile(head)
    if (foreign === undefined) {
      this.#noteNoKernel()
      return
    }
    this.reading.facts.kind = foreign.kind
    const code = foreign.isKernel ? 'foreign-kernel' : 'not-a-kernel'
    this.note({ code, message: `Cannot find an x86 kernel in the file: it is ${foreign.name}`, offset: 0 })
  }

  #noteNoKernel(): void {
    const message = 'Cannot find a kernel in the file: it is no ELF, no bzImage, and no compressed ELF'
    this.note({ code: 'not-a-kernel', message, offset: 0 })
  }

  #scan(bytes: ElfBytes): void {
    this.elfBytes = bytes
    const elf = this.#scanner(this.#engine, bytes)
    delete this.reading.elfJson
    delete this.reading.facts.elf
    if (typeof elf === 'string') this.reading.elfJson = elf
    else this.reading.facts.elf = elf
  }

  /** Scans an ELF file by position; its first `length` bytes are in memory already. */
  #scanFile(length: number): void {
    const source = this.#source
    this.#scan({
      size: source.size,
      need: (start, end) => {
        if (end <= length) return { start, address: BASE + start, length: end - start }
        return this.#readWindow(source, start, end, BASE + HEAD_LENGTH)
      },
    })
  }

  #readWindow(source: Source, start: number, end: number, address: number) {
    const size = Math.max(0, Math.min(end, source.size) - start)
    this.#engine.reserve(address + size)
    const length = source.read(this.#engine.memory.subarray(address, address + size), start)
    this.reading.cost.read += length
    return { start, address, length }
  }

  #openStream(codec: Codec, input: Input): Unpacker {
    if (input.length > this.#longestStream && !HOPPED.has(codec)) {
      throw new StreamTooLong(`The stream has ${input.length} bytes, limit is ${this.#longestStream}`)
    }
    const unpacker = OPENERS[codec](this.#contextOf(input))
    this.reading.facts.layers.push(unpacker.layer)
    this.#open.push(unpacker)
    return unpacker
  }

  #account(unpacker: Unpacker, input: Input): void {
    this.reading.cost.read += input.bytesRead
    this.reading.cost.unpacked += unpacker.produced
    this.#noteStream(unpacker)
  }

  #noteStream({ layer }: Unpacker): void {
    const { codec, error } = layer
    if (error === undefined) return
    const message = `Cannot unpack the ${codec} stream: ${error.message}`
    this.note({ code: error.code, message, offset: layer.offset + error.offset })
  }

  #readBzImage(source: Source, head: Uint8Array, address: number): void {
    const { layer, problem, hasPayload } = parseBzImage(head, source.size)
    const kernelVersion = readKernelVersion(head, source, layer.setupSects)
    if (kernelVersion !== undefined) layer.kernelVersion = kernelVersion
    this.reading.facts.layers.push(layer)
    // A payload that the file cuts off explains whatever is wrong with what is left of it.
    this.note(problem)
    if (!hasPayload) return
    const input = new Input(this.#engine, source, layer.payloadStart, layer.payloadLength, address)
    noteSizeWord(layer, source)
    const from = input.load(0, Math.min(DETECT_LENGTH, input.length))
    const start = this.#engine.memory.subarray(from, Math.min(from + DETECT_LENGTH, input.end))
    const codec = detectCodec(start)
    if (codec !== undefined) {
      const unpacker = this.#openStream(codec, input)
      unpacker.layer.offset = layer.payloadStart
      if (this.#verify) unpacker.finish()
      this.#scanStream(unpacker, input)
    } else if (isElf(start)) {
      this.#scan({
        size: input.length,
        need: (from, to) => {
          const end = Math.min(to, input.length)
          return { start: from, address: input.load(from, end), length: Math.max(0, end - from) }
        },
      })
      this.reading.cost.read += input.bytesRead
    } else {
      if (layer.payloadLength === 0) {
        const message = 'Cannot find a payload in the bzImage: its header says that it has none'
        this.note({ code: 'payload-format-unknown', message, offset: layer.payloadStart })
        return
      }
      const magic = Array.from(start.subarray(0, 6), byte => byte.toString(16).padStart(2, '0')).join(' ')
      const message = `Cannot tell how the payload is compressed: it starts with ${magic || 'nothing'}`
      this.note({ code: 'payload-format-unknown', message, offset: layer.payloadStart })
    }
  }

  /** Scans the ELF in a stream, unpacking no more of it than the scan asks for. */
  #scanStream(unpacker: Unpacker, input: Input): void {
    const start = this.#firstBytes(unpacker)
    // Damage that no block shows turns notes and sizes into others. The end of the stream knows, and unpacking it costs
    // time only where there is something to doubt.
    if (!isElf(start) || (unpacker.layer.sizeWord ?? 0) > DEFAULT_LIMITS.output) unpacker.finish()
    if (isElf(start)) {
      const size = unpackedSize(unpacker)
      this.#scan({ size, need: (from, to) => unpacker.need(from, to) })
      // lzop's checksums are in nobody's way: what comes after one that does not match can be unpacked.
      if (unpacker.layer.error !== undefined || !this.#isPlausible()) {
        unpacker.finish()
        const unpacked = unpackedSize(unpacker)
        if (unpacked !== size) this.#scan({ size: unpacked, need: (from, to) => unpacker.need(from, to) })
      }
    }
    const { firstFrame } = unpacker.layer
    if (firstFrame !== undefined && isElf(start)) this.#scanFirstFrame(unpacker, firstFrame.unpacked)
    this.#account(unpacker, input)
    if (!isElf(start)) {
      this.note({
        code: 'not-elf',
        message: 'Cannot find an ELF in the payload: it unpacks to something else',
      })
    }
  }

  #scanFirstFrame(unpacker: Unpacker, size: number): void {
    const need = (from: number, to: number) => unpacker.need(from, Math.min(to, size))
    this.reading.facts.firstFrameElf = scanElf(this.#engine, { size, need })
  }

  /** A sound ELF whose facts came as JSON is plausible: it has Xen's notes where they should be. */
  #isPlausible(): boolean {
    const { facts, elfJson } = this.reading
    const elf = elfJson === undefined ? facts.elf : (JSON.parse(elfJson) as Facts['elf'])
    return elf !== undefined && isPlausible(elf)
  }

  #firstBytes(unpacker: Unpacker): Uint8Array {
    const window = unpacker.need(0, DETECT_LENGTH)
    return this.#engine.memory.slice(window.address, window.address + Math.min(window.length, DETECT_LENGTH))
  }

  /** A whole file that is one compressed stream, of an ELF or (gzip alone) of a bzImage. */
  #readCompressedFile(codec: Codec, magic: Uint8Array): void {
    const source = this.#source
    if (source.size > PROBED && !this.#probe(codec, magic)) return
    const input = new Input(this.#engine, source, 0, source.size, BASE + HEAD_LENGTH)
    const unpacker = this.#openStream(codec, input)
    const start = this.#firstBytes(unpacker)
    const inner = detect(start)
    if (inner !== 'elf' && !(inner === 'bzimage' && codec === 'gzip')) {
      if (start.length < MAGIC_LENGTH && hidesContents(unpacker.layer, magic)) {
        this.#account(unpacker, input)
        return
      }
      if (this.#verify) unpacker.finish()
      // Many a compressed file is no kernel: an initrd, a manual page. What its stream says is no matter then.
      this.reading.cost.read += input.bytesRead
      this.reading.cost.unpacked += unpacker.produced
      this.#noteNoKernel()
      return
    }
    // Only gzip tells the size of what is in it at a known place; the others have to be unpacked to be known.
    if (codec !== 'gzip' || inner === 'bzimage' || this.#verify) unpacker.finish()
    const head = unpacker.need(0, HEAD_LENGTH)
    this.#findBinTable(
      this.#engine.memory.subarray(head.address, head.address + Math.min(head.length, HEAD_LENGTH)),
    )
    if (inner === 'elf') this.#scanStream(unpacker, input)
    else {
      this.#account(unpacker, input)
      this.#readInnerBzImage(unpacker, start)
    }
  }

  /**
   * Looks at the start of a large file, of which no more is kept than that takes. Says what it is where it is not to be
   * unpacked: most are no kernels, and no loader takes one that is larger than a kernel may be.
   */
  #probe(codec: Codec, magic: Uint8Array): boolean {
    const { size } = this.#source
    const input = new Input(this.#engine, this.#source, 0, PROBE_LENGTH, BASE + HEAD_LENGTH)
    const unpacker = OPENERS[codec](this.#contextOf(input))
    this.#open.push(unpacker)
    const start = this.#firstBytes(unpacker)
    const inner = detect(start)
    const isKernel = inner === 'elf' || (inner === 'bzimage' && codec === 'gzip')
    if (isKernel && size <= DEFAULT_LIMITS.output) return true
    const { layer } = unpacker
    const word = new Uint8Array(SIZE_WORD)
    layer.length = size
    if (this.#source.read(word, size - SIZE_WORD) === SIZE_WORD) layer.sizeWord = readU32(word, 0)
    this.reading.facts.layers.push(layer)
    if (isKernel) {
      const message = `Cannot unpack the file: it has ${size} bytes, limit is ${DEFAULT_LIMITS.output}`
      this.note({ code: 'file-too-large', message })
    } else if (!(start.length < MAGIC_LENGTH && hidesContents(layer, magic))) {
      this.#noteNoKernel()
      this.reading.cost.read += input.bytesRead
      this.reading.cost.unpacked += unpacker.produced
      return false
    }
    this.#account(unpacker, input)
    return false
  }

  #contextOf(input: Input): UnpackContext {
    const output = Math.ceil((input.end + MARGIN) / MARGIN) * MARGIN
    return { engine: this.#engine, input, output, limits: this.#limits }
  }

  #readInnerBzImage(unpacker: Unpacker, head: Uint8Array): void {
    const size = unpacker.produced
    const window = unpacker.need(0, size)
    const engine = this.#engine
    const source: Source = {
      size,
      read(into, position) {
        const from = window.address + position
        const bytes = engine.memory.subarray(from, Math.min(from + into.length, window.address + size))
        into.set(bytes)
        return bytes.length
      },
    }
    const address = Math.ceil((window.address + size + MARGIN) / MARGIN) * MARGIN
    const read = this.reading.cost.read
    this.#readBzImage(source, head, address)
    // What was copied out of memory was not read from the file.
    this.reading.cost.read = read
  }
}

/**
 * The last four bytes up to the end of a payload, whatever is in it: they lie before it where it is shorter. Of one that
 * is shorter than a magic, also what is at its start.
 */
function noteSizeWord(layer: BzImageLayer, source: Source): void {
  const word = new Uint8Array(SIZE_WORD)
  const end = layer.payloadStart + layer.payloadLength
  if (end <= source.size && source.read(word, end - SIZE_WORD) === SIZE_WORD)
    layer.sizeWord = readU32(word, 0)
  if (layer.payloadLength >= GZIP_MAGIC_LENGTH) return
  const magic = new Uint8Array(GZIP_MAGIC_LENGTH)
  const isThere = source.read(magic, layer.payloadStart) === GZIP_MAGIC_LENGTH
  if (isThere && detectCodec(magic) === 'gzip') layer.gzipMagic = true
}

/** Whether a stream of which nothing came out may hold a kernel all the same. */
function hidesContents({ codec, error }: StreamLayer, magic: Uint8Array): boolean {
  if (error === undefined) return false
  return error.code === 'window-limit' || error.code === 'output-limit' || isUnmistakable(codec, magic)
}

/** The size of the ELF in a stream: what came out of it, else what it says. */
function unpackedSize({ layer, produced }: { layer: StreamLayer; produced: number }): number {
  if (layer.error !== undefined) return produced
  return layer.unpacked ?? layer.sizeWord ?? produced
}
