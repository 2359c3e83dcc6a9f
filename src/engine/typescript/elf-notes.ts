/**
 * Walks ranges of ELF notes as hardened libelf does, twin of asm/elf-notes.ts (elf_xen_parse_notes in
 * xen/common/libelf/libelf-dominfo.c; elf_note_next, elf_strval in libelf-tools.c).
 * @module
 */
import * as record from '../record.ts'
import { add64, type ElfScan } from './elf-scan.ts'

const PT_NOTE = 4
const SHT_NOTE = 7
const NOTE_HEADER = 12
/** XEN_ELFNOTE_XEN_VERSION to XEN_ELFNOTE_BSD_SYMTAB are strings (xen/include/public/elfnote.h). */
const FIRST_STRING_NOTE = 5
const LAST_STRING_NOTE = 11
/** XEN_VERSION, GUEST_OS, GUEST_VERSION and LOADER: 15 characters of them are looked at. */
const LAST_SHORT_STRING = 8
const BSD_SYMTAB = 11
/** "Xen" and "yes". */
const XEN = [0x58, 0x65, 0x6e]
const YES = [0x79, 0x65, 0x73]

/**
 * libelf adds a range's end to the image's address, and a sum that wraps around lies before the start:
 * nothing is walked. Toolstack and hypervisor have images at 2^46 and above, so from here on it wraps.
 */
const WRAPS = 2n ** 64n - 2n ** 46n

/** Rounds up to 4 bytes, modulo 2^32 as Xen's `unsigned` does. */
const roundUp = (size: number): number => ((size + 3) & ~3) >>> 0

/** The same in an `int`, as libelf did before it was hardened. */
const roundUpSigned = (size: number): number => (size + 3) & ~3

/** The room that an entry takes. */
const roundEntry = (length: number): number => (length + 7) & ~7

const isSigned = (scan: ElfScan): boolean =>
  (scan.get32(scan.get32(record.WALK_AT) + record.WALK_BITS) & record.WALK_SIGNED) !== 0

/** Begins the walk of the next segment or section that holds notes. */
export function nextWalk(scan: ElfScan): boolean {
  const end = scan.get32(record.CURSOR_END)
  for (let entry = scan.get32(record.CURSOR); entry < end; entry += scan.get32(entry + record.ENTRY_LENGTH)) {
    const fromSegment = scan.get32(entry + record.ENTRY_TAG) === record.TAG_SEGMENT
    if (!holdsNotes(scan, entry, fromSegment)) continue
    scan.set32(record.CURSOR, entry + scan.get32(entry + record.ENTRY_LENGTH))
    return beginWalk(
      scan,
      scan.get32(entry + record.ENTRY_INDEX),
      scan.get64(entry + (fromSegment ? record.SEGMENT_OFFSET : record.SECTION_OFFSET)),
      scan.get64(entry + (fromSegment ? record.SEGMENT_FILESZ : record.SECTION_SIZE)),
      0,
    )
  }
  return afterWalks(scan)
}

function holdsNotes(scan: ElfScan, entry: number, fromSegment: boolean): boolean {
  if (!fromSegment) {
    return (
      scan.get32(entry + record.ENTRY_TAG) === record.TAG_SECTION &&
      scan.get32(entry + record.SECTION_TYPE) === SHT_NOTE
    )
  }
  // Old binutils left p_offset of a note segment 0: libelf passes over these.
  return (
    scan.get32(entry + record.SEGMENT_TYPE) === PT_NOTE && scan.get64(entry + record.SEGMENT_OFFSET) !== 0n
  )
}

/** What Xen looks at next, when every range of a table was walked. */
function afterWalks(scan: ElfScan): true {
  const flags = scan.get32(record.FLAGS)
  const found = scan.get32(record.XEN_NOTES) > 0
  if (flags & record.FLAG_SECTIONS_OUTSIDE) return scan.enter(record.PHASE_DONE)
  if (scan.get32(record.WALK_FROM) !== record.FROM_SEGMENT)
    return scan.enter(found ? record.PHASE_DONE : record.PHASE_NAMES_START)
  if (found && !(flags & record.FLAG_BSD_SYMTAB)) return scan.enter(record.PHASE_DONE)
  scan.set32(record.INDEX, 0)
  return scan.enter(record.PHASE_SECTIONS)
}

function beginWalk(scan: ElfScan, index: number, start: bigint, size: bigint, bits: number): true {
  const entry = scan.begin(record.TAG_WALK, record.WALK_LENGTH)
  if (entry === 0) return true
  const end = add64(start, size)
  scan.set32(entry + record.ENTRY_INDEX, index)
  scan.set32(entry + record.WALK_SOURCE, scan.get32(record.WALK_FROM))
  scan.set64(entry + record.WALK_START, start)
  scan.set64(entry + record.WALK_END, end)
  scan.set32(entry + record.WALK_BITS, bits)
  scan.commit(entry)
  scan.set32(record.WALKS, scan.get32(record.WALKS) + 1)
  scan.set32(record.WALK_AT, entry)
  if (end < start || end >= WRAPS) return endWalk(scan, record.STOP_WRAP)
  // libelf counts a note outside the image, but finds nothing there and goes no further.
  if (start >= BigInt(scan.end) && end > start) return endOutside(scan)
  scan.set64(record.POSITION, start)
  scan.set64(record.RANGE_END, end)
  return scan.enter(record.PHASE_NOTE)
}

/** Ends a walk; one with a negative size is walked again, as libelf walked it before it was hardened. */
function endWalk(scan: ElfScan, stop: number): true {
  const walk = scan.get32(record.WALK_AT)
  scan.set32(walk + record.WALK_STOP, stop)
  if (scan.get32(walk + record.WALK_BITS) !== record.WALK_NEGATIVE) return scan.enter(record.PHASE_NEXT_WALK)
  const start = scan.get64(walk + record.WALK_START)
  const size = scan.get64(walk + record.WALK_END) - start
  return beginWalk(scan, scan.get32(walk + record.ENTRY_INDEX), start, size, record.WALK_SIGNED)
}

function endOutside(scan: ElfScan): true {
  if (isSigned(scan)) return endWalk(scan, record.STOP_IMAGE)
  const notes = scan.get32(record.NOTES)
  if (notes >= record.MAX_NOTES) return endWalk(scan, record.STOP_LIMIT)
  scan.set32(record.NOTES, notes + 1)
  return endWalk(scan, record.STOP_IMAGE)
}

/** Ends the scan where the notes that have to be kept take too much room. */
function isFull(scan: ElfScan, length: number): boolean {
  if (scan.get32(record.KEPT) + roundEntry(length) <= record.NOTES_ROOM) return false
  scan.set32(record.FLAGS, scan.get32(record.FLAGS) | record.FLAG_TRUNCATED)
  return scan.enter(record.PHASE_DONE)
}

/** Reads a note's header and its name. */
export function readNote(scan: ElfScan): boolean {
  const rangeEnd = Number(scan.get64(record.RANGE_END))
  const at = Number(scan.get64(record.POSITION))
  const walk = scan.get32(record.WALK_AT)
  if (at >= rangeEnd) return endWalk(scan, record.STOP_END)
  if (at >= scan.end) return endOutside(scan)
  const signed = isSigned(scan)
  const isLast = signed
    ? scan.get32(walk + record.WALK_NOTES) >= record.MAX_SIGNED_NOTES
    : scan.get32(record.NOTES) >= record.MAX_NOTES
  if (isLast) return endWalk(scan, record.STOP_LIMIT)
  if (!scan.need(at, NOTE_HEADER, rangeEnd)) return false

  const name = at + NOTE_HEADER
  const limit = name + record.MAX_STRING + 1
  const nul = scan.findNul(name, limit)
  if (nul < 0 && !scan.need(at, NOTE_HEADER + record.MAX_STRING + 1, rangeEnd)) return false
  const stop = nul < 0 ? Math.min(limit, scan.end) : nul
  const length = Math.max(0, Math.min(stop - name, record.MAX_OWNER))
  const isXen = nul === name + XEN.length && scan.equals(name, XEN)
  const namesz = scan.u32(at)
  const descsz = scan.u32(at + 4)
  const type = scan.u32(at + 8)
  const isNegative = roundUpSigned(namesz) < 0 || roundUpSigned(descsz) < 0
  if (isNegative)
    scan.set32(walk + record.WALK_BITS, scan.get32(walk + record.WALK_BITS) | record.WALK_NEGATIVE)

  const isShort = scan.get32(record.KEPT) >= record.FULL_ROOM
  const isRead = isXen && type > 0 && type <= record.LAST_KNOWN_TYPE
  if (isShort && !isRead && !isNegative && nul >= 0 && name <= scan.end) {
    count(scan, isXen)
    return goOn(scan, at, namesz, descsz)
  }
  if (isFull(scan, record.NOTE_BYTES + length)) return true
  const entry = scan.begin(record.TAG_NOTE, record.NOTE_BYTES + length)
  if (entry === 0) return true
  let bits = 0
  if (nul < 0) bits |= scan.end < limit ? record.NOTE_NAME_IMAGE : record.NOTE_NAME_LIMIT
  if (isXen) bits |= record.NOTE_IS_XEN
  if (isXen && type >= FIRST_STRING_NOTE && type <= LAST_STRING_NOTE) bits |= record.NOTE_HAS_TEXT
  scan.set32(entry + record.NOTE_WALK, scan.get32(record.WALKS) - 1)
  scan.set32(entry + record.NOTE_TYPE, type)
  scan.set32(entry + record.NOTE_NAMESZ, namesz)
  scan.set32(entry + record.NOTE_DESCSZ, descsz)
  scan.set64(entry + record.NOTE_OFFSET, BigInt(at))
  scan.set32(entry + record.NOTE_OWNER, length)
  scan.set32(entry + record.NOTE_BITS, bits)
  scan.copy(entry + record.NOTE_BYTES, name, length)
  return scan.enter(record.PHASE_VALUE)
}

/** Reads the value of the note that was begun at the record's tail, and completes it. */
export function readValue(scan: ElfScan): boolean {
  const entry = scan.get32(record.TAIL)
  const owner = scan.get32(entry + record.NOTE_OWNER)
  const descsz = scan.get32(entry + record.NOTE_DESCSZ)
  const type = scan.get32(entry + record.NOTE_TYPE)
  const namesz = scan.get32(entry + record.NOTE_NAMESZ)
  const at = Number(scan.get64(record.POSITION))
  let bits = scan.get32(entry + record.NOTE_BITS)
  let value = at + NOTE_HEADER + (isSigned(scan) ? roundUpSigned(namesz) : roundUp(namesz))
  // There is nothing before the image, as there is nothing at its end.
  if (value < 0) value = scan.end
  const isXen = (bits & record.NOTE_IS_XEN) !== 0
  const isShort = scan.get32(record.KEPT) >= record.FULL_ROOM
  // Of another owner's note nothing is worth reading outside the range.
  const bound = isXen ? scan.end : Math.min(scan.end, Number(scan.get64(record.RANGE_END)))
  const most = Math.min(
    descsz,
    isShort ? record.SHORT_DESC : isXen ? record.MAX_XEN_DESC : record.MAX_OTHER_DESC,
  )
  const desc = Math.max(0, Math.min(most, bound - value))
  if (!scan.need(value, desc, 0)) return false

  let text = 0
  if (bits & record.NOTE_HAS_TEXT) {
    const limit = value + record.MAX_STRING + 1
    const nul = scan.findNul(value, limit)
    if (nul < 0 && !scan.need(value, record.MAX_STRING + 1, 0)) return false
    const last = nul < 0 ? Math.min(value + record.MAX_STRING, scan.end) : nul
    text = Math.max(0, last - value)
    if (nul < 0) bits |= scan.end < limit ? record.NOTE_TEXT_IMAGE : record.NOTE_TEXT_LIMIT
  }
  const isWhole = (bits & (record.NOTE_TEXT_IMAGE | record.NOTE_TEXT_LIMIT)) === 0
  if (isWhole && isXen && type === BSD_SYMTAB && text === YES.length && scan.equals(value, YES)) {
    scan.set32(record.FLAGS, scan.get32(record.FLAGS) | record.FLAG_BSD_SYMTAB)
  }
  const kept = isShort && type <= LAST_SHORT_STRING ? Math.min(text, record.SHORT_TEXT) : text
  const inFull = desc === Math.min(descsz, Math.max(0, bound - value)) && kept === text
  if (isShort && !inFull) bits |= record.NOTE_SHORT

  const length = Math.max(desc, kept)
  if (isFull(scan, record.NOTE_BYTES + owner + length)) return true
  if (!scan.extend(entry, record.NOTE_BYTES + owner + length)) return true
  scan.set32(entry + record.NOTE_DESC, desc)
  scan.set32(entry + record.NOTE_TEXT, kept)
  scan.set32(entry + record.NOTE_BITS, bits)
  scan.copy(entry + record.NOTE_BYTES + owner, value, length)
  scan.commit(entry)
  scan.set32(record.KEPT, scan.get32(record.KEPT) + scan.get32(entry + record.ENTRY_LENGTH))
  count(scan, isXen)
  return goOn(scan, at, namesz, descsz)
}

/** Counts a note of the walk. */
function count(scan: ElfScan, isXen: boolean): void {
  const walk = scan.get32(record.WALK_AT)
  scan.set32(walk + record.WALK_NOTES, scan.get32(walk + record.WALK_NOTES) + 1)
  if (isXen) scan.set32(walk + record.WALK_XEN, scan.get32(walk + record.WALK_XEN) + 1)
  if (isSigned(scan)) return
  scan.set32(record.NOTES, scan.get32(record.NOTES) + 1)
  if (isXen && !inSectionZero(scan)) scan.set32(record.XEN_NOTES, scan.get32(record.XEN_NOTES) + 1)
}

/** Goes on to the next note of the walk. */
function goOn(scan: ElfScan, at: number, namesz: number, descsz: number): boolean {
  if (isSigned(scan)) {
    const next = at + NOTE_HEADER + roundUpSigned(namesz) + roundUpSigned(descsz)
    if (next < 0) return endWalk(scan, record.STOP_IMAGE)
    scan.set64(record.POSITION, BigInt(next))
  } else {
    scan.set64(record.POSITION, BigInt(at + NOTE_HEADER + roundUp(namesz) + roundUp(descsz)))
  }
  return scan.enter(record.PHASE_NOTE)
}

/** Whether the walk is that of section 0. Old libelf walks it and later one does not: it must not end the search. */
function inSectionZero(scan: ElfScan): boolean {
  const walk = scan.get32(record.WALK_AT)
  return (
    scan.get32(walk + record.WALK_SOURCE) === record.FROM_SECTION &&
    scan.get32(walk + record.ENTRY_INDEX) === 0
  )
}
