// Walks ranges of ELF notes as hardened libelf does (elf_xen_parse_notes in xen/common/libelf/libelf-dominfo.c;
// elf_note_next, elf_strval in libelf-tools.c). src/engine/typescript/elf-notes.ts is its twin.
import {
  CURSOR,
  CURSOR_END,
  ENTRY_INDEX,
  ENTRY_LENGTH,
  ENTRY_TAG,
  FLAG_BSD_SYMTAB,
  FLAG_SECTIONS_OUTSIDE,
  FLAG_TRUNCATED,
  FLAGS,
  FROM_SECTION,
  FROM_SEGMENT,
  FULL_ROOM,
  INDEX,
  KEPT,
  LAST_KNOWN_TYPE,
  MAX_NOTES,
  MAX_OTHER_DESC,
  MAX_OWNER,
  MAX_SIGNED_NOTES,
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
  NOTE_SHORT,
  NOTE_TEXT,
  NOTE_TEXT_IMAGE,
  NOTE_TEXT_LIMIT,
  NOTE_TYPE,
  NOTE_WALK,
  NOTES,
  NOTES_ROOM,
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
  SHORT_DESC,
  SHORT_TEXT,
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
  WALK_BITS,
  WALK_END,
  WALK_FROM,
  WALK_LENGTH,
  WALK_NEGATIVE,
  WALK_NOTES,
  WALK_SIGNED,
  WALK_SOURCE,
  WALK_START,
  WALK_STOP,
  WALK_XEN,
  WALKS,
  XEN_NOTES,
} from '../src/engine/record.ts'
import {
  begin,
  commit,
  copyIn,
  end,
  enter,
  equals,
  extend,
  findNul,
  get32,
  get64,
  NONE,
  need,
  set32,
  set64,
  u32At,
} from './elf-scan'

const PT_NOTE: u32 = 4
const SHT_NOTE: u32 = 7
const NOTE_HEADER: u64 = 12
/** XEN_ELFNOTE_XEN_VERSION to XEN_ELFNOTE_BSD_SYMTAB are strings (xen/include/public/elfnote.h). */
const FIRST_STRING_NOTE: u32 = 5
const LAST_STRING_NOTE: u32 = 11
/** XEN_VERSION, GUEST_OS, GUEST_VERSION and LOADER: 15 characters of them are looked at. */
const LAST_SHORT_STRING: u32 = 8
const BSD_SYMTAB: u32 = 11
/** "Xen" and "yes", and how long each of them is. */
const XEN = memory.data<u8>([0x58, 0x65, 0x6e])
const YES = memory.data<u8>([0x79, 0x65, 0x73])
const WORD: u32 = 3

/**
 * libelf adds a range's end to the image's address, and a sum that wraps around lies before the start:
 * nothing is walked. Toolstack and hypervisor have images at 2^46 and above, so from here on it wraps.
 */
const WRAPS: u64 = 0xffffc00000000000

/** A string with its NUL. */
const STRING_ROOM: u64 = MAX_STRING + 1

/** Rounds up to 4 bytes, modulo 2^32 as Xen's `unsigned` does. */
function roundUp(size: u32): u32 {
  return (size + 3) & ~3
}

/** The same in an `int`, as libelf did before it was hardened. */
function roundUpSigned(size: u32): i32 {
  return <i32>roundUp(size)
}

/** The room that an entry takes. */
function roundEntry(length: u32): u32 {
  return (length + 7) & ~7
}

function isSigned(): bool {
  return (get32(get32(WALK_AT) + WALK_BITS) & WALK_SIGNED) !== 0
}

/** How far `to` lies behind `from`; 0 when it does not. */
function distance(from: u64, to: u64): u64 {
  return to > from ? to - from : 0
}

/** Begins the walk of the next segment or section that holds notes. */
export function nextWalk(): bool {
  const last = get32(CURSOR_END)
  for (let entry = get32(CURSOR); entry < last; entry += get32(entry + ENTRY_LENGTH)) {
    const fromSegment = get32(entry + ENTRY_TAG) === TAG_SEGMENT
    if (!holdsNotes(entry, fromSegment)) continue
    set32(CURSOR, entry + get32(entry + ENTRY_LENGTH))
    return beginWalk(
      get32(entry + ENTRY_INDEX),
      get64(entry + (fromSegment ? SEGMENT_OFFSET : SECTION_OFFSET)),
      get64(entry + (fromSegment ? SEGMENT_FILESZ : SECTION_SIZE)),
      0,
    )
  }
  return afterWalks()
}

function holdsNotes(entry: u32, fromSegment: bool): bool {
  if (!fromSegment) {
    return get32(entry + ENTRY_TAG) === TAG_SECTION && get32(entry + SECTION_TYPE) === SHT_NOTE
  }
  // Old binutils left p_offset of a note segment 0: libelf passes over these.
  return get32(entry + SEGMENT_TYPE) === PT_NOTE && get64(entry + SEGMENT_OFFSET) !== 0
}

/** What Xen looks at next, when every range of a table was walked. */
function afterWalks(): bool {
  const flags = get32(FLAGS)
  const found = get32(XEN_NOTES) > 0
  if (flags & FLAG_SECTIONS_OUTSIDE) return enter(PHASE_DONE)
  if (get32(WALK_FROM) !== FROM_SEGMENT) return enter(found ? PHASE_DONE : PHASE_NAMES_START)
  if (found && !(flags & FLAG_BSD_SYMTAB)) return enter(PHASE_DONE)
  set32(INDEX, 0)
  return enter(PHASE_SECTIONS)
}

function beginWalk(index: u32, from: u64, size: u64, bits: u32): bool {
  const entry = begin(TAG_WALK, WALK_LENGTH)
  if (entry === 0) return true
  const rangeEnd = from + size
  set32(entry + ENTRY_INDEX, index)
  set32(entry + WALK_SOURCE, get32(WALK_FROM))
  set64(entry + WALK_START, from)
  set64(entry + WALK_END, rangeEnd)
  set32(entry + WALK_BITS, bits)
  commit(entry)
  set32(WALKS, get32(WALKS) + 1)
  set32(WALK_AT, entry)
  if (rangeEnd < from || rangeEnd >= WRAPS) return endWalk(STOP_WRAP)
  // libelf counts a note outside the image, but finds nothing there and goes no further.
  if (from >= end && rangeEnd > from) return endOutside()
  set64(POSITION, from)
  set64(RANGE_END, rangeEnd)
  return enter(PHASE_NOTE)
}

/** Ends a walk; one with a negative size is walked again, as libelf walked it before it was hardened. */
function endWalk(why: u32): bool {
  const walk = get32(WALK_AT)
  set32(walk + WALK_STOP, why)
  if (get32(walk + WALK_BITS) !== WALK_NEGATIVE) return enter(PHASE_NEXT_WALK)
  const from = get64(walk + WALK_START)
  return beginWalk(get32(walk + ENTRY_INDEX), from, get64(walk + WALK_END) - from, WALK_SIGNED)
}

function endOutside(): bool {
  if (isSigned()) return endWalk(STOP_IMAGE)
  const notes = get32(NOTES)
  if (notes >= <u32>MAX_NOTES) return endWalk(STOP_LIMIT)
  set32(NOTES, notes + 1)
  return endWalk(STOP_IMAGE)
}

/** Ends the scan where the notes that have to be kept take too much room. */
function isFull(length: u32): bool {
  if (get32(KEPT) + roundEntry(length) <= <u32>NOTES_ROOM) return false
  set32(FLAGS, get32(FLAGS) | FLAG_TRUNCATED)
  return enter(PHASE_DONE)
}

/** Reads a note's header and its name. */
export function readNote(): bool {
  const rangeEnd = get64(RANGE_END)
  const at = get64(POSITION)
  const walk = get32(WALK_AT)
  if (at >= rangeEnd) return endWalk(STOP_END)
  if (at >= end) return endOutside()
  const isLast = isSigned()
    ? get32(walk + WALK_NOTES) >= <u32>MAX_SIGNED_NOTES
    : get32(NOTES) >= <u32>MAX_NOTES
  if (isLast) return endWalk(STOP_LIMIT)
  if (!need(at, NOTE_HEADER, rangeEnd)) return false

  const name = at + NOTE_HEADER
  const limit = name + STRING_ROOM
  const nul = findNul(name, limit)
  if (nul === NONE && !need(at, NOTE_HEADER + STRING_ROOM, rangeEnd)) return false
  const nameEnd = min(nul, min(limit, end))
  const length = <u32>min(distance(name, nameEnd), MAX_OWNER)
  const isXen = nul === name + WORD && equals(name, XEN, WORD)
  const namesz = u32At(at)
  const descsz = u32At(at + 4)
  const type = u32At(at + 8)
  const isNegative = roundUpSigned(namesz) < 0 || roundUpSigned(descsz) < 0
  if (isNegative) set32(walk + WALK_BITS, get32(walk + WALK_BITS) | WALK_NEGATIVE)

  const isShort = get32(KEPT) >= <u32>FULL_ROOM
  const isRead = isXen && type > 0 && type <= <u32>LAST_KNOWN_TYPE
  if (isShort && !isRead && !isNegative && nul !== NONE && name <= end) {
    count(isXen)
    return goOn(at, namesz, descsz)
  }
  if (isFull(NOTE_BYTES + length)) return true
  const entry = begin(TAG_NOTE, NOTE_BYTES + length)
  if (entry === 0) return true
  let bits: u32 = 0
  if (nul === NONE) bits |= end < limit ? NOTE_NAME_IMAGE : NOTE_NAME_LIMIT
  if (isXen) bits |= NOTE_IS_XEN
  if (isXen && type >= FIRST_STRING_NOTE && type <= LAST_STRING_NOTE) bits |= NOTE_HAS_TEXT
  set32(entry + NOTE_WALK, get32(WALKS) - 1)
  set32(entry + NOTE_TYPE, type)
  set32(entry + NOTE_NAMESZ, namesz)
  set32(entry + NOTE_DESCSZ, descsz)
  set64(entry + NOTE_OFFSET, at)
  set32(entry + NOTE_OWNER, length)
  set32(entry + NOTE_BITS, bits)
  copyIn(entry + NOTE_BYTES, name, length)
  return enter(PHASE_VALUE)
}

/** Reads the value of the note that was begun at the record's tail, and completes it. */
export function readValue(): bool {
  const entry = get32(TAIL)
  const owner = get32(entry + NOTE_OWNER)
  const descsz = get32(entry + NOTE_DESCSZ)
  const type = get32(entry + NOTE_TYPE)
  const namesz = get32(entry + NOTE_NAMESZ)
  const at = get64(POSITION)
  let bits = get32(entry + NOTE_BITS)
  let value = at + NOTE_HEADER + roundUp(namesz)
  if (isSigned()) {
    const place = <i64>at + <i64>NOTE_HEADER + <i64>roundUpSigned(namesz)
    // There is nothing before the image, as there is nothing at its end.
    value = place < 0 ? end : <u64>place
  }
  const isXen = (bits & NOTE_IS_XEN) !== 0
  const isShort = get32(KEPT) >= <u32>FULL_ROOM
  // Of another owner's note nothing is worth reading outside the range.
  const bound = isXen ? end : min(end, get64(RANGE_END))
  const most: u32 = isShort ? SHORT_DESC : isXen ? MAX_XEN_DESC : MAX_OTHER_DESC
  const room = distance(value, bound)
  const desc = <u32>min<u64>(min<u32>(descsz, most), room)
  if (!need(value, desc, 0)) return false

  let text: u32 = 0
  if (bits & NOTE_HAS_TEXT) {
    const limit = value + STRING_ROOM
    const nul = findNul(value, limit)
    if (nul === NONE && !need(value, STRING_ROOM, 0)) return false
    text = <u32>distance(value, min(nul, min(value + MAX_STRING, end)))
    if (nul === NONE) bits |= end < limit ? NOTE_TEXT_IMAGE : NOTE_TEXT_LIMIT
  }
  const isWhole = (bits & (NOTE_TEXT_IMAGE | NOTE_TEXT_LIMIT)) === 0
  if (isWhole && isXen && type === BSD_SYMTAB && text === WORD && equals(value, YES, WORD)) {
    set32(FLAGS, get32(FLAGS) | FLAG_BSD_SYMTAB)
  }
  const kept = isShort && type <= LAST_SHORT_STRING ? min<u32>(text, SHORT_TEXT) : text
  const inFull = <u64>desc === min<u64>(descsz, room) && kept === text
  if (isShort && !inFull) bits |= NOTE_SHORT

  const length = max(desc, kept)
  if (isFull(NOTE_BYTES + owner + length)) return true
  if (!extend(entry, NOTE_BYTES + owner + length)) return true
  set32(entry + NOTE_DESC, desc)
  set32(entry + NOTE_TEXT, kept)
  set32(entry + NOTE_BITS, bits)
  copyIn(entry + NOTE_BYTES + owner, value, length)
  commit(entry)
  set32(KEPT, get32(KEPT) + get32(entry + ENTRY_LENGTH))
  count(isXen)
  return goOn(at, namesz, descsz)
}

/** Counts a note of the walk. */
function count(isXen: bool): void {
  const walk = get32(WALK_AT)
  set32(walk + WALK_NOTES, get32(walk + WALK_NOTES) + 1)
  if (isXen) set32(walk + WALK_XEN, get32(walk + WALK_XEN) + 1)
  if (isSigned()) return
  set32(NOTES, get32(NOTES) + 1)
  if (isXen && !inSectionZero()) set32(XEN_NOTES, get32(XEN_NOTES) + 1)
}

/** Goes on to the next note of the walk. */
function goOn(at: u64, namesz: u32, descsz: u32): bool {
  if (isSigned()) {
    const next = <i64>at + <i64>NOTE_HEADER + <i64>roundUpSigned(namesz) + <i64>roundUpSigned(descsz)
    if (next < 0) return endWalk(STOP_IMAGE)
    set64(POSITION, <u64>next)
  } else {
    set64(POSITION, at + NOTE_HEADER + roundUp(namesz) + roundUp(descsz))
  }
  return enter(PHASE_NOTE)
}

/** Whether the walk is that of section 0. Old libelf walks it and later one does not: it must not end the search. */
function inSectionZero(): bool {
  const walk = get32(WALK_AT)
  return get32(walk + WALK_SOURCE) === FROM_SECTION && get32(walk + ENTRY_INDEX) === 0
}
