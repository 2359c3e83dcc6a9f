/**
 * Virtual PC's and XenServer's VHD: fixed, dynamic and differencing disks.
 * Source: Microsoft's "Virtual Hard Disk Image Format Specification" 1.0, whose names are used here.
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import { ContainerError } from '../container-error.ts'
import { type ContainerContext, openNamed } from '../context.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'
import { type Disk, plainDisk, SECTOR } from './disk.ts'
import { parentNames } from './vhd-parent.ts'

/** `conectix`, in a footer that is 512 bytes long; before 2003 it had 511. */
const COOKIE = 0x636f_6e65_6374_6978n
/** `cxsparse`. */
const SPARSE_COOKIE = 0x6378_7370_6172_7365n
const FOOTER_LENGTH = 512
const SPARSE_LENGTH = 1024
const TYPE = { fixed: 2, dynamic: 3, differencing: 4 }
const NOT_ALLOCATED = 0xffff_ffff
/** The specification's default is 2 MiB. */
const MAX_BLOCK = 256 * 2 ** 20

/** Whether `bytes` start with a footer's cookie: that of a disk at its end, and of a dynamic one also at its start. */
export const isVhdFooter = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0) === COOKIE

/** Opens a VHD, and the parents of a differencing one. Throws a ContainerError. */
export function openVhd(source: Source, context: ContainerContext): Disk {
  const metadata = new Metadata(source, { layer: 'vhd', budget: context.budget, bigEndian: true })
  const footer = readFooter(metadata)
  const type = footer.u32(60)
  const size = footer.u64(48)
  if (!Number.isSafeInteger(size)) throw footer.corrupt('footer', `its disk has ${size} bytes`, 48)
  if (type === TYPE.fixed) return plainDisk('vhd', new SliceSource(source, 0, size))
  if (type !== TYPE.dynamic && type !== TYPE.differencing) {
    throw metadata.unsupported('disk', `its type is ${type}`, footer.place.offset + 60)
  }
  const header = metadata.read('dynamic header', footer.u64(16), SPARSE_LENGTH)
  if (header.big64(0) !== SPARSE_COOKIE) throw header.corrupt('dynamic header', 'it has no cookie')
  const parent = type === TYPE.differencing ? openParent(metadata, header, context) : undefined
  return plainDisk('vhd', new VhdBlocks(metadata, header, size, parent).source)
}

/** The parent of a differencing disk: the first of the files it names that has the identity it asks for. */
function openParent(metadata: Metadata, header: Structure, context: ContainerContext): Disk {
  const wanted = header.slice(40, 16).join()
  let refusal: ContainerError | undefined
  for (const { name, offset } of parentNames(metadata, header)) {
    try {
      const named = openNamed(context, name, 'vhd', offset)
      const parent = new Metadata(named.source, { layer: 'vhd', budget: context.budget, bigEndian: true })
      if (readFooter(parent).slice(68, 16).join() === wanted) return openVhd(named.source, named.context)
      const why = `the disk ${JSON.stringify(name)} is not its parent: the identities differ`
      throw header.corrupt('dynamic header', why, 40)
    } catch (error) {
      // The locators name one parent for several systems: the first refusal counts where no name leads to it.
      if (!(error instanceof ContainerError)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? header.corrupt('dynamic header', 'it names no parent', 576)
}

/** The footer: at the end, or its copy at the start where that one is broken. */
function readFooter(metadata: Metadata): Structure {
  const { size } = metadata.source
  for (const length of [FOOTER_LENGTH, FOOTER_LENGTH - 1]) {
    if (size < length) continue
    const footer = metadata.read('footer', size - length, length)
    if (isSound(footer)) return footer
  }
  const copy = metadata.read('footer', 0, FOOTER_LENGTH)
  if (isSound(copy)) return copy
  throw metadata.corrupt(
    'footer',
    'neither it nor its copy at the start has a cookie and a right checksum',
    size,
  )
}

/** The checksum is the complement of the sum of all other bytes. */
function isSound(footer: Structure): boolean {
  if (footer.big64(0) !== COOKIE) return false
  const sum = footer.bytes.reduce((total, byte, at) => (at >= 64 && at < 68 ? total : total + byte), 0)
  return ~sum >>> 0 === footer.u32(64)
}

class VhdBlocks {
  readonly source: Source
  readonly #metadata: Metadata
  readonly #parent: Source | undefined
  readonly #size: number
  readonly #blockSize: number
  readonly #bitmapSize: number
  readonly #table: number
  readonly #entries: number

  constructor(metadata: Metadata, header: Structure, size: number, parent: Source | undefined) {
    this.#metadata = metadata
    this.#parent = parent
    this.#size = size
    this.#table = header.u64(16)
    this.#entries = header.u32(28)
    this.#blockSize = header.u32(32)
    const isPower = (this.#blockSize & (this.#blockSize - 1)) === 0
    if (this.#blockSize < SECTOR || this.#blockSize > MAX_BLOCK || !isPower) {
      throw header.corrupt('dynamic header', `its blocks have ${this.#blockSize} bytes`, 32)
    }
    this.#bitmapSize = Math.ceil(this.#blockSize / SECTOR / 8 / SECTOR) * SECTOR
    const { budget } = metadata
    this.source = new MappedSource({ layer: 'vhd', budget, size, locate: at => this.#locate(at) })
  }

  #locate(position: number): Run {
    const block = Math.floor(position / this.#blockSize)
    const within = position % this.#blockSize
    const rest = this.#blockSize - within
    if (block >= this.#entries) {
      const why = `it has ${this.#entries} entries, the disk of ${this.#size} bytes needs more`
      throw this.#metadata.corrupt('block allocation table', why, this.#table)
    }
    const entry = this.#metadata.read('block allocation table', this.#table + block * 4, 4).u32(0)
    if (entry === NOT_ALLOCATED) return this.#below(position, rest)
    const start = entry * SECTOR
    // A dynamic disk's sectors that were never written are zeros in place.
    if (this.#parent === undefined) {
      return { length: rest, source: this.#metadata.source, offset: start + this.#bitmapSize + within }
    }
    const { isHere, length } = this.#sectors(start, within)
    if (!isHere) return this.#below(position, length)
    return { length, source: this.#metadata.source, offset: start + this.#bitmapSize + within }
  }

  /** Whether the sector `within` a block is in this disk, and the bytes from there on for which that is so too. */
  #sectors(start: number, within: number): { isHere: boolean; length: number } {
    const first = Math.floor(within / SECTOR)
    const bitmap = this.#metadata.read('block bitmap', start, this.#bitmapSize)
    const isSet = (sector: number) => (bitmap.u8(sector >> 3) & (0x80 >> (sector & 7))) !== 0
    const isHere = isSet(first)
    let last = first + 1
    while (last * SECTOR < this.#blockSize && isSet(last) === isHere) last++
    return { isHere, length: last * SECTOR - within }
  }

  #below(position: number, length: number): Run {
    if (this.#parent === undefined || position >= this.#parent.size) return { length }
    return {
      length: Math.min(length, this.#parent.size - position),
      source: this.#parent,
      offset: position,
    }
  }
}
