/**
 * Walks ranges of ELF notes as hardened libelf does, twin of asm/elf-notes.ts (elf_xen_parse_notes in
 * xen/common/libelf/libelf-dominfo.c; elf_note_next, elf_strval in libelf-tools.c).
 * @module
 */
import {
  CURSOR,
  CURSOR_END,
  ENTRY_INDEX,
  ENTRY_LENGTH,
  ENTRY_TAG,
  FLAG_BSD_SYMTAB,
  FLAG_SECTIONS_OUTSIDE,
  FLAGS,
  FROM_SECTION,
  FROM_SEGMENT,
  INDEX,
  MAX_NOTES,
  MAX_OTHER_DESC,
  MAX_OWNER,
  MAX_STRING,
  MAX_XEN_DESC,
  NOTE_BITS,
  NOTE_BYTES,
  NOTE_DESC,
  NOTE_DESCSZ,
  NOTE_HAS_TEXT,
  NOTE_IS_XEN,
  NOTE_NAME_IMAGE,
  NOTE_NAME_LIMIT,
  NOTE_NAMESZ,
  NOTE_OFFSET,
  NOTE_OWNER,
  NOTE_TEXT,
  NOTE_TEXT_IMAGE,
  NOTE_TEXT_LIMIT,
  NOTE_TYPE,
  NOTE_WALK,
  NOTES,
  PHASE_DONE,
  PHASE_NAMES_START,
  PHASE_NEXT_WALK,
  PHASE_NOTE,
  PHASE_SECTIONS,
  PHASE_VALUE,
  POSITION,
  RANGE_END,
  SECTION_OFFSET,
  SECTION_SIZE,
  SECTION_TYPE,
  SEGMENT_FILESZ,
  SEGMENT_OFFSET,
  SEGMENT_TYPE,
  STOP_END,
  STOP_IMAGE,
  STOP_LIMIT,
  STOP_WRAP,
  TAG_NOTE,
  TAG_SECTION,
  TAG_SEGMENT,
  TAG_WALK,
  TAIL,
  WALK_AT,
  WALK_END,
  WALK_FROM,
  WALK_LENGTH,
  WALK_SOURCE,
  WALK_START,
  WALK_STOP,
  WALKS,
  XEN_NOTES,
} from '../record.ts'
import { add64, type ElfScan } from './elf-scan.ts'

const PT_NOTE = 4
const SHT_NOTE = 7
const NOTE_HEADER = 12
/** XEN_ELFNOTE_XEN_VERSION to XEN_ELFNOTE_BSD_SYMTAB are strings (xen/include/public/elfnote.h). */
const FIRST_STRING_NOTE = 5
const LAST_STRING_NOTE = 11
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

/** Begins the walk of the next segment or section that holds notes. */
export function nextWalk(scan: ElfScan): boolean {
  const end = scan.get32(CURSOR_END)
  for (let entry = scan.get32(CURSOR); entry < end; entry += scan.get32(entry + ENTRY_LENGTH)) {
    const fromSegment = scan.get32(entry + ENTRY_TAG) === TAG_SEGMENT
    if (!holdsNotes(scan, entry, fromSegment)) continue
    scan.set32(CURSOR, entry + scan.get32(entry + ENTRY_LENGTH))
    return beginWalk(
      scan,
      scan.get32(entry + ENTRY_INDEX),
      scan.get64(entry + (fromSegment ? SEGMENT_OFFSET : SECTION_OFFSET)),
      scan.get64(entry + (fromSegment ? SEGMENT_FILESZ : SECTION_SIZE)),
    )
  }
  return afterWalks(scan)
}

function holdsNotes(scan: ElfScan, entry: number, fromSegment: boolean): boolean {
  if (!fromSegment) {
    return scan.get32(entry + ENTRY_TAG) === TAG_SECTION && scan.get32(entry + SECTION_TYPE) === SHT_NOTE
  }
  // Old binutils left p_offset of a note segment 0: libelf passes over these.
  return scan.get32(entry + SEGMENT_TYPE) === PT_NOTE && scan.get64(entry + SEGMENT_OFFSET) !== 0n
}

/** What Xen looks at next, when every range of a table was walked. */
function afterWalks(scan: ElfScan): true {
  const flags = scan.get32(FLAGS)
  const found = scan.get32(XEN_NOTES) > 0
  if (flags & FLAG_SECTIONS_OUTSIDE) return scan.enter(PHASE_DONE)
  if (scan.get32(WALK_FROM) !== FROM_SEGMENT) return scan.enter(found ? PHASE_DONE : PHASE_NAMES_START)
  if (found && !(flags & FLAG_BSD_SYMTAB)) return scan.enter(PHASE_DONE)
  scan.set32(INDEX, 0)
  return scan.enter(PHASE_SECTIONS)
}

function beginWalk(scan: ElfScan, index: number, start: bigint, size: bigint): true {
  const entry = scan.begin(TAG_WALK, WALK_LENGTH)
  if (entry === 0) return true
  const end = add64(start, size)
  scan.set32(entry + ENTRY_INDEX, index)
  scan.set32(entry + WALK_SOURCE, scan.get32(WALK_FROM))
  scan.set64(entry + WALK_START, start)
  scan.set64(entry + WALK_END, end)
  scan.commit(entry)
  scan.set32(WALKS, scan.get32(WALKS) + 1)
  scan.set32(WALK_AT, entry)
  if (end < start || end >= WRAPS) return endWalk(scan, STOP_WRAP)
  // libelf counts a note outside the image, but finds nothing there and goes no further.
  if (start >= BigInt(scan.end) && end > start) return endOutside(scan)
  scan.set64(POSITION, start)
  scan.set64(RANGE_END, end)
  return scan.enter(PHASE_NOTE)
}

function endWalk(scan: ElfScan, stop: number): true {
  scan.set32(scan.get32(WALK_AT) + WALK_STOP, stop)
  return scan.enter(PHASE_NEXT_WALK)
}

function endOutside(scan: ElfScan): true {
  const notes = scan.get32(NOTES)
  if (notes >= MAX_NOTES) return endWalk(scan, STOP_LIMIT)
  scan.set32(NOTES, notes + 1)
  return endWalk(scan, STOP_IMAGE)
}

/** Reads a note's header and its name. */
export function readNote(scan: ElfScan): boolean {
  const rangeEnd = Number(scan.get64(RANGE_END))
  const at = Number(scan.get64(POSITION))
  if (at >= rangeEnd) return endWalk(scan, STOP_END)
  if (at >= scan.end) return endOutside(scan)
  if (scan.get32(NOTES) >= MAX_NOTES) return endWalk(scan, STOP_LIMIT)
  if (!scan.need(at, NOTE_HEADER, rangeEnd)) return false

  const name = at + NOTE_HEADER
  const limit = name + MAX_STRING + 1
  const nul = scan.findNul(name, limit)
  if (nul < 0 && !scan.need(at, NOTE_HEADER + MAX_STRING + 1, rangeEnd)) return false
  const stop = nul < 0 ? Math.min(limit, scan.end) : nul
  const length = Math.max(0, Math.min(stop - name, MAX_OWNER))
  const isXen = nul === name + XEN.length && scan.equals(name, XEN)
  const type = scan.u32(at + 8)

  const entry = scan.begin(TAG_NOTE, NOTE_BYTES + length)
  if (entry === 0) return true
  let bits = 0
  if (nul < 0) bits |= scan.end < limit ? NOTE_NAME_IMAGE : NOTE_NAME_LIMIT
  if (isXen) bits |= NOTE_IS_XEN
  if (isXen && type >= FIRST_STRING_NOTE && type <= LAST_STRING_NOTE) bits |= NOTE_HAS_TEXT
  scan.set32(entry + NOTE_WALK, scan.get32(WALKS) - 1)
  scan.set32(entry + NOTE_TYPE, type)
  scan.set32(entry + NOTE_NAMESZ, scan.u32(at))
  scan.set32(entry + NOTE_DESCSZ, scan.u32(at + 4))
  scan.set64(entry + NOTE_OFFSET, BigInt(at))
  scan.set32(entry + NOTE_OWNER, length)
  scan.set32(entry + NOTE_BITS, bits)
  scan.copy(entry + NOTE_BYTES, name, length)
  return scan.enter(PHASE_VALUE)
}

/** Reads the value of the note that was begun at the record's tail, and completes it. */
export function readValue(scan: ElfScan): boolean {
  const entry = scan.get32(TAIL)
  const bits = scan.get32(entry + NOTE_BITS)
  const owner = scan.get32(entry + NOTE_OWNER)
  const descsz = scan.get32(entry + NOTE_DESCSZ)
  const value = Number(scan.get64(POSITION)) + NOTE_HEADER + roundUp(scan.get32(entry + NOTE_NAMESZ))
  const isXen = (bits & NOTE_IS_XEN) !== 0
  // Of another owner's note nothing is worth reading outside the range.
  const bound = isXen ? scan.end : Math.min(scan.end, Number(scan.get64(RANGE_END)))
  const most = Math.min(descsz, isXen ? MAX_XEN_DESC : MAX_OTHER_DESC)
  const desc = Math.max(0, Math.min(most, bound - value))
  if (!scan.need(value, desc, 0)) return false

  let text = 0
  let stopBit = 0
  if (bits & NOTE_HAS_TEXT) {
    const limit = value + MAX_STRING + 1
    const nul = scan.findNul(value, limit)
    if (nul < 0 && !scan.need(value, MAX_STRING + 1, 0)) return false
    const last = nul < 0 ? Math.min(value + MAX_STRING, scan.end) : nul
    text = Math.max(0, last - value)
    if (nul < 0) stopBit = scan.end < limit ? NOTE_TEXT_IMAGE : NOTE_TEXT_LIMIT
  }

  const length = Math.max(desc, text)
  if (!scan.extend(entry, NOTE_BYTES + owner + length)) return true
  scan.set32(entry + NOTE_DESC, desc)
  scan.set32(entry + NOTE_TEXT, text)
  scan.set32(entry + NOTE_BITS, bits | stopBit)
  scan.copy(entry + NOTE_BYTES + owner, value, length)
  scan.commit(entry)

  scan.set32(NOTES, scan.get32(NOTES) + 1)
  if (isXen && !inSectionZero(scan)) scan.set32(XEN_NOTES, scan.get32(XEN_NOTES) + 1)
  const saysYes = text === YES.length && stopBit === 0 && scan.equals(value, YES)
  if (saysYes && scan.get32(entry + NOTE_TYPE) === BSD_SYMTAB) {
    scan.set32(FLAGS, scan.get32(FLAGS) | FLAG_BSD_SYMTAB)
  }
  scan.set64(POSITION, BigInt(value + roundUp(descsz)))
  return scan.enter(PHASE_NOTE)
}

/** Whether the walk is that of section 0. Old libelf walks it and later one does not: it must not end the search. */
function inSectionZero(scan: ElfScan): boolean {
  const walk = scan.get32(WALK_AT)
  return scan.get32(walk + WALK_SOURCE) === FROM_SECTION && scan.get32(walk + ENTRY_INDEX) === 0
}
