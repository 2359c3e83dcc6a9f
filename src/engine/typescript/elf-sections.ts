/**
 * Section headers, and the legacy `__xen_guest` section, twin of asm/elf-sections.ts (elf_shdr_by_name in
 * xen/common/libelf/libelf-tools.c, elf_xen_parse in libelf-dominfo.c).
 * @module
 */
import * as record from '../record.ts'
import { add64, type ElfScan } from './elf-scan.ts'

const SHT_SYMTAB = 2
const SHT_STRTAB = 3
const SHT_NOTE = 7
/** The smallest section header, by which libelf bounds their number (elf_shdr_count). */
const SHDR32_LENGTH = 40
const SHDR64_LENGTH = 64
/** "__xen_guest" and its NUL. */
const GUEST_NAME = [0x5f, 0x5f, 0x78, 0x65, 0x6e, 0x5f, 0x67, 0x75, 0x65, 0x73, 0x74, 0]

/** The number of sections that libelf believes. */
export function sectionCount(scan: ElfScan): number {
  return Math.min(scan.get32(record.SHNUM), Math.floor(Number(scan.get64(record.SIZE)) / SHDR32_LENGTH))
}

/** Where section header `index` is; where the image ends when its first byte lies outside. */
function sectionAt(scan: ElfScan, index: number): number {
  const place = add64(scan.get64(record.SHOFF), BigInt(scan.get32(record.SHENTSIZE) * index))
  return place < BigInt(scan.end) ? Number(place) : scan.end
}

/** Asks for section header `index` and those after it. */
function needSection(scan: ElfScan, at: number, index: number): boolean {
  const rest = scan.get32(record.SHENTSIZE) * (sectionCount(scan) - index)
  return scan.need(at, scan.wide ? SHDR64_LENGTH : SHDR32_LENGTH, at + rest)
}

/** Records the headers of symbol tables, string tables and notes. */
export function readSections(scan: ElfScan): boolean {
  if (!(scan.get32(record.FLAGS) & record.FLAG_SECTIONS)) {
    scan.set32(record.FLAGS, scan.get32(record.FLAGS) | record.FLAG_SECTIONS)
    scan.set32(record.CURSOR, scan.get32(record.TAIL))
  }
  if (scan.get32(record.SHNUM) === 0 && scan.get64(record.SHOFF) !== 0n && !readExtendedCount(scan))
    return false
  const count = sectionCount(scan)
  for (let index = scan.get32(record.INDEX); index < count; index++) {
    const at = sectionAt(scan, index)
    // libelf breaks off where a header's first byte lies outside the image.
    if (at === scan.end) break
    if (!needSection(scan, at, index)) return false
    const type = scan.u32(at + 4)
    if (type === SHT_SYMTAB || type === SHT_STRTAB || type === SHT_NOTE) {
      const entry = scan.begin(record.TAG_SECTION, record.SECTION_LENGTH)
      if (entry === 0) return true
      fillSection(scan, entry, at, index)
      scan.commit(entry)
    }
    scan.set32(record.INDEX, index + 1)
  }
  if (scan.get32(record.XEN_NOTES) > 0) return scan.enter(record.PHASE_DONE)
  scan.set32(record.CURSOR_END, scan.get32(record.TAIL))
  scan.set32(record.WALK_FROM, record.FROM_SECTION)
  return scan.enter(record.PHASE_NEXT_WALK)
}

/** Records how many headers the first one counts, where e_shnum does not. libelf believes e_shnum all the same. */
function readExtendedCount(scan: ElfScan): boolean {
  const at = sectionAt(scan, 0)
  if (at === scan.end) return true
  if (!scan.need(at, scan.wide ? SHDR64_LENGTH : SHDR32_LENGTH, 0)) return false
  scan.set64(record.EXTENDED_SHNUM, scan.word(at + (scan.wide ? 32 : 20)))
  return true
}

function fillSection(scan: ElfScan, entry: number, at: number, index: number): void {
  const { wide } = scan
  scan.set32(entry + record.ENTRY_INDEX, index)
  scan.set32(entry + record.SECTION_TYPE, scan.u32(at + 4))
  scan.set32(entry + record.SECTION_LINK, scan.u32(at + (wide ? 40 : 24)))
  scan.set64(entry + record.SECTION_FLAGS, scan.word(at + 8))
  scan.set64(entry + record.SECTION_OFFSET, scan.word(at + (wide ? 24 : 16)))
  scan.set64(entry + record.SECTION_SIZE, scan.word(at + (wide ? 32 : 20)))
}

/** Finds the section names, the last place to look in: an image without them has no `__xen_guest`. */
export function startNames(scan: ElfScan): boolean {
  const index = scan.get32(record.SHSTRNDX)
  if (index >= sectionCount(scan)) return scan.enter(record.PHASE_DONE)
  const at = sectionAt(scan, index)
  if (!needSection(scan, at, index)) return false
  // A header outside the image reads as 0, and the names start where the image does.
  scan.set64(record.NAMES_START, scan.word(at + (scan.wide ? 24 : 16)))
  // Section 0 has no name (elf_shdr_by_name starts after it).
  scan.set32(record.INDEX, 1)
  return scan.enter(record.PHASE_NAMES_LOAD)
}

/** Loads sh_name of the next sections. INDEX is the first of the batch until that was compared. */
export function loadNames(scan: ElfScan): boolean {
  const first = scan.get32(record.INDEX)
  const count = Math.min(sectionCount(scan) - first, record.BATCH_SIZE)
  let loaded = scan.get32(record.BATCH_COUNT)
  for (; loaded < count; loaded++) {
    const at = sectionAt(scan, first + loaded)
    if (at === scan.end) break
    if (!needSection(scan, at, first + loaded)) return false
    scan.set32(record.BATCH + 4 * loaded, scan.u32(at))
    scan.set32(record.BATCH_COUNT, loaded + 1)
  }
  return scan.enter(loaded > 0 ? record.PHASE_NAMES_COMPARE : record.PHASE_DONE)
}

export function compareNames(scan: ElfScan): boolean {
  const first = scan.get32(record.INDEX)
  const count = scan.get32(record.BATCH_COUNT)
  for (let done = scan.get32(record.BATCH_DONE); done < count; done++) {
    const name = scan.get32(record.BATCH + 4 * done)
    const place = add64(scan.get64(record.NAMES_START), BigInt(name))
    if (place < BigInt(scan.end)) {
      const at = Number(place)
      // Names are in no order: all of a small table come in one window.
      const from = name < record.HEAD_WINDOW && at >= name ? at - name : at
      if (!scan.need(from, at - from + GUEST_NAME.length, from + record.HEAD_WINDOW)) return false
      if (scan.equals(at, GUEST_NAME)) {
        scan.set32(record.INDEX, first + done)
        return scan.enter(record.PHASE_GUEST)
      }
    }
    scan.set32(record.BATCH_DONE, done + 1)
  }
  scan.set32(record.INDEX, first + count)
  scan.set32(record.BATCH_COUNT, 0)
  scan.set32(record.BATCH_DONE, 0)
  return scan.enter(record.PHASE_NAMES_LOAD)
}

/** Records the header of the guest section; its string follows. */
export function readGuest(scan: ElfScan): boolean {
  const index = scan.get32(record.INDEX)
  const at = sectionAt(scan, index)
  if (!needSection(scan, at, index)) return false
  const entry = scan.begin(record.TAG_GUEST, record.GUEST_BYTES)
  if (entry === 0) return true
  fillSection(scan, entry, at, index)
  return scan.enter(record.PHASE_GUEST_TEXT)
}

export function readGuestText(scan: ElfScan): boolean {
  const entry = scan.get32(record.TAIL)
  const offset = scan.get64(entry + record.SECTION_OFFSET)
  const at = offset < BigInt(scan.end) ? Number(offset) : scan.end
  const limit = at + record.MAX_STRING + 1
  const size = Number(scan.get64(entry + record.SECTION_SIZE))
  if (!scan.need(at, Math.min(size, record.MAX_STRING), 0)) return false
  const nul = scan.findNul(at, limit)
  if (nul < 0 && !scan.need(at, record.MAX_STRING + 1, 0)) return false
  const last = nul < 0 ? Math.min(at + record.MAX_STRING, scan.end) : nul
  if (!scan.extend(entry, record.GUEST_BYTES + last - at)) return true
  scan.set32(entry + record.GUEST_TEXT, last - at)
  if (nul < 0) scan.set32(entry + record.GUEST_STOP, scan.end < limit ? record.STOP_IMAGE : record.STOP_LIMIT)
  scan.copy(entry + record.GUEST_BYTES, at, last - at)
  scan.commit(entry)
  return scan.enter(record.PHASE_DONE)
}
