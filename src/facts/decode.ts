/**
 * The scanner's record to facts. Tens of thousands of images a second go through here, so it reads the
 * record with plain numbers and no BigInt.
 * @module
 */
import { RECORD } from '../engine/memory.ts'
import * as layout from '../engine/record.ts'
import type { ElfFacts, GuestSection, Hex, Note, NoteWalk, Section, Segment } from './facts.ts'
import { addSegment, MAX_SECTIONS, noteUnkept, pruneWalks } from './record-limits.ts'

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
/** The same without leading zeros. */
const SHORT_BYTES = HEX_BYTES.map(digits => digits.replace(/^0/, ''))

/** '0' to 'f' as bytes. */
const HEX_DIGITS = Uint8Array.from('0123456789abcdef', digit => digit.charCodeAt(0))

/** Up to here, adding strings is faster than a call that takes them all. */
const SHORT = 96

const STOPS: Record<number, NoteWalk['stop']> = {
  [layout.STOP_END]: 'end',
  [layout.STOP_IMAGE]: 'image',
  [layout.STOP_WRAP]: 'wrap',
  [layout.STOP_LIMIT]: 'limit',
}

/** Reads the record that a scan left in `memory`. */
export function decodeRecord(memory: Uint8Array): ElfFacts {
  return new Decoder(memory).decode()
}

class Decoder {
  readonly #memory: Uint8Array
  readonly #record: DataView
  /** What the walks say that they met, and how many notes that makes. */
  readonly #counts: { notes: number; xen: number }[] = []
  #met = 0

  constructor(memory: Uint8Array) {
    this.#memory = memory
    this.#record = new DataView(memory.buffer, memory.byteOffset + RECORD)
  }

  decode(): ElfFacts {
    const flags = this.#u32(layout.FLAGS)
    const size = this.#number(layout.SIZE)
    const end = this.#number(layout.END)
    const facts: ElfFacts = {
      size,
      ...(end < size && { cut: end }),
      class: this.#u32(layout.CLASS),
      data: this.#u32(layout.DATA),
      type: this.#u32(layout.TYPE),
      machine: this.#u32(layout.MACHINE),
      entry: this.#hex(layout.ENTRY),
      phoff: this.#hex(layout.PHOFF),
      shoff: this.#hex(layout.SHOFF),
      ehsize: this.#u32(layout.EHSIZE),
      phentsize: this.#u32(layout.PHENTSIZE),
      phnum: this.#u32(layout.PHNUM),
      shentsize: this.#u32(layout.SHENTSIZE),
      shnum: this.#u32(layout.SHNUM),
      ...this.#extendedShnum(),
      shstrndx: this.#u32(layout.SHSTRNDX),
      segments: [],
      ...(flags & layout.FLAG_SECTIONS && { sections: [] }),
      walks: [],
      notes: [],
    }
    const tail = this.#u32(layout.TAIL)
    for (let entry = layout.ENTRIES; entry < tail; entry += this.#u32(entry + layout.ENTRY_LENGTH))
      this.#add(facts, entry)
    if (flags & layout.FLAG_TRUNCATED) {
      // The walks of the sections come only after all of these are read.
      const isInSections =
        (flags & layout.FLAG_SECTIONS) !== 0 && this.#u32(layout.WALK_FROM) !== layout.FROM_SECTION
      facts.truncated = isInSections ? 'sections' : 'notes'
    }
    if (this.#met > facts.notes.length) noteUnkept(facts, this.#counts)
    pruneWalks(facts)
    return facts
  }

  #extendedShnum(): Pick<ElfFacts, 'extendedShnum'> {
    if (this.#u32(layout.SHNUM) !== 0) return {}
    const extendedShnum = this.#hex(layout.EXTENDED_SHNUM)
    return extendedShnum === '0x0' ? {} : { extendedShnum }
  }

  #add(facts: ElfFacts, entry: number): void {
    switch (this.#u32(entry + layout.ENTRY_TAG)) {
      case layout.TAG_SEGMENT:
        addSegment(facts, this.#segment(entry))
        break
      case layout.TAG_WALK:
        facts.walks.push(this.#walk(entry))
        this.#counts.push({
          notes: this.#u32(entry + layout.WALK_NOTES),
          xen: this.#u32(entry + layout.WALK_XEN),
        })
        this.#met += this.#u32(entry + layout.WALK_NOTES)
        break
      case layout.TAG_NOTE:
        facts.notes.push(this.#note(entry))
        break
      case layout.TAG_SECTION:
        if (facts.sections!.length < MAX_SECTIONS) facts.sections!.push(this.#section(entry))
        else facts.truncated = 'sections'
        break
      case layout.TAG_GUEST:
        facts.guest = this.#guest(entry)
        markGuest(facts.sections ?? [], this.#section(entry))
        break
    }
  }

  #segment(entry: number): Segment {
    return {
      index: this.#u32(entry + layout.ENTRY_INDEX),
      type: this.#u32(entry + layout.SEGMENT_TYPE),
      flags: this.#u32(entry + layout.SEGMENT_FLAGS),
      offset: this.#hex(entry + layout.SEGMENT_OFFSET),
      vaddr: this.#hex(entry + layout.SEGMENT_VADDR),
      paddr: this.#hex(entry + layout.SEGMENT_PADDR),
      filesz: this.#hex(entry + layout.SEGMENT_FILESZ),
      memsz: this.#hex(entry + layout.SEGMENT_MEMSZ),
      align: this.#hex(entry + layout.SEGMENT_ALIGN),
    }
  }

  #walk(entry: number): NoteWalk {
    return {
      from: this.#u32(entry + layout.WALK_SOURCE) === layout.FROM_SEGMENT ? 'PT_NOTE' : 'SHT_NOTE',
      index: this.#u32(entry + layout.ENTRY_INDEX),
      offset: this.#hex(entry + layout.WALK_START),
      end: this.#hex(entry + layout.WALK_END),
      // A walk that a full record broke off has no stop yet: it ended nowhere in the image.
      stop: STOPS[this.#u32(entry + layout.WALK_STOP)] ?? 'limit',
      ...((this.#u32(entry + layout.WALK_BITS) & layout.WALK_SIGNED) !== 0 && { signed: true }),
    }
  }

  #note(entry: number): Note {
    const bits = this.#u32(entry + layout.NOTE_BITS)
    const owner = this.#u32(entry + layout.NOTE_OWNER)
    const value = entry + layout.NOTE_BYTES + owner
    const note: Note = {
      walk: this.#u32(entry + layout.NOTE_WALK),
      offset: this.#number(entry + layout.NOTE_OFFSET),
      // Spelling the name that nearly all notes have costs a twentieth of the whole.
      owner: bits & layout.NOTE_IS_XEN ? 'Xen' : this.#text(entry + layout.NOTE_BYTES, owner),
      type: this.#u32(entry + layout.NOTE_TYPE),
      namesz: this.#u32(entry + layout.NOTE_NAMESZ),
      descsz: this.#u32(entry + layout.NOTE_DESCSZ),
      desc: this.#bytes(value, this.#u32(entry + layout.NOTE_DESC)),
    }
    if (bits & layout.NOTE_HAS_TEXT) note.text = this.#text(value, this.#u32(entry + layout.NOTE_TEXT))
    if (bits & layout.NOTE_TEXT_IMAGE) note.textStop = 'image'
    else if (bits & layout.NOTE_TEXT_LIMIT) note.textStop = 'limit'
    if (bits & layout.NOTE_SHORT) note.short = true
    if (bits & layout.NOTE_NAME_IMAGE) note.nameStop = 'image'
    else if (bits & layout.NOTE_NAME_LIMIT) note.nameStop = 'limit'
    return note
  }

  #section(entry: number): Section {
    return {
      index: this.#u32(entry + layout.ENTRY_INDEX),
      type: this.#u32(entry + layout.SECTION_TYPE),
      flags: this.#hex(entry + layout.SECTION_FLAGS),
      offset: this.#hex(entry + layout.SECTION_OFFSET),
      size: this.#hex(entry + layout.SECTION_SIZE),
      link: this.#u32(entry + layout.SECTION_LINK),
    }
  }

  #guest(entry: number): GuestSection {
    const guest: GuestSection = {
      index: this.#u32(entry + layout.ENTRY_INDEX),
      offset: this.#hex(entry + layout.SECTION_OFFSET),
      size: this.#hex(entry + layout.SECTION_SIZE),
      text: this.#text(entry + layout.GUEST_BYTES, this.#u32(entry + layout.GUEST_TEXT)),
    }
    const stop = this.#u32(entry + layout.GUEST_STOP)
    if (stop === layout.STOP_IMAGE) guest.textStop = 'image'
    else if (stop === layout.STOP_LIMIT) guest.textStop = 'limit'
    return guest
  }

  #u32(field: number): number {
    return this.#record.getUint32(field, true)
  }

  /** A u64 that is known to be below 2^53. */
  #number(field: number): number {
    return this.#u32(field) + this.#u32(field + 4) * 2 ** 32
  }

  #hex(field: number): Hex {
    const low = this.#u32(field)
    const high = this.#u32(field + 4)
    return high === 0 ? `0x${shortHex(low)}` : `0x${shortHex(high)}${fullHex(low)}`
  }

  #text(field: number, length: number): string {
    const from = RECORD + field
    if (length > SHORT) return latin1(this.#memory.subarray(from, from + length))
    let text = ''
    for (let at = from; at < from + length; at++) text += String.fromCharCode(this.#memory[at]!)
    return text
  }

  #bytes(field: number, length: number): string {
    const from = RECORD + field
    if (length > SHORT) return longHex(this.#memory.subarray(from, from + length))
    let hex = ''
    for (let at = from; at < from + length; at++) hex += HEX_BYTES[this.#memory[at]!]
    return hex
  }
}

/** All eight digits of a u32. toString() and padStart() take three times as long. */
const fullHex = (value: number): string =>
  HEX_BYTES[value >>> 24]! +
  HEX_BYTES[(value >>> 16) & 0xff]! +
  HEX_BYTES[(value >>> 8) & 0xff]! +
  HEX_BYTES[value & 0xff]!

/** The same without leading zeros. */
function shortHex(value: number): string {
  if (value < 0x100) return SHORT_BYTES[value]!
  if (value < 0x10000) return SHORT_BYTES[value >>> 8]! + HEX_BYTES[value & 0xff]!
  if (value < 0x1000000) {
    return SHORT_BYTES[value >>> 16]! + HEX_BYTES[(value >>> 8) & 0xff]! + HEX_BYTES[value & 0xff]!
  }
  return SHORT_BYTES[value >>> 24]! + fullHex(value).slice(2)
}

/** Takes up to 8192 bytes; no value is longer. */
const latin1 = (bytes: Uint8Array): string => String.fromCharCode.apply(null, bytes as unknown as number[])

function longHex(bytes: Uint8Array): string {
  const digits = new Uint8Array(bytes.length * 2)
  for (let index = 0; index < bytes.length; index++) {
    digits[2 * index] = HEX_DIGITS[bytes[index]! >> 4]!
    digits[2 * index + 1] = HEX_DIGITS[bytes[index]! & 15]!
  }
  return latin1(digits)
}

/** Marks the guest section in the list, where it may be already for its type; else puts it in its place. */
function markGuest(sections: Section[], guest: Section): void {
  const listed = sections.find(section => section.index === guest.index)
  if (listed !== undefined) {
    listed.guest = true
    return
  }
  const after = sections.findIndex(section => section.index > guest.index)
  sections.splice(after < 0 ? sections.length : after, 0, { ...guest, guest: true })
}
