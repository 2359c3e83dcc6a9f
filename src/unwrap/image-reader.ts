/**
 * Finds the layers of an image, and has its ELF scanned.
 * @module
 */
import { readU32 } from '../engine/block-stop.ts'
import type { Engine } from '../engine/engine.ts'
import { BASE } from '../engine/memory.ts'
import { BIN_TABLE_MAGIC, BIN_TABLE_WINDOW, findBinTable } from '../facts/bin-table.ts'
import { elfUse } from '../facts/elf-use.ts'
import type { BzImageLayer, Codec, ImageKind, StreamLayer } from '../facts/facts.ts'
import { findMultiboot, MULTIBOOT_MAGICS } from '../facts/multiboot.ts'
import type { scanElfToJson } from '../facts/scan.ts'
import { SliceSource } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { parseBzImage, readKernelVersion } from './bzimage.ts'
import { DETECT_LENGTH, detect, detectCodec, isElf, isUnmistakable } from './detect.ts'
import { addressAfter, ElfScan } from './elf-scan.ts'
import { GrowingReading, type ReadOptions } from './image-reading.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { SIZE_WORD } from './stream-layer.ts'
import { Input, type Unpacker } from './unpacker.ts'

/** As much of the start as Xen searches for a `xen_bin_image_table`; the rest of detection needs less. */
const HEAD_LENGTH = BIN_TABLE_WINDOW
/** The first bytes of an ELF, and all that `isUnmistakable` looks at. */
const MAGIC_LENGTH = 4
/** 1f 8b, or 1f 9e. */
const GZIP_MAGIC_LENGTH = 2
/** A compressed file of more bytes is looked at by its first ones, before it gets a place in memory as a whole. */
const PROBED = 64 * 2 ** 20
/** What shows the first unpacked bytes whatever the codec: bzip2's blocks take the most, not quite 1 MiB. */
const PROBE_LENGTH = 4 * 2 ** 20

export class ImageReader {
  readonly #engine: Engine
  readonly #source: Source
  readonly #growing: GrowingReading
  readonly elf: ElfScan

  constructor(engine: Engine, source: Source, options: ReadOptions, scanner: typeof scanElfToJson) {
    this.#engine = engine
    this.#source = source
    this.#growing = new GrowingReading(source.size)
    this.elf = new ElfScan(engine, this.#growing, options, scanner)
  }

  get reading() {
    return this.#growing.reading
  }

  close(): void {
    this.elf.close()
  }

  /** Reads the image. A RangeError is thrown where it needs more memory than there is. */
  read(): void {
    this.#readLayers()
    this.#growing.noteElf()
  }

  /** What the machine's memory does not allow. */
  noteMemory(): void {
    // What the engines say differs; what it means does not.
    const message = 'Cannot unpack the image: it needs more memory than there is, 4 GiB at most'
    this.#growing.note({ code: 'memory-limit', message })
  }

  #readLayers(): void {
    const { facts, cost } = this.reading
    if (this.#source.size === 0) {
      this.#growing.note({
        code: 'empty',
        message: 'Cannot find a kernel in the file: it is empty',
        offset: 0,
      })
      return
    }
    this.#engine.reserve(BASE + HEAD_LENGTH)
    const room = this.#engine.memory.subarray(BASE, BASE + Math.min(HEAD_LENGTH, this.#source.size))
    const length = this.#source.read(room, 0)
    const head = length < room.length ? room.subarray(0, length) : room
    cost.read += length
    const found = detect(head)
    facts.kind = found ?? ('unknown' satisfies ImageKind)
    const hasMagic = this.#engine.holdsWord(BASE, length, BIN_TABLE_MAGIC, ...MULTIBOOT_MAGICS) !== 0
    // A flat image is known by its table alone. In a gzip file the table counts that it unpacks to.
    if (hasMagic && found !== 'gzip') this.#findBinTable(head)
    if (found === 'elf') {
      if (hasMagic) this.#findMultiboot(head)
      this.reading.use = elfUse(head)
      this.#scanFile(length)
    } else if (found === 'bzimage')
      this.#readBzImage(this.#source, head.slice(0, DETECT_LENGTH), BASE + HEAD_LENGTH)
    else if (found !== undefined) this.#readCompressedFile(found, head.slice(0, MAGIC_LENGTH))
    else if (facts.binTable !== undefined) facts.kind = 'flat'
    else {
      this.#growing.noteNoKernel(head)
      this.reading.head = head
    }
  }

  #findBinTable(head: Uint8Array): void {
    const table = findBinTable(head)
    if (table !== undefined) this.reading.facts.binTable = table
  }

  #findMultiboot(head: Uint8Array): void {
    const versions = findMultiboot(head)
    if (versions.length > 0) this.reading.facts.multiboot = versions
  }

  /** Scans an ELF file by position; its first `length` bytes are in memory already. */
  #scanFile(length: number): void {
    const source = this.#source
    this.elf.scan({
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

  #readBzImage(source: Source, head: Uint8Array, address: number): void {
    const { layer, problem, hasPayload } = parseBzImage(head, source.size)
    const kernelVersion = readKernelVersion(head, source, layer.setupSects)
    if (kernelVersion !== undefined) layer.kernelVersion = kernelVersion
    this.reading.facts.layers.push(layer)
    // A payload that the file cuts off explains whatever is wrong with what is left of it.
    this.#growing.note(problem)
    if (!hasPayload) return
    const input = new Input(this.#engine, source, layer.payloadStart, layer.payloadLength, address)
    noteSizeWord(layer, source)
    const from = input.load(0, Math.min(DETECT_LENGTH, input.length))
    const start = this.#engine.memory.subarray(from, Math.min(from + DETECT_LENGTH, input.end))
    const codec = detectCodec(start)
    if (codec !== undefined) {
      const unpacker = this.elf.openStream(codec, input)
      unpacker.layer.offset = layer.payloadStart
      if (this.elf.verify) this.elf.unpackWhole(unpacker, input)
      this.elf.scanStream(unpacker, input)
    } else if (isElf(start)) {
      this.reading.cost.read += input.bytesRead
      const payload = new SliceSource(source, layer.payloadStart, input.length)
      this.elf.scan({
        size: input.length,
        need: (from, to) => this.#readWindow(payload, from, to, address),
      })
    } else {
      if (layer.payloadLength === 0) {
        const message = 'Cannot find a payload in the bzImage: its header says that it has none'
        this.#growing.note({ code: 'payload-format-unknown', message, offset: layer.payloadStart })
        return
      }
      const magic = Array.from(start.subarray(0, 6), byte => byte.toString(16).padStart(2, '0')).join(' ')
      const message = `Cannot tell how the payload is compressed: it starts with ${magic || 'nothing'}`
      this.#growing.note({ code: 'payload-format-unknown', message, offset: layer.payloadStart })
    }
  }

  /** A whole file that is one compressed stream, of an ELF or (gzip alone) of a bzImage. */
  #readCompressedFile(codec: Codec, magic: Uint8Array): void {
    const source = this.#source
    if (source.size > PROBED && !this.#probe(codec, magic)) return
    const input = new Input(this.#engine, source, 0, source.size, BASE + HEAD_LENGTH)
    const unpacker = this.elf.openStream(codec, input)
    const start = this.elf.firstBytes(unpacker)
    const inner = detect(start)
    if (inner !== 'elf' && !(inner === 'bzimage' && codec === 'gzip')) {
      if (start.length < MAGIC_LENGTH && hidesContents(unpacker.layer, magic)) {
        this.elf.account(unpacker, input)
        return
      }
      if (this.elf.verify) unpacker.finish()
      // Many a compressed file is no kernel: an initrd, a manual page. What its stream says is no matter then.
      this.elf.count(unpacker, input)
      this.#growing.noteNoKernel(start)
      return
    }
    // Only gzip tells the size of what is in it at a known place; the others have to be unpacked to be known.
    // A bzImage is hardly longer than its stream.
    if (inner === 'bzimage') unpacker.finish()
    else if (codec !== 'gzip' || this.elf.verify) this.elf.unpackWhole(unpacker, input)
    const head = unpacker.need(0, HEAD_LENGTH)
    const bytes = this.#engine.memory.subarray(
      head.address,
      head.address + Math.min(head.length, HEAD_LENGTH),
    )
    this.#findBinTable(bytes)
    if (inner === 'elf') {
      this.#findMultiboot(bytes)
      this.reading.use = elfUse(bytes)
      this.elf.scanStream(unpacker, input)
    } else {
      this.elf.account(unpacker, input)
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
    const unpacker = this.elf.openPart(codec, input)
    const start = this.elf.firstBytes(unpacker)
    const inner = detect(start)
    const isKernel = inner === 'elf' || (inner === 'bzimage' && codec === 'gzip')
    if (isKernel && size <= DEFAULT_LIMITS.output) return true
    const { layer } = unpacker
    const word = new Uint8Array(SIZE_WORD)
    layer.length = size
    if (this.#source.read(word, size - SIZE_WORD) === SIZE_WORD) layer.sizeWord = readU32(word, 0)
    this.reading.facts.layers.push(layer)
    if (isKernel) {
      if (inner === 'elf') this.reading.use = elfUse(start)
      const message = `Cannot unpack the file: it has ${size} bytes, limit is ${DEFAULT_LIMITS.output}`
      this.#growing.note({ code: 'file-too-large', message })
    } else if (!(start.length < MAGIC_LENGTH && hidesContents(layer, magic))) {
      this.#growing.noteNoKernel(start)
      this.elf.count(unpacker, input)
      return false
    }
    this.elf.account(unpacker, input)
    return false
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
    const address = addressAfter(window.address + size)
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
