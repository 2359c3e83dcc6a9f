// Walks ranges of ELF notes as hardened libelf does (elf_xen_parse_notes in xen/common/libelf/libelf-dominfo.c;
// elf_note_next, elf_strval in libelf-tools.c). src/engine/typescript/elf-notes.ts is its twin.
import * as record from '../src/engine/record.ts'
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
const STRING_ROOM: u64 = record.MAX_STRING + 1

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
  return (get32(get32(record.WALK_AT) + record.WALK_BITS) & record.WALK_SIGNED) !== 0
}

/** How far `to` lies after `from`; 0 when it does not. */
function distance(from: u64, to: u64): u64 {
  return to > from ? to - from : 0
}

/** Begins the walk of the next segment or section that holds notes. */
export function nextWalk(): bool {
  const last = get32(record.CURSOR_END)
  for (let entry = get32(record.CURSOR); entry < last; entry += get32(entry + record.ENTRY_LENGTH)) {
    const fromSegment = get32(entry + record.ENTRY_TAG) === record.TAG_SEGMENT
    if (!holdsNotes(entry, fromSegment)) continue
    set32(record.CURSOR, entry + get32(entry + record.ENTRY_LENGTH))
    return beginWalk(
      get32(entry + record.ENTRY_INDEX),
      get64(entry + (fromSegment ? record.SEGMENT_OFFSET : record.SECTION_OFFSET)),
      get64(entry + (fromSegment ? record.SEGMENT_FILESZ : record.SECTION_SIZE)),
      0,
    )
  }
  return afterWalks()
}

function holdsNotes(entry: u32, fromSegment: bool): bool {
  if (!fromSegment) {
    return (
      get32(entry + record.ENTRY_TAG) === record.TAG_SECTION &&
      get32(entry + record.SECTION_TYPE) === SHT_NOTE
    )
  }
  // Old binutils left p_offset of a note segment 0: libelf passes over these.
  return get32(entry + record.SEGMENT_TYPE) === PT_NOTE && get64(entry + record.SEGMENT_OFFSET) !== 0
}

/** What Xen looks at next, when every range of a table was walked. */
function afterWalks(): bool {
  const flags = get32(record.FLAGS)
  const found = get32(record.XEN_NOTES) > 0
  if (flags & record.FLAG_SECTIONS_OUTSIDE) return enter(record.PHASE_DONE)
  if (get32(record.WALK_FROM) !== record.FROM_SEGMENT)
    return enter(found ? record.PHASE_DONE : record.PHASE_NAMES_START)
  if (found && !(flags & record.FLAG_BSD_SYMTAB)) return enter(record.PHASE_DONE)
  set32(record.INDEX, 0)
  return enter(record.PHASE_SECTIONS)
}

function beginWalk(index: u32, from: u64, size: u64, bits: u32): bool {
  const entry = begin(record.TAG_WALK, record.WALK_LENGTH)
  if (entry === 0) return true
  const rangeEnd = from + size
  set32(entry + record.ENTRY_INDEX, index)
  set32(entry + record.WALK_SOURCE, get32(record.WALK_FROM))
  set64(entry + record.WALK_START, from)
  set64(entry + record.WALK_END, rangeEnd)
  set32(entry + record.WALK_BITS, bits)
  commit(entry)
  set32(record.WALKS, get32(record.WALKS) + 1)
  set32(record.WALK_AT, entry)
  if (rangeEnd < from || rangeEnd >= WRAPS) return endWalk(record.STOP_WRAP)
  // libelf counts a note outside the image, but finds nothing there and goes no further.
  if (from >= end && rangeEnd > from) return endOutside()
  set64(record.POSITION, from)
  set64(record.RANGE_END, rangeEnd)
  return enter(record.PHASE_NOTE)
}

/** Ends a walk; one with a negative size is walked again, as libelf walked it before it was hardened. */
function endWalk(why: u32): bool {
  const walk = get32(record.WALK_AT)
  set32(walk + record.WALK_STOP, why)
  if (get32(walk + record.WALK_BITS) !== record.WALK_NEGATIVE) return enter(record.PHASE_NEXT_WALK)
  const from = get64(walk + record.WALK_START)
  return beginWalk(
    get32(walk + record.ENTRY_INDEX),
    from,
    get64(walk + record.WALK_END) - from,
    record.WALK_SIGNED,
  )
}

function endOutside(): bool {
  if (isSigned()) return endWalk(record.STOP_IMAGE)
  const notes = get32(record.NOTES)
  if (notes >= <u32>record.MAX_NOTES) return endWalk(record.STOP_LIMIT)
  set32(record.NOTES, notes + 1)
  return endWalk(record.STOP_IMAGE)
}

/** Ends the scan where the notes that have to be kept take too much room. */
function isFull(length: u32): bool {
  if (get32(record.KEPT) + roundEntry(length) <= <u32>record.NOTES_ROOM) return false
  set32(record.FLAGS, get32(record.FLAGS) | record.FLAG_TRUNCATED)
  return enter(record.PHASE_DONE)
}

/** Reads a note's header and its name. */
export function readNote(): bool {
  const rangeEnd = get64(record.RANGE_END)
  const at = get64(record.POSITION)
  const walk = get32(record.WALK_AT)
  if (at >= rangeEnd) return endWalk(record.STOP_END)
  if (at >= end) return endOutside()
  const isLast = isSigned()
    ? get32(walk + record.WALK_NOTES) >= <u32>record.MAX_SIGNED_NOTES
    : get32(record.NOTES) >= <u32>record.MAX_NOTES
  if (isLast) return endWalk(record.STOP_LIMIT)
  if (!need(at, NOTE_HEADER, rangeEnd)) return false

  const name = at + NOTE_HEADER
  const limit = name + STRING_ROOM
  const nul = findNul(name, limit)
  if (nul === NONE && !need(at, NOTE_HEADER + STRING_ROOM, rangeEnd)) return false
  const nameEnd = min(nul, min(limit, end))
  const length = <u32>min(distance(name, nameEnd), record.MAX_OWNER)
  const isXen = nul === name + WORD && equals(name, XEN, WORD)
  const namesz = u32At(at)
  const descsz = u32At(at + 4)
  const type = u32At(at + 8)
  const isNegative = roundUpSigned(namesz) < 0 || roundUpSigned(descsz) < 0
  if (isNegative) set32(walk + record.WALK_BITS, get32(walk + record.WALK_BITS) | record.WALK_NEGATIVE)

  const isShort = get32(record.KEPT) >= <u32>record.FULL_ROOM
  const isRead = isXen && type > 0 && type <= <u32>record.LAST_KNOWN_TYPE
  if (isShort && !isRead && !isNegative && nul !== NONE && name <= end) {
    count(isXen)
    return goOn(at, namesz, descsz)
  }
  if (isFull(record.NOTE_BYTES + length)) return true
  const entry = begin(record.TAG_NOTE, record.NOTE_BYTES + length)
  if (entry === 0) return true
  let bits: u32 = 0
  if (nul === NONE) bits |= end < limit ? record.NOTE_NAME_IMAGE : record.NOTE_NAME_LIMIT
  if (isXen) bits |= record.NOTE_IS_XEN
  if (isXen && type >= FIRST_STRING_NOTE && type <= LAST_STRING_NOTE) bits |= record.NOTE_HAS_TEXT
  set32(entry + record.NOTE_WALK, get32(record.WALKS) - 1)
  set32(entry + record.NOTE_TYPE, type)
  set32(entry + record.NOTE_NAMESZ, namesz)
  set32(entry + record.NOTE_DESCSZ, descsz)
  set64(entry + record.NOTE_OFFSET, at)
  set32(entry + record.NOTE_OWNER, length)
  set32(entry + record.NOTE_BITS, bits)
  copyIn(entry + record.NOTE_BYTES, name, length)
  return enter(record.PHASE_VALUE)
}

/** Reads the value of the note that was begun at the record's tail, and completes it. */
export function readValue(): bool {
  const entry = get32(record.TAIL)
  const owner = get32(entry + record.NOTE_OWNER)
  const descsz = get32(entry + record.NOTE_DESCSZ)
  const type = get32(entry + record.NOTE_TYPE)
  const namesz = get32(entry + record.NOTE_NAMESZ)
  const at = get64(record.POSITION)
  let bits = get32(entry + record.NOTE_BITS)
  let value = at + NOTE_HEADER + roundUp(namesz)
  if (isSigned()) {
    const place = <i64>at + <i64>NOTE_HEADER + <i64>roundUpSigned(namesz)
    // There is nothing before the image, as there is nothing at its end.
    value = place < 0 ? end : <u64>place
  }
  const isXen = (bits & record.NOTE_IS_XEN) !== 0
  const isShort = get32(record.KEPT) >= <u32>record.FULL_ROOM
  // Of another owner's note nothing is worth reading outside the range.
  const bound = isXen ? end : min(end, get64(record.RANGE_END))
  const most: u32 = isShort ? record.SHORT_DESC : isXen ? record.MAX_XEN_DESC : record.MAX_OTHER_DESC
  const room = distance(value, bound)
  const desc = <u32>min<u64>(min<u32>(descsz, most), room)
  if (!need(value, desc, 0)) return false

  let text: u32 = 0
  if (bits & record.NOTE_HAS_TEXT) {
    const limit = value + STRING_ROOM
    const nul = findNul(value, limit)
    if (nul === NONE && !need(value, STRING_ROOM, 0)) return false
    text = <u32>distance(value, min(nul, min(value + record.MAX_STRING, end)))
    if (nul === NONE) bits |= end < limit ? record.NOTE_TEXT_IMAGE : record.NOTE_TEXT_LIMIT
  }
  const isWhole = (bits & (record.NOTE_TEXT_IMAGE | record.NOTE_TEXT_LIMIT)) === 0
  if (isWhole && isXen && type === BSD_SYMTAB && text === WORD && equals(value, YES, WORD)) {
    set32(record.FLAGS, get32(record.FLAGS) | record.FLAG_BSD_SYMTAB)
  }
  const kept = isShort && type <= LAST_SHORT_STRING ? min<u32>(text, record.SHORT_TEXT) : text
  const inFull = <u64>desc === min<u64>(descsz, room) && kept === text
  if (isShort && !inFull) bits |= record.NOTE_SHORT

  const length = max(desc, kept)
  if (isFull(record.NOTE_BYTES + owner + length)) return true
  if (!extend(entry, record.NOTE_BYTES + owner + length)) return true
  set32(entry + record.NOTE_DESC, desc)
  set32(entry + record.NOTE_TEXT, kept)
  set32(entry + record.NOTE_BITS, bits)
  copyIn(entry + record.NOTE_BYTES + owner, value, length)
  commit(entry)
  set32(record.KEPT, get32(record.KEPT) + get32(entry + record.ENTRY_LENGTH))
  count(isXen)
  return goOn(at, namesz, descsz)
}

/** Counts a note of the walk. */
function count(isXen: bool): void {
  const walk = get32(record.WALK_AT)
  set32(walk + record.WALK_NOTES, get32(walk + record.WALK_NOTES) + 1)
  if (isXen) set32(walk + record.WALK_XEN, get32(walk + record.WALK_XEN) + 1)
  if (isSigned()) return
  set32(record.NOTES, get32(record.NOTES) + 1)
  if (isXen && !inSectionZero()) set32(record.XEN_NOTES, get32(record.XEN_NOTES) + 1)
}

/** Goes on to the next note of the walk. */
function goOn(at: u64, namesz: u32, descsz: u32): bool {
  if (isSigned()) {
    const next = <i64>at + <i64>NOTE_HEADER + <i64>roundUpSigned(namesz) + <i64>roundUpSigned(descsz)
    if (next < 0) return endWalk(record.STOP_IMAGE)
    set64(record.POSITION, <u64>next)
  } else {
    set64(record.POSITION, at + NOTE_HEADER + roundUp(namesz) + roundUp(descsz))
  }
  return enter(record.PHASE_NOTE)
}

/** Whether the walk is that of section 0. Old libelf walks it and later one does not: it must not end the search. */
function inSectionZero(): bool {
  const walk = get32(record.WALK_AT)
  return get32(walk + record.WALK_SOURCE) === record.FROM_SECTION && get32(walk + record.ENTRY_INDEX) === 0
}
