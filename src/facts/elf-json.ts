/**
 * The facts of a sound ELF as JSON, straight from the scanner's record, without objects in between. It exists for one
 * number: a scan of bare vmlinux files takes 1.25 times as long without it. Everything else is decided by the codec.
 * @module
 */
import { RECORD } from '../engine/memory.ts'
import * as layout from '../engine/record.ts'
import { EHDR64_LENGTH, ELFDATA2LSB, EM_386, EM_X86_64, NOTE_HEADER, SHDR32_LENGTH } from './elf-format.ts'

/** Above this the facts are no usual kernel's; in bytes. */
const ROOM = 64 * 1024
/** More than the JSON of an entry takes beside its strings. */
const ENTRY_ROOM = 512
/** What a byte of a note takes at most: two digits and a character. */
const BYTE_ROOM = 3

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Text that is in every record, four characters a number: put down as such it takes half the time. */
interface Piece {
  words: Uint32Array
  length: number
}

function piece(text: string): Piece {
  const words = new Uint32Array(Math.ceil(text.length / 4))
  const bytes = new DataView(words.buffer)
  for (const [index, byte] of encoder.encode(text).entries()) bytes.setUint8(index, byte)
  for (const index of words.keys()) words[index] = bytes.getUint32(4 * index, true)
  return { words, length: text.length }
}

/** A field of the record, and what is in front of it. */
interface Field {
  key: Piece
  at: number
  isHex: boolean
}

const number = (name: string, at: number): Field => ({ key: piece(`"${name}":`), at, isHex: false })
const hex = (name: string, at: number): Field => ({ key: piece(`"${name}":"0x`), at, isHex: true })

const HEADER = [
  number('class', layout.CLASS),
  number('data', layout.DATA),
  number('type', layout.TYPE),
  number('machine', layout.MACHINE),
  hex('entry', layout.ENTRY),
  hex('phoff', layout.PHOFF),
  hex('shoff', layout.SHOFF),
  number('ehsize', layout.EHSIZE),
  number('phentsize', layout.PHENTSIZE),
  number('phnum', layout.PHNUM),
  number('shentsize', layout.SHENTSIZE),
  number('shnum', layout.SHNUM),
  number('shstrndx', layout.SHSTRNDX),
]
const SEGMENT = [
  number('index', layout.ENTRY_INDEX),
  number('type', layout.SEGMENT_TYPE),
  number('flags', layout.SEGMENT_FLAGS),
  hex('offset', layout.SEGMENT_OFFSET),
  hex('vaddr', layout.SEGMENT_VADDR),
  hex('paddr', layout.SEGMENT_PADDR),
  hex('filesz', layout.SEGMENT_FILESZ),
  hex('memsz', layout.SEGMENT_MEMSZ),
  hex('align', layout.SEGMENT_ALIGN),
]
const WALK = [
  number('index', layout.ENTRY_INDEX),
  hex('offset', layout.WALK_START),
  hex('end', layout.WALK_END),
]
const NOTE_PLACE = [number('walk', layout.NOTE_WALK), number('offset', layout.NOTE_OFFSET)]
const NOTE_SIZES = [
  number('type', layout.NOTE_TYPE),
  number('namesz', layout.NOTE_NAMESZ),
  number('descsz', layout.NOTE_DESCSZ),
]

const ELF_START = piece('{"size":')
const SEGMENTS_START = piece(',"segments":[')
const WALKS_START = piece('],"walks":[')
const NOTES_START = piece('],"notes":[')
const ELF_END = piece(']}')
const OBJECT_START = piece('{')
const OBJECT_END = piece('},')
const WALK_FROM = piece('{"from":"PT_NOTE",')
const WALK_STOPPED = piece(',"stop":"end"},')
const OWNER_START = piece(',"owner":"')
const OWNER_STOP = piece('",')
const DESC_START = piece(',"desc":"')
const TEXT_START = piece(',"text":"')

const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e
const HEX_DIGITS = encoder.encode('0123456789abcdef')

/** The two digits of every byte, the first one in the lower half. */
const HEX_PAIRS = Uint16Array.from(
  { length: 256 },
  (_, byte) => HEX_DIGITS[byte >> 4]! | (HEX_DIGITS[byte & 15]! << 8),
)

const out = new Uint8Array(ROOM)
const view = new DataView(out.buffer)

/**
 * What JSON.stringify() makes of the facts that decodeRecord() finds in `memory`. Undefined where these are not
 * everyday ones, or elfProblem() may have a word to say of them.
 */
export function elfJson(memory: Uint8Array): string | undefined {
  const writer = new Writer(memory)
  return writer.isSound() && writer.write() ? writer.text() : undefined
}

class Writer {
  readonly #memory: Uint8Array
  readonly #record: DataView
  #at = 0

  constructor(memory: Uint8Array) {
    this.#memory = memory
    this.#record = new DataView(memory.buffer, memory.byteOffset + RECORD)
  }

  text(): string {
    return decoder.decode(out.subarray(0, this.#at))
  }

  /** Whether the header is that of an x86 kernel below 4 GiB, with its tables and all of its bytes there. */
  isSound(): boolean {
    const size = this.#u32(layout.SIZE)
    const machine = this.#u32(layout.MACHINE)
    return (
      this.#u32(layout.FLAGS) === 0 &&
      this.#u32(layout.SIZE + 4) === 0 &&
      this.#u32(layout.END) === size &&
      size >= EHDR64_LENGTH &&
      this.#u32(layout.DATA) === ELFDATA2LSB &&
      (machine === EM_X86_64 || machine === EM_386) &&
      this.#u32(layout.SHNUM) <= Math.floor(size / SHDR32_LENGTH) &&
      (this.#u32(layout.SHNUM) !== 0 ||
        (this.#u32(layout.EXTENDED_SHNUM) === 0 && this.#u32(layout.EXTENDED_SHNUM + 4) === 0))
    )
  }

  /** False where something was met that is not everyday. */
  write(): boolean {
    this.#put(ELF_START)
    this.#number(this.#u32(layout.SIZE))
    out[this.#at++] = COMMA
    this.#fields(0, HEADER)
    this.#put(SEGMENTS_START)
    if (!this.#list(layout.TAG_SEGMENT)) return false
    this.#put(WALKS_START)
    if (!this.#list(layout.TAG_WALK)) return false
    this.#put(NOTES_START)
    if (!this.#list(layout.TAG_NOTE)) return false
    this.#put(ELF_END)
    return true
  }

  /** Writes the entries with the tag; sections, which few kernels are read for, are not everyday. */
  #list(wanted: number): boolean {
    const start = this.#at
    const tail = this.#u32(layout.TAIL)
    let length = 0
    for (let entry = layout.ENTRIES; entry < tail; entry += length) {
      length = this.#u32(entry + layout.ENTRY_LENGTH)
      const tag = this.#u32(entry + layout.ENTRY_TAG)
      if (tag > layout.TAG_NOTE) return false
      if (tag !== wanted) continue
      if (this.#at + ENTRY_ROOM + BYTE_ROOM * length > ROOM) return false
      if (!this.#entry(tag, entry)) return false
    }
    // There is no comma after the last one.
    if (this.#at > start) this.#at--
    return true
  }

  #entry(tag: number, entry: number): boolean {
    if (tag === layout.TAG_NOTE) return this.#note(entry)
    if (tag === layout.TAG_WALK) return this.#walk(entry)
    this.#put(OBJECT_START)
    this.#fields(entry, SEGMENT)
    this.#put(OBJECT_END)
    return true
  }

  #walk(entry: number): boolean {
    this.#put(WALK_FROM)
    this.#fields(entry, WALK)
    this.#put(WALK_STOPPED)
    return (
      this.#u32(entry + layout.WALK_SOURCE) === layout.FROM_SEGMENT &&
      this.#u32(entry + layout.WALK_STOP) === layout.STOP_END &&
      this.#u32(entry + layout.WALK_BITS) === 0
    )
  }

  #note(entry: number): boolean {
    const bits = this.#u32(entry + layout.NOTE_BITS)
    if ((bits & ~(layout.NOTE_IS_XEN | layout.NOTE_HAS_TEXT)) !== 0 || !this.#isInside(entry)) return false
    const owner = this.#u32(entry + layout.NOTE_OWNER)
    const value = entry + layout.NOTE_BYTES + owner
    this.#put(OBJECT_START)
    this.#fields(entry, NOTE_PLACE)
    this.#put(OWNER_START)
    if (!this.#ascii(entry + layout.NOTE_BYTES, owner)) return false
    this.#put(OWNER_STOP)
    this.#fields(entry, NOTE_SIZES)
    this.#put(DESC_START)
    this.#bytes(value, this.#u32(entry + layout.NOTE_DESC))
    out[this.#at++] = QUOTE
    if (bits & layout.NOTE_HAS_TEXT) {
      this.#put(TEXT_START)
      if (!this.#ascii(value, this.#u32(entry + layout.NOTE_TEXT))) return false
      out[this.#at++] = QUOTE
    }
    this.#put(OBJECT_END)
    return true
  }

  /** Whether all of a note lies in the image. */
  #isInside(entry: number): boolean {
    const name = 4 * Math.ceil(this.#u32(entry + layout.NOTE_NAMESZ) / 4)
    const size = NOTE_HEADER + name + this.#u32(entry + layout.NOTE_DESCSZ)
    return this.#u32(entry + layout.NOTE_OFFSET) + size <= this.#u32(layout.SIZE)
  }

  #u32(field: number): number {
    return this.#record.getUint32(field, true)
  }

  #put({ words, length }: Piece): void {
    for (let index = 0; index < words.length; index++)
      view.setUint32(this.#at + 4 * index, words[index]!, true)
    this.#at += length
  }

  #fields(entry: number, fields: readonly Field[]): void {
    for (let index = 0; index < fields.length; index++) {
      const { key, at, isHex } = fields[index]!
      if (index > 0) out[this.#at++] = COMMA
      this.#put(key)
      if (isHex) this.#hex(this.#u32(entry + at), this.#u32(entry + at + 4))
      else this.#number(this.#u32(entry + at))
    }
  }

  /** `>>> 0` keeps the division one of integers. */
  #number(value: number): void {
    let digits = 1
    for (let rest = value; rest >= 10; rest = (rest / 10) >>> 0) digits++
    let rest = value
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      const shorter = (rest / 10) >>> 0
      out[at] = ZERO + rest - 10 * shorter
      rest = shorter
    }
    this.#at += digits
  }

  #hex(low: number, high: number): void {
    let at = this.#at
    for (let shift = 28 - (Math.clz32(high) & ~3); shift >= 0; shift -= 4) {
      out[at++] = HEX_DIGITS[(high >>> shift) & 15]!
    }
    const top = high === 0 ? Math.max(0, 28 - (Math.clz32(low) & ~3)) : 28
    for (let shift = top; shift >= 0; shift -= 4) out[at++] = HEX_DIGITS[(low >>> shift) & 15]!
    out[at++] = QUOTE
    this.#at = at
  }

  #bytes(field: number, length: number): void {
    const from = RECORD + field
    let at = this.#at
    for (let index = from; index < from + length; index++) {
      view.setUint16(at, HEX_PAIRS[this.#memory[index]!]!, true)
      at += 2
    }
    this.#at = at
  }

  /** False for a byte that stands for itself neither in JSON nor in UTF-8. */
  #ascii(field: number, length: number): boolean {
    const from = RECORD + field
    let at = this.#at
    for (let index = from; index < from + length; index++) {
      const byte = this.#memory[index]!
      if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE || byte === QUOTE || byte === BACKSLASH)
        return false
      out[at++] = byte
    }
    this.#at = at
    return true
  }
}
