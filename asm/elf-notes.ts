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

function beginWalk(index: u32, from: u64, size: u64): bool {
  const entry = begin(TAG_WALK, WALK_LENGTH)
  if (entry === 0) return true
  const rangeEnd = from + size
  set32(entry + ENTRY_INDEX, index)
  set32(entry + WALK_SOURCE, get32(WALK_FROM))
  set64(entry + WALK_START, from)
  set64(entry + WALK_END, rangeEnd)
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

function endWalk(why: u32): bool {
  set32(get32(WALK_AT) + WALK_STOP, why)
  return enter(PHASE_NEXT_WALK)
}

function endOutside(): bool {
  const notes = get32(NOTES)
  if (notes >= <u32>MAX_NOTES) return endWalk(STOP_LIMIT)
  set32(NOTES, notes + 1)
  return endWalk(STOP_IMAGE)
}

/** Reads a note's header and its name. */
export function readNote(): bool {
  const rangeEnd = get64(RANGE_END)
  const at = get64(POSITION)
  if (at >= rangeEnd) return endWalk(STOP_END)
  if (at >= end) return endOutside()
  if (get32(NOTES) >= <u32>MAX_NOTES) return endWalk(STOP_LIMIT)
  if (!need(at, NOTE_HEADER, rangeEnd)) return false

  const name = at + NOTE_HEADER
  const limit = name + STRING_ROOM
  const nul = findNul(name, limit)
  if (nul === NONE && !need(at, NOTE_HEADER + STRING_ROOM, rangeEnd)) return false
  const nameEnd = min(nul, min(limit, end))
  const length = <u32>min(distance(name, nameEnd), MAX_OWNER)
  const isXen = nul === name + WORD && equals(name, XEN, WORD)
  const type = u32At(at + 8)

  const entry = begin(TAG_NOTE, NOTE_BYTES + length)
  if (entry === 0) return true
  let bits: u32 = 0
  if (nul === NONE) bits |= end < limit ? NOTE_NAME_IMAGE : NOTE_NAME_LIMIT
  if (isXen) bits |= NOTE_IS_XEN
  if (isXen && type >= FIRST_STRING_NOTE && type <= LAST_STRING_NOTE) bits |= NOTE_HAS_TEXT
  set32(entry + NOTE_WALK, get32(WALKS) - 1)
  set32(entry + NOTE_TYPE, type)
  set32(entry + NOTE_NAMESZ, u32At(at))
  set32(entry + NOTE_DESCSZ, u32At(at + 4))
  set64(entry + NOTE_OFFSET, at)
  set32(entry + NOTE_OWNER, length)
  set32(entry + NOTE_BITS, bits)
  copyIn(entry + NOTE_BYTES, name, length)
  return enter(PHASE_VALUE)
}

/** Reads the value of the note that was begun at the record's tail, and completes it. */
export function readValue(): bool {
  const entry = get32(TAIL)
  const bits = get32(entry + NOTE_BITS)
  const owner = get32(entry + NOTE_OWNER)
  const descsz = get32(entry + NOTE_DESCSZ)
  const value = get64(POSITION) + NOTE_HEADER + roundUp(get32(entry + NOTE_NAMESZ))
  const isXen = (bits & NOTE_IS_XEN) !== 0
  // Of another owner's note nothing is worth reading outside the range.
  const bound = isXen ? end : min(end, get64(RANGE_END))
  const most = min(descsz, isXen ? MAX_XEN_DESC : MAX_OTHER_DESC)
  const desc = <u32>min<u64>(most, distance(value, bound))
  if (!need(value, desc, 0)) return false

  let text: u32 = 0
  let stopBit: u32 = 0
  if (bits & NOTE_HAS_TEXT) {
    const limit = value + STRING_ROOM
    const nul = findNul(value, limit)
    if (nul === NONE && !need(value, STRING_ROOM, 0)) return false
    text = <u32>distance(value, min(nul, min(value + MAX_STRING, end)))
    if (nul === NONE) stopBit = end < limit ? NOTE_TEXT_IMAGE : NOTE_TEXT_LIMIT
  }

  const length = max(desc, text)
  if (!extend(entry, NOTE_BYTES + owner + length)) return true
  set32(entry + NOTE_DESC, desc)
  set32(entry + NOTE_TEXT, text)
  set32(entry + NOTE_BITS, bits | stopBit)
  copyIn(entry + NOTE_BYTES + owner, value, length)
  commit(entry)

  set32(NOTES, get32(NOTES) + 1)
  if (isXen && !inSectionZero()) set32(XEN_NOTES, get32(XEN_NOTES) + 1)
  const saysYes = text === WORD && stopBit === 0 && equals(value, YES, WORD)
  if (saysYes && get32(entry + NOTE_TYPE) === BSD_SYMTAB) {
    set32(FLAGS, get32(FLAGS) | FLAG_BSD_SYMTAB)
  }
  set64(POSITION, value + roundUp(descsz))
  return enter(PHASE_NOTE)
}

/** Whether the walk is that of section 0. Old libelf walks it and later one does not: it must not end the search. */
function inSectionZero(): bool {
  const walk = get32(WALK_AT)
  return get32(walk + WALK_SOURCE) === FROM_SECTION && get32(walk + ENTRY_INDEX) === 0
}
