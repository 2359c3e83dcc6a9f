// The ELF scanner: header and program headers, in the order of Xen's elf_init and elf_xen_parse
// (xen/common/libelf/libelf-loader.c, libelf-dominfo.c). src/engine/typescript/elf.ts is its twin.
import { RECORD } from '../src/engine/memory.ts'
import * as record from '../src/engine/record.ts'
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
  if (get32(record.PHASE) === record.PHASE_START) startScan()
  else takeWindow(length)
  while (true) {
    const phase = get32(record.PHASE)
    if (phase === record.PHASE_DONE) {
      set64(record.WANT_START, 0)
      return 0
    }
    if (!step(phase)) return 1
  }
}

/** A window that does not cover what was asked for means that the image ends where it stops. */
function takeWindow(length: u32): void {
  const wanted = get32(record.WANT_LENGTH)
  if (wanted === 0) return
  set32(record.WANT_LENGTH, 0)
  const from = get64(record.WANT_START)
  const stop = start <= from ? max(start + length, from) : from
  if (stop >= from + wanted) return
  set64(record.END, stop)
  endAt(stop)
}

/** One step; false when it needs another window. */
function step(phase: u32): bool {
  switch (phase) {
    case record.PHASE_HEADER:
      return readHeader()
    case record.PHASE_SEGMENTS:
      return readSegments()
    case record.PHASE_NEXT_WALK:
      return nextWalk()
    case record.PHASE_NOTE:
      return readNote()
    case record.PHASE_VALUE:
      return readValue()
    case record.PHASE_SECTIONS:
      return readSections()
    case record.PHASE_NAMES_START:
      return startNames()
    case record.PHASE_NAMES_LOAD:
      return loadNames()
    case record.PHASE_NAMES_COMPARE:
      return compareNames()
    case record.PHASE_GUEST:
      return readGuest()
    case record.PHASE_GUEST_TEXT:
      return readGuestText()
    default:
      return enter(record.PHASE_DONE)
  }
}

function startScan(): void {
  const size = get64(record.SIZE)
  memory.fill(RECORD, 0, record.ENTRIES)
  set64(record.SIZE, size)
  set64(record.END, size)
  endAt(size)
  set32(record.TAIL, record.ENTRIES)
  enter(record.PHASE_HEADER)
}

function readHeader(): bool {
  if (!need(0, EHDR_LENGTH, record.HEAD_WINDOW)) return false
  set32(record.CLASS, u8At(4))
  set32(record.DATA, u8At(5))
  readIdent()
  set32(record.TYPE, u16At(16))
  set32(record.MACHINE, u16At(18))
  set64(record.ENTRY, wordAt(24))
  set64(record.PHOFF, wordAt(wide ? 32 : 28))
  set64(record.SHOFF, wordAt(wide ? 40 : 32))
  // e_flags comes before these: four bytes that libelf never looks at.
  const sizes: u64 = wide ? 52 : 40
  set32(record.EHSIZE, u16At(sizes))
  set32(record.PHENTSIZE, u16At(sizes + 2))
  set32(record.PHNUM, u16At(sizes + 4))
  set32(record.SHENTSIZE, u16At(sizes + 6))
  set32(record.SHNUM, u16At(sizes + 8))
  set32(record.SHSTRNDX, u16At(sizes + 10))

  let flags = get32(record.FLAGS)
  const size = get64(record.SIZE)
  const segmentsEnd = get64(record.PHOFF) + get32(record.PHENTSIZE) * get32(record.PHNUM)
  if (segmentsEnd > size) flags |= record.FLAG_SEGMENTS_OUTSIDE
  const sectionsEnd = get64(record.SHOFF) + get32(record.SHENTSIZE) * sectionCount()
  if (sectionsEnd > size) flags |= record.FLAG_SECTIONS_OUTSIDE
  set32(record.FLAGS, flags)
  return enter(flags & record.FLAG_SEGMENTS_OUTSIDE ? record.PHASE_DONE : record.PHASE_SEGMENTS)
}

function readSegments(): bool {
  const length: u64 = wide ? 56 : 32
  const step = get32(record.PHENTSIZE)
  const count = get32(record.PHNUM)
  const table = get64(record.PHOFF)
  for (let index = get32(record.INDEX); index < count; index++) {
    const at = table + step * index
    // libelf breaks off where a header's first byte lies outside the image.
    if (at >= end) break
    if (!need(at, length, at + step * (count - index))) return false
    const type = u32At(at)
    if (type === PT_LOAD || type === PT_NOTE) {
      const entry = begin(record.TAG_SEGMENT, record.SEGMENT_LENGTH)
      if (entry === 0) return true
      set32(entry + record.ENTRY_INDEX, index)
      set32(entry + record.SEGMENT_TYPE, type)
      set32(entry + record.SEGMENT_FLAGS, u32At(at + (wide ? 4 : 24)))
      set64(entry + record.SEGMENT_OFFSET, wordAt(at + (wide ? 8 : 4)))
      set64(entry + record.SEGMENT_VADDR, wordAt(at + (wide ? 16 : 8)))
      set64(entry + record.SEGMENT_PADDR, wordAt(at + (wide ? 24 : 12)))
      set64(entry + record.SEGMENT_FILESZ, wordAt(at + (wide ? 32 : 16)))
      set64(entry + record.SEGMENT_MEMSZ, wordAt(at + (wide ? 40 : 20)))
      set64(entry + record.SEGMENT_ALIGN, wordAt(at + (wide ? 48 : 28)))
      commit(entry)
    }
    set32(record.INDEX, index + 1)
  }
  set32(record.CURSOR, record.ENTRIES)
  set32(record.CURSOR_END, get32(record.TAIL))
  set32(record.WALK_FROM, record.FROM_SEGMENT)
  return enter(record.PHASE_NEXT_WALK)
}
