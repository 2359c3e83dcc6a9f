/**
 * What every part of the ELF scanner works on: the window of the image that is in memory, and the record.
 * @module
 */
import { RECORD, RECORD_END } from '../memory.ts'
import * as record from '../record.ts'

const ELFCLASS64 = 2
const ELFDATA2LSB = 1

/** The room that an entry may take. */
const ROOM = RECORD_END - RECORD

/**
 * One call's view. Positions in the image are numbers: they are below `end`, which is below 2^52. Values
 * of the image that may be larger are bigints until they were compared with `end`.
 */
export class ElfScan {
  readonly memory: Uint8Array
  readonly #view: DataView
  /** Where in memory the window is, which position of the image it starts at, and where it stops. */
  readonly address: number
  readonly start: number
  readonly #length: number
  stop = 0
  /** Where the image ends. */
  end = 0
  /** The 64-bit layout; everything but ELFCLASS64 is read as 32-bit (libelf.h, elf_uval). */
  wide = false
  /** Everything but ELFDATA2LSB is read as big-endian (libelf.h, elf_swap). */
  swap = false

  constructor(memory: Uint8Array, address: number, length: number, start: number) {
    this.memory = memory
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
    this.address = address
    this.start = start
    this.#length = length
    this.endAt(Number(this.get64(record.END)))
    this.readIdent()
  }

  /** Sets where the image ends; no window reaches further. */
  endAt(end: number): void {
    this.end = end
    this.stop = Math.min(this.start + this.#length, end)
  }

  /** Takes over class and byte order from the record. */
  readIdent(): void {
    this.wide = this.get32(record.CLASS) === ELFCLASS64
    this.swap = this.get32(record.DATA) !== ELFDATA2LSB
  }

  get32(field: number): number {
    return this.#view.getUint32(RECORD + field, true)
  }

  set32(field: number, value: number): void {
    this.#view.setUint32(RECORD + field, value, true)
  }

  get64(field: number): bigint {
    return this.#view.getBigUint64(RECORD + field, true)
  }

  set64(field: number, value: bigint): void {
    this.#view.setBigUint64(RECORD + field, value, true)
  }

  /** The phase that comes next; true, so that a step can end with it. */
  enter(phase: number): true {
    this.set32(record.PHASE, phase)
    return true
  }

  /**
   * True when [at, at + least) is in the window, or as much of it as the image has. Else asks for it, and
   * for what follows up to `upto` or the size of a window.
   */
  need(at: number, least: number, upto: number): boolean {
    const last = Math.min(at + least, this.end)
    if (last <= at || (at >= this.start && last <= this.stop)) return true
    const wanted = Math.min(Math.max(last, Math.min(upto, at + record.TABLE_WINDOW)), this.end)
    this.set64(record.WANT_START, BigInt(at))
    this.set32(record.WANT_LENGTH, wanted - at)
    return false
  }

  /** Fields of the image. One that does not lie wholly inside it reads as 0 (elf_access_unsigned). */
  u8(at: number): number {
    return at + 1 <= this.end ? this.#view.getUint8(this.#place(at)) : 0
  }

  u16(at: number): number {
    return at + 2 <= this.end ? this.#view.getUint16(this.#place(at), !this.swap) : 0
  }

  u32(at: number): number {
    return at + 4 <= this.end ? this.#view.getUint32(this.#place(at), !this.swap) : 0
  }

  u64(at: number): bigint {
    return at + 8 <= this.end ? this.#view.getBigUint64(this.#place(at), !this.swap) : 0n
  }

  /** A field that has 4 bytes in the 32-bit layout and 8 in the 64-bit one. */
  word(at: number): bigint {
    return this.wide ? this.u64(at) : BigInt(this.u32(at))
  }

  #place(at: number): number {
    return this.address + (at - this.start)
  }

  /**
   * Where the NUL is that ends the string at `at`, looked for in the window below `limit`; -1 for none.
   */
  findNul(at: number, limit: number): number {
    if (at < this.start) return -1
    const last = Math.min(limit, this.stop)
    for (let position = at; position < last; position++) {
      if (this.memory[this.#place(position)] === 0) return position
    }
    return -1
  }

  /** Whether the image has these bytes at `at`, all of them inside it. */
  equals(at: number, bytes: readonly number[]): boolean {
    return at + bytes.length <= this.end && bytes.every((byte, index) => this.u8(at + index) === byte)
  }

  /** Copies bytes of the window into the record. */
  copy(field: number, at: number, length: number): void {
    if (length > 0) {
      const from = this.#place(at)
      this.memory.copyWithin(RECORD + field, from, from + length)
    }
  }

  /**
   * Where in the record an entry of `length` bytes begins, all zero. 0 when the record is full: then the
   * scan is over, and says so.
   */
  begin(tag: number, length: number): number {
    const entry = this.get32(record.TAIL)
    if (!this.#grow(entry, 0, length)) return 0
    this.set32(entry + record.ENTRY_TAG, tag)
    return entry
  }

  /** Makes the entry that was begun `length` bytes long, and returns false when the record is full. */
  extend(entry: number, length: number): boolean {
    return this.#grow(entry, this.get32(entry + record.ENTRY_LENGTH), length)
  }

  #grow(entry: number, before: number, length: number): boolean {
    const rounded = (length + 7) & ~7
    if (entry + rounded > ROOM) {
      this.set32(record.FLAGS, this.get32(record.FLAGS) | record.FLAG_TRUNCATED)
      this.enter(record.PHASE_DONE)
      return false
    }
    this.memory.fill(0, RECORD + entry + before, RECORD + entry + rounded)
    this.set32(entry + record.ENTRY_LENGTH, rounded)
    return true
  }

  /** Makes the entry that was begun part of the record. */
  commit(entry: number): void {
    this.set32(record.TAIL, entry + this.get32(entry + record.ENTRY_LENGTH))
  }
}

/** Adds modulo 2^64, as libelf's pointers do. */
export const add64 = (left: bigint, right: bigint): bigint => BigInt.asUintN(64, left + right)
