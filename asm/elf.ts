// The ELF scanner: header and program headers, in the order of Xen's elf_init and elf_xen_parse
// (xen/common/libelf/libelf-loader.c, libelf-dominfo.c). src/engine/typescript/elf.ts is its twin.
import { RECORD } from '../src/engine/memory.ts'
import {
  CLASS,
  CURSOR,
  CURSOR_END,
  DATA,
  EHSIZE,
  END,
  ENTRIES,
  ENTRY,
  ENTRY_INDEX,
  FLAG_SECTIONS_OUTSIDE,
  FLAG_SEGMENTS_OUTSIDE,
  FLAGS,
  FROM_SEGMENT,
  HEAD_WINDOW,
  INDEX,
  MACHINE,
  PHASE,
  PHASE_DONE,
  PHASE_GUEST,
  PHASE_GUEST_TEXT,
  PHASE_HEADER,
  PHASE_NAMES_COMPARE,
  PHASE_NAMES_LOAD,
  PHASE_NAMES_START,
  PHASE_NEXT_WALK,
  PHASE_NOTE,
  PHASE_SECTIONS,
  PHASE_SEGMENTS,
  PHASE_START,
  PHASE_VALUE,
  PHENTSIZE,
  PHNUM,
  PHOFF,
  SEGMENT_ALIGN,
  SEGMENT_FILESZ,
  SEGMENT_FLAGS,
  SEGMENT_LENGTH,
  SEGMENT_MEMSZ,
  SEGMENT_OFFSET,
  SEGMENT_PADDR,
  SEGMENT_TYPE,
  SEGMENT_VADDR,
  SHENTSIZE,
  SHNUM,
  SHOFF,
  SHSTRNDX,
  SIZE,
  TAG_SEGMENT,
  TAIL,
  TYPE,
  WALK_FROM,
  WANT_LENGTH,
  WANT_START,
} from '../src/engine/record.ts'
import { nextWalk, readNote, readValue } from './elf-notes'
import {
  begin,
  commit,
  end,
  endAt,
  enter,
  get32,
  get64,
  need,
  openWindow,
  readIdent,
  set32,
  set64,
  start,
  u8At,
  u16At,
  u32At,
  wide,
  wordAt,
} from './elf-scan'
import {
  compareNames,
  loadNames,
  readGuest,
  readGuestText,
  readSections,
  sectionCount,
  startNames,
} from './elf-sections'

const EHDR_LENGTH: u64 = 64
const PT_LOAD: u32 = 1
const PT_NOTE: u32 = 4

export function scanElf(address: usize, length: u32, from: f64): i32 {
  openWindow(address, length, <u64>from)
  if (get32(PHASE) === PHASE_START) startScan()
  else takeWindow(length)
  while (true) {
    const phase = get32(PHASE)
    if (phase === PHASE_DONE) {
      set64(WANT_START, 0)
      return 0
    }
    if (!step(phase)) return 1
  }
}

/** A window that does not cover what was asked for means that the image ends where it stops. */
function takeWindow(length: u32): void {
  const wanted = get32(WANT_LENGTH)
  if (wanted === 0) return
  set32(WANT_LENGTH, 0)
  const from = get64(WANT_START)
  const stop = start <= from ? max(start + length, from) : from
  if (stop >= from + wanted) return
  set64(END, stop)
  endAt(stop)
}

/** One step; false when it needs another window. */
function step(phase: u32): bool {
  switch (phase) {
    case PHASE_HEADER:
      return readHeader()
    case PHASE_SEGMENTS:
      return readSegments()
    case PHASE_NEXT_WALK:
      return nextWalk()
    case PHASE_NOTE:
      return readNote()
    case PHASE_VALUE:
      return readValue()
    case PHASE_SECTIONS:
      return readSections()
    case PHASE_NAMES_START:
      return startNames()
    case PHASE_NAMES_LOAD:
      return loadNames()
    case PHASE_NAMES_COMPARE:
      return compareNames()
    case PHASE_GUEST:
      return readGuest()
    case PHASE_GUEST_TEXT:
      return readGuestText()
    default:
      return enter(PHASE_DONE)
  }
}

function startScan(): void {
  const size = get64(SIZE)
  memory.fill(RECORD, 0, ENTRIES)
  set64(SIZE, size)
  set64(END, size)
  endAt(size)
  set32(TAIL, ENTRIES)
  enter(PHASE_HEADER)
}

function readHeader(): bool {
  if (!need(0, EHDR_LENGTH, HEAD_WINDOW)) return false
  set32(CLASS, u8At(4))
  set32(DATA, u8At(5))
  readIdent()
  set32(TYPE, u16At(16))
  set32(MACHINE, u16At(18))
  set64(ENTRY, wordAt(24))
  set64(PHOFF, wordAt(wide ? 32 : 28))
  set64(SHOFF, wordAt(wide ? 40 : 32))
  // e_flags comes before these: four bytes that libelf never looks at.
  const sizes: u64 = wide ? 52 : 40
  set32(EHSIZE, u16At(sizes))
  set32(PHENTSIZE, u16At(sizes + 2))
  set32(PHNUM, u16At(sizes + 4))
  set32(SHENTSIZE, u16At(sizes + 6))
  set32(SHNUM, u16At(sizes + 8))
  set32(SHSTRNDX, u16At(sizes + 10))

  let flags = get32(FLAGS)
  const size = get64(SIZE)
  const segmentsEnd = get64(PHOFF) + get32(PHENTSIZE) * get32(PHNUM)
  if (segmentsEnd > size) flags |= FLAG_SEGMENTS_OUTSIDE
  const sectionsEnd = get64(SHOFF) + get32(SHENTSIZE) * sectionCount()
  if (sectionsEnd > size) flags |= FLAG_SECTIONS_OUTSIDE
  set32(FLAGS, flags)
  return enter(flags & FLAG_SEGMENTS_OUTSIDE ? PHASE_DONE : PHASE_SEGMENTS)
}

function readSegments(): bool {
  const length: u64 = wide ? 56 : 32
  const step = get32(PHENTSIZE)
  const count = get32(PHNUM)
  const table = get64(PHOFF)
  for (let index = get32(INDEX); index < count; index++) {
    const at = table + step * index
    // libelf breaks off where a header's first byte lies outside the image.
    if (at >= end) break
    if (!need(at, length, at + step * (count - index))) return false
    const type = u32At(at)
    if (type === PT_LOAD || type === PT_NOTE) {
      const entry = begin(TAG_SEGMENT, SEGMENT_LENGTH)
      if (entry === 0) return true
      set32(entry + ENTRY_INDEX, index)
      set32(entry + SEGMENT_TYPE, type)
      set32(entry + SEGMENT_FLAGS, u32At(at + (wide ? 4 : 24)))
      set64(entry + SEGMENT_OFFSET, wordAt(at + (wide ? 8 : 4)))
      set64(entry + SEGMENT_VADDR, wordAt(at + (wide ? 16 : 8)))
      set64(entry + SEGMENT_PADDR, wordAt(at + (wide ? 24 : 12)))
      set64(entry + SEGMENT_FILESZ, wordAt(at + (wide ? 32 : 16)))
      set64(entry + SEGMENT_MEMSZ, wordAt(at + (wide ? 40 : 20)))
      set64(entry + SEGMENT_ALIGN, wordAt(at + (wide ? 48 : 28)))
      commit(entry)
    }
    set32(INDEX, index + 1)
  }
  set32(CURSOR, ENTRIES)
  set32(CURSOR_END, get32(TAIL))
  set32(WALK_FROM, FROM_SEGMENT)
  return enter(PHASE_NEXT_WALK)
}
