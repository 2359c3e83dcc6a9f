/**
 * The ELF scanner, twin of asm/elf.ts: header and program headers, in the order of Xen's elf_init and
 * elf_xen_parse (xen/common/libelf/libelf-loader.c, libelf-dominfo.c).
 * @module
 */
import { RECORD } from '../memory.ts'
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
} from '../record.ts'
import { nextWalk, readNote, readValue } from './elf-notes.ts'
import { add64, ElfScan } from './elf-scan.ts'
import {
  compareNames,
  loadNames,
  readGuest,
  readGuestText,
  readSections,
  sectionCount,
  startNames,
} from './elf-sections.ts'

const EHDR_LENGTH = 64
const PT_LOAD = 1
const PT_NOTE = 4

export function scanElf(memory: Uint8Array, address: number, length: number, start: number): number {
  const scan = new ElfScan(memory, address, length, start)
  if (scan.get32(PHASE) === PHASE_START) startScan(scan)
  else takeWindow(scan, length)
  for (;;) {
    const phase = scan.get32(PHASE)
    if (phase === PHASE_DONE) {
      scan.set64(WANT_START, 0n)
      return 0
    }
    if (!step(scan, phase)) return 1
  }
}

/** A window that does not cover what was asked for means that the image ends where it stops. */
function takeWindow(scan: ElfScan, length: number): void {
  const wanted = scan.get32(WANT_LENGTH)
  if (wanted === 0) return
  scan.set32(WANT_LENGTH, 0)
  const from = Number(scan.get64(WANT_START))
  const stop = scan.start <= from ? Math.max(scan.start + length, from) : from
  if (stop >= from + wanted) return
  scan.set64(END, BigInt(stop))
  scan.endAt(stop)
}

/** One step; false when it needs another window. */
function step(scan: ElfScan, phase: number): boolean {
  switch (phase) {
    case PHASE_HEADER:
      return readHeader(scan)
    case PHASE_SEGMENTS:
      return readSegments(scan)
    case PHASE_NEXT_WALK:
      return nextWalk(scan)
    case PHASE_NOTE:
      return readNote(scan)
    case PHASE_VALUE:
      return readValue(scan)
    case PHASE_SECTIONS:
      return readSections(scan)
    case PHASE_NAMES_START:
      return startNames(scan)
    case PHASE_NAMES_LOAD:
      return loadNames(scan)
    case PHASE_NAMES_COMPARE:
      return compareNames(scan)
    case PHASE_GUEST:
      return readGuest(scan)
    case PHASE_GUEST_TEXT:
      return readGuestText(scan)
    default:
      return scan.enter(PHASE_DONE)
  }
}

function startScan(scan: ElfScan): void {
  const size = scan.get64(SIZE)
  scan.memory.fill(0, RECORD, RECORD + ENTRIES)
  scan.set64(SIZE, size)
  scan.set64(END, size)
  scan.endAt(Number(size))
  scan.set32(TAIL, ENTRIES)
  scan.enter(PHASE_HEADER)
}

function readHeader(scan: ElfScan): boolean {
  if (!scan.need(0, EHDR_LENGTH, HEAD_WINDOW)) return false
  scan.set32(CLASS, scan.u8(4))
  scan.set32(DATA, scan.u8(5))
  scan.readIdent()
  const { wide } = scan
  scan.set32(TYPE, scan.u16(16))
  scan.set32(MACHINE, scan.u16(18))
  scan.set64(ENTRY, scan.word(24))
  scan.set64(PHOFF, scan.word(wide ? 32 : 28))
  scan.set64(SHOFF, scan.word(wide ? 40 : 32))
  // e_flags comes before these: four bytes that libelf never looks at.
  const sizes = wide ? 52 : 40
  scan.set32(EHSIZE, scan.u16(sizes))
  scan.set32(PHENTSIZE, scan.u16(sizes + 2))
  scan.set32(PHNUM, scan.u16(sizes + 4))
  scan.set32(SHENTSIZE, scan.u16(sizes + 6))
  scan.set32(SHNUM, scan.u16(sizes + 8))
  scan.set32(SHSTRNDX, scan.u16(sizes + 10))

  let flags = scan.get32(FLAGS)
  const size = scan.get64(SIZE)
  const segmentsEnd = add64(scan.get64(PHOFF), BigInt(scan.get32(PHENTSIZE) * scan.get32(PHNUM)))
  if (segmentsEnd > size) flags |= FLAG_SEGMENTS_OUTSIDE
  const sectionsEnd = add64(scan.get64(SHOFF), BigInt(scan.get32(SHENTSIZE) * sectionCount(scan)))
  if (sectionsEnd > size) flags |= FLAG_SECTIONS_OUTSIDE
  scan.set32(FLAGS, flags)
  return scan.enter(flags & FLAG_SEGMENTS_OUTSIDE ? PHASE_DONE : PHASE_SEGMENTS)
}

function readSegments(scan: ElfScan): boolean {
  const { wide } = scan
  const length = wide ? 56 : 32
  const step = scan.get32(PHENTSIZE)
  const count = scan.get32(PHNUM)
  const table = scan.get64(PHOFF)
  for (let index = scan.get32(INDEX); index < count; index++) {
    const place = add64(table, BigInt(step * index))
    // libelf breaks off where a header's first byte lies outside the image.
    if (place >= BigInt(scan.end)) break
    const at = Number(place)
    if (!scan.need(at, length, at + step * (count - index))) return false
    const type = scan.u32(at)
    if (type === PT_LOAD || type === PT_NOTE) {
      const entry = scan.begin(TAG_SEGMENT, SEGMENT_LENGTH)
      if (entry === 0) return true
      scan.set32(entry + ENTRY_INDEX, index)
      scan.set32(entry + SEGMENT_TYPE, type)
      scan.set32(entry + SEGMENT_FLAGS, scan.u32(at + (wide ? 4 : 24)))
      scan.set64(entry + SEGMENT_OFFSET, scan.word(at + (wide ? 8 : 4)))
      scan.set64(entry + SEGMENT_VADDR, scan.word(at + (wide ? 16 : 8)))
      scan.set64(entry + SEGMENT_PADDR, scan.word(at + (wide ? 24 : 12)))
      scan.set64(entry + SEGMENT_FILESZ, scan.word(at + (wide ? 32 : 16)))
      scan.set64(entry + SEGMENT_MEMSZ, scan.word(at + (wide ? 40 : 20)))
      scan.set64(entry + SEGMENT_ALIGN, scan.word(at + (wide ? 48 : 28)))
      scan.commit(entry)
    }
    scan.set32(INDEX, index + 1)
  }
  scan.set32(CURSOR, ENTRIES)
  scan.set32(CURSOR_END, scan.get32(TAIL))
  scan.set32(WALK_FROM, FROM_SEGMENT)
  return scan.enter(PHASE_NEXT_WALK)
}
