// Section headers, and the legacy `__xen_guest` section (elf_shdr_by_name in xen/common/libelf/libelf-tools.c,
// elf_xen_parse in libelf-dominfo.c). src/engine/typescript/elf-sections.ts is its twin.
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
  wide,
  wordAt,
} from './elf-scan'

const SHT_SYMTAB: u32 = 2
const SHT_STRTAB: u32 = 3
const SHT_NOTE: u32 = 7
/** The smallest section header, by which libelf bounds their number (elf_shdr_count). */
const SHDR32_LENGTH: u64 = 40
const SHDR64_LENGTH: u64 = 64
/** "__xen_guest" and its NUL. */
const GUEST_NAME = memory.data<u8>([0x5f, 0x5f, 0x78, 0x65, 0x6e, 0x5f, 0x67, 0x75, 0x65, 0x73, 0x74, 0])
const GUEST_NAME_LENGTH: u32 = 12

/** The number of sections that libelf believes. */
export function sectionCount(): u32 {
  return <u32>min<u64>(get32(record.SHNUM), get64(record.SIZE) / SHDR32_LENGTH)
}

/** Where section header `index` is; where the image ends when its first byte lies outside. */
function sectionAt(index: u32): u64 {
  return min(get64(record.SHOFF) + get32(record.SHENTSIZE) * index, end)
}

/** Asks for section header `index` and those after it. */
function needSection(at: u64, index: u32): bool {
  const rest = get32(record.SHENTSIZE) * (sectionCount() - index)
  return need(at, wide ? SHDR64_LENGTH : SHDR32_LENGTH, at + rest)
}

/** Records the headers of symbol tables, string tables and notes. */
export function readSections(): bool {
  if (!(get32(record.FLAGS) & record.FLAG_SECTIONS)) {
    set32(record.FLAGS, get32(record.FLAGS) | record.FLAG_SECTIONS)
    set32(record.CURSOR, get32(record.TAIL))
  }
  if (get32(record.SHNUM) === 0 && get64(record.SHOFF) !== 0 && !readExtendedCount()) return false
  const count = sectionCount()
  for (let index = get32(record.INDEX); index < count; index++) {
    const at = sectionAt(index)
    // libelf breaks off where a header's first byte lies outside the image.
    if (at === end) break
    if (!needSection(at, index)) return false
    const type = u32At(at + 4)
    if (type === SHT_SYMTAB || type === SHT_STRTAB || type === SHT_NOTE) {
      const entry = begin(record.TAG_SECTION, record.SECTION_LENGTH)
      if (entry === 0) return true
      fillSection(entry, at, index)
      commit(entry)
    }
    set32(record.INDEX, index + 1)
  }
  if (get32(record.XEN_NOTES) > 0) return enter(record.PHASE_DONE)
  set32(record.CURSOR_END, get32(record.TAIL))
  set32(record.WALK_FROM, record.FROM_SECTION)
  return enter(record.PHASE_NEXT_WALK)
}

/** Records how many headers the first one counts, where e_shnum does not. libelf believes e_shnum all the same. */
function readExtendedCount(): bool {
  const at = sectionAt(0)
  if (at === end) return true
  if (!need(at, wide ? SHDR64_LENGTH : SHDR32_LENGTH, 0)) return false
  set64(record.EXTENDED_SHNUM, wordAt(at + (wide ? 32 : 20)))
  return true
}

function fillSection(entry: u32, at: u64, index: u32): void {
  set32(entry + record.ENTRY_INDEX, index)
  set32(entry + record.SECTION_TYPE, u32At(at + 4))
  set32(entry + record.SECTION_LINK, u32At(at + (wide ? 40 : 24)))
  set64(entry + record.SECTION_FLAGS, wordAt(at + 8))
  set64(entry + record.SECTION_OFFSET, wordAt(at + (wide ? 24 : 16)))
  set64(entry + record.SECTION_SIZE, wordAt(at + (wide ? 32 : 20)))
}

/** Finds the section names, the last place to look in: an image without them has no `__xen_guest`. */
export function startNames(): bool {
  const index = get32(record.SHSTRNDX)
  if (index >= sectionCount()) return enter(record.PHASE_DONE)
  const at = sectionAt(index)
  if (!needSection(at, index)) return false
  // A header outside the image reads as 0, and the names start where the image does.
  set64(record.NAMES_START, wordAt(at + (wide ? 24 : 16)))
  // Section 0 has no name (elf_shdr_by_name starts after it).
  set32(record.INDEX, 1)
  return enter(record.PHASE_NAMES_LOAD)
}

/** Loads sh_name of the next sections. INDEX is the first of the batch until that was compared. */
export function loadNames(): bool {
  const first = get32(record.INDEX)
  const count = min<u32>(sectionCount() - first, record.BATCH_SIZE)
  let loaded = get32(record.BATCH_COUNT)
  for (; loaded < count; loaded++) {
    const at = sectionAt(first + loaded)
    if (at === end) break
    if (!needSection(at, first + loaded)) return false
    set32(record.BATCH + 4 * loaded, u32At(at))
    set32(record.BATCH_COUNT, loaded + 1)
  }
  return enter(loaded > 0 ? record.PHASE_NAMES_COMPARE : record.PHASE_DONE)
}

export function compareNames(): bool {
  const first = get32(record.INDEX)
  const count = get32(record.BATCH_COUNT)
  for (let done = get32(record.BATCH_DONE); done < count; done++) {
    const name: u64 = get32(record.BATCH + 4 * done)
    const at = get64(record.NAMES_START) + name
    if (at < end) {
      // Names are in no order: all of a small table come in one window.
      const from = name < <u64>record.HEAD_WINDOW && at >= name ? at - name : at
      if (!need(from, at - from + GUEST_NAME_LENGTH, from + record.HEAD_WINDOW)) return false
      if (equals(at, GUEST_NAME, GUEST_NAME_LENGTH)) {
        set32(record.INDEX, first + done)
        return enter(record.PHASE_GUEST)
      }
    }
    set32(record.BATCH_DONE, done + 1)
  }
  set32(record.INDEX, first + count)
  set32(record.BATCH_COUNT, 0)
  set32(record.BATCH_DONE, 0)
  return enter(record.PHASE_NAMES_LOAD)
}

/** Records the header of the guest section; its string follows. */
export function readGuest(): bool {
  const index = get32(record.INDEX)
  const at = sectionAt(index)
  if (!needSection(at, index)) return false
  const entry = begin(record.TAG_GUEST, record.GUEST_BYTES)
  if (entry === 0) return true
  fillSection(entry, at, index)
  return enter(record.PHASE_GUEST_TEXT)
}

export function readGuestText(): bool {
  const entry = get32(record.TAIL)
  const at = min(get64(entry + record.SECTION_OFFSET), end)
  const limit = at + record.MAX_STRING + 1
  if (!need(at, min<u64>(get64(entry + record.SECTION_SIZE), record.MAX_STRING), 0)) return false
  const nul = findNul(at, limit)
  if (nul === NONE && !need(at, record.MAX_STRING + 1, 0)) return false
  const text = <u32>(min(nul, min(at + record.MAX_STRING, end)) - at)
  if (!extend(entry, record.GUEST_BYTES + text)) return true
  set32(entry + record.GUEST_TEXT, text)
  if (nul === NONE) set32(entry + record.GUEST_STOP, end < limit ? record.STOP_IMAGE : record.STOP_LIMIT)
  copyIn(entry + record.GUEST_BYTES, at, text)
  commit(entry)
  return enter(record.PHASE_DONE)
}
