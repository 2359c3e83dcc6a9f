/**
 * The ELF scanner, twin of asm/elf.ts: header and program headers, in the order of Xen's elf_init and
 * elf_xen_parse (xen/common/libelf/libelf-loader.c, libelf-dominfo.c).
 * @module
 */
import { RECORD } from '../memory.ts'
import * as record from '../record.ts'
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
  if (scan.get32(record.PHASE) === record.PHASE_START) startScan(scan)
  else takeWindow(scan, length)
  for (;;) {
    const phase = scan.get32(record.PHASE)
    if (phase === record.PHASE_DONE) {
      scan.set64(record.WANT_START, 0n)
      return 0
    }
    if (!step(scan, phase)) return 1
  }
}

/** A window that does not cover what was asked for means that the image ends where it stops. */
function takeWindow(scan: ElfScan, length: number): void {
  const wanted = scan.get32(record.WANT_LENGTH)
  if (wanted === 0) return
  scan.set32(record.WANT_LENGTH, 0)
  const from = Number(scan.get64(record.WANT_START))
  const stop = scan.start <= from ? Math.max(scan.start + length, from) : from
  if (stop >= from + wanted) return
  scan.set64(record.END, BigInt(stop))
  scan.endAt(stop)
}

/** One step; false when it needs another window. */
function step(scan: ElfScan, phase: number): boolean {
  switch (phase) {
    case record.PHASE_HEADER:
      return readHeader(scan)
    case record.PHASE_SEGMENTS:
      return readSegments(scan)
    case record.PHASE_NEXT_WALK:
      return nextWalk(scan)
    case record.PHASE_NOTE:
      return readNote(scan)
    case record.PHASE_VALUE:
      return readValue(scan)
    case record.PHASE_SECTIONS:
      return readSections(scan)
    case record.PHASE_NAMES_START:
      return startNames(scan)
    case record.PHASE_NAMES_LOAD:
      return loadNames(scan)
    case record.PHASE_NAMES_COMPARE:
      return compareNames(scan)
    case record.PHASE_GUEST:
      return readGuest(scan)
    case record.PHASE_GUEST_TEXT:
      return readGuestText(scan)
    default:
      return scan.enter(record.PHASE_DONE)
  }
}

function startScan(scan: ElfScan): void {
  const size = scan.get64(record.SIZE)
  scan.memory.fill(0, RECORD, RECORD + record.ENTRIES)
  scan.set64(record.SIZE, size)
  scan.set64(record.END, size)
  scan.endAt(Number(size))
  scan.set32(record.TAIL, record.ENTRIES)
  scan.enter(record.PHASE_HEADER)
}

function readHeader(scan: ElfScan): boolean {
  if (!scan.need(0, EHDR_LENGTH, record.HEAD_WINDOW)) return false
  scan.set32(record.CLASS, scan.u8(4))
  scan.set32(record.DATA, scan.u8(5))
  scan.readIdent()
  const { wide } = scan
  scan.set32(record.TYPE, scan.u16(16))
  scan.set32(record.MACHINE, scan.u16(18))
  scan.set64(record.ENTRY, scan.word(24))
  scan.set64(record.PHOFF, scan.word(wide ? 32 : 28))
  scan.set64(record.SHOFF, scan.word(wide ? 40 : 32))
  // e_flags comes before these: four bytes that libelf never looks at.
  const sizes = wide ? 52 : 40
  scan.set32(record.EHSIZE, scan.u16(sizes))
  scan.set32(record.PHENTSIZE, scan.u16(sizes + 2))
  scan.set32(record.PHNUM, scan.u16(sizes + 4))
  scan.set32(record.SHENTSIZE, scan.u16(sizes + 6))
  scan.set32(record.SHNUM, scan.u16(sizes + 8))
  scan.set32(record.SHSTRNDX, scan.u16(sizes + 10))

  let flags = scan.get32(record.FLAGS)
  const size = scan.get64(record.SIZE)
  const segmentsEnd = add64(
    scan.get64(record.PHOFF),
    BigInt(scan.get32(record.PHENTSIZE) * scan.get32(record.PHNUM)),
  )
  if (segmentsEnd > size) flags |= record.FLAG_SEGMENTS_OUTSIDE
  const sectionsEnd = add64(
    scan.get64(record.SHOFF),
    BigInt(scan.get32(record.SHENTSIZE) * sectionCount(scan)),
  )
  if (sectionsEnd > size) flags |= record.FLAG_SECTIONS_OUTSIDE
  scan.set32(record.FLAGS, flags)
  return scan.enter(flags & record.FLAG_SEGMENTS_OUTSIDE ? record.PHASE_DONE : record.PHASE_SEGMENTS)
}

function readSegments(scan: ElfScan): boolean {
  const { wide } = scan
  const length = wide ? 56 : 32
  const step = scan.get32(record.PHENTSIZE)
  const count = scan.get32(record.PHNUM)
  const table = scan.get64(record.PHOFF)
  for (let index = scan.get32(record.INDEX); index < count; index++) {
    const place = add64(table, BigInt(step * index))
    // libelf breaks off where a header's first byte lies outside the image.
    if (place >= BigInt(scan.end)) break
    const at = Number(place)
    if (!scan.need(at, length, at + step * (count - index))) return false
    const type = scan.u32(at)
    if (type === PT_LOAD || type === PT_NOTE) {
      const entry = scan.begin(record.TAG_SEGMENT, record.SEGMENT_LENGTH)
      if (entry === 0) return true
      scan.set32(entry + record.ENTRY_INDEX, index)
      scan.set32(entry + record.SEGMENT_TYPE, type)
      scan.set32(entry + record.SEGMENT_FLAGS, scan.u32(at + (wide ? 4 : 24)))
      scan.set64(entry + record.SEGMENT_OFFSET, scan.word(at + (wide ? 8 : 4)))
      scan.set64(entry + record.SEGMENT_VADDR, scan.word(at + (wide ? 16 : 8)))
      scan.set64(entry + record.SEGMENT_PADDR, scan.word(at + (wide ? 24 : 12)))
      scan.set64(entry + record.SEGMENT_FILESZ, scan.word(at + (wide ? 32 : 16)))
      scan.set64(entry + record.SEGMENT_MEMSZ, scan.word(at + (wide ? 40 : 20)))
      scan.set64(entry + record.SEGMENT_ALIGN, scan.word(at + (wide ? 48 : 28)))
      scan.commit(entry)
    }
    scan.set32(record.INDEX, index + 1)
  }
  scan.set32(record.CURSOR, record.ENTRIES)
  scan.set32(record.CURSOR_END, scan.get32(record.TAIL))
  scan.set32(record.WALK_FROM, record.FROM_SEGMENT)
  return scan.enter(record.PHASE_NEXT_WALK)
}
