// Section headers, and the legacy `__xen_guest` section (elf_shdr_by_name in xen/common/libelf/libelf-tools.c,
// elf_xen_parse in libelf-dominfo.c). src/engine/typescript/elf-sections.ts is its twin.
import {
  BATCH,
  BATCH_COUNT,
  BATCH_DONE,
  BATCH_SIZE,
  CURSOR,
  CURSOR_END,
  ENTRY_INDEX,
  EXTENDED_SHNUM,
  FLAG_SECTIONS,
  FLAGS,
  FROM_SECTION,
  GUEST_BYTES,
  GUEST_STOP,
  GUEST_TEXT,
  HEAD_WINDOW,
  INDEX,
  MAX_STRING,
  NAMES_START,
  PHASE_DONE,
  PHASE_GUEST,
  PHASE_GUEST_TEXT,
  PHASE_NAMES_COMPARE,
  PHASE_NAMES_LOAD,
  PHASE_NEXT_WALK,
  SECTION_FLAGS,
  SECTION_LENGTH,
  SECTION_LINK,
  SECTION_OFFSET,
  SECTION_SIZE,
  SECTION_TYPE,
  SHENTSIZE,
  SHNUM,
  SHOFF,
  SHSTRNDX,
  SIZE,
  STOP_IMAGE,
  STOP_LIMIT,
  TAG_GUEST,
  TAG_SECTION,
  TAIL,
  WALK_FROM,
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
  return <u32>min<u64>(get32(SHNUM), get64(SIZE) / SHDR32_LENGTH)
}

/** Where section header `index` stands; where the image ends when its first byte lies outside. */
function sectionAt(index: u32): u64 {
  return min(get64(SHOFF) + get32(SHENTSIZE) * index, end)
}

/** Asks for section header `index` and those behind it. */
function needSection(at: u64, index: u32): bool {
  const rest = get32(SHENTSIZE) * (sectionCount() - index)
  return need(at, wide ? SHDR64_LENGTH : SHDR32_LENGTH, at + rest)
}

/** Records the headers of symbol tables, string tables and notes. */
export function readSections(): bool {
  if (!(get32(FLAGS) & FLAG_SECTIONS)) {
    set32(FLAGS, get32(FLAGS) | FLAG_SECTIONS)
    set32(CURSOR, get32(TAIL))
  }
  if (get32(SHNUM) === 0 && get64(SHOFF) !== 0 && !readExtendedCount()) return false
  const count = sectionCount()
  for (let index = get32(INDEX); index < count; index++) {
    const at = sectionAt(index)
    // libelf breaks off where a header's first byte lies outside the image.
    if (at === end) break
    if (!needSection(at, index)) return false
    const type = u32At(at + 4)
    if (type === SHT_SYMTAB || type === SHT_STRTAB || type === SHT_NOTE) {
      const entry = begin(TAG_SECTION, SECTION_LENGTH)
      if (entry === 0) return true
      fillSection(entry, at, index)
      commit(entry)
    }
    set32(INDEX, index + 1)
  }
  if (get32(XEN_NOTES) > 0) return enter(PHASE_DONE)
  set32(CURSOR_END, get32(TAIL))
  set32(WALK_FROM, FROM_SECTION)
  return enter(PHASE_NEXT_WALK)
}

/** Records how many headers the first one counts, where e_shnum does not. libelf believes e_shnum all the same. */
function readExtendedCount(): bool {
  const at = sectionAt(0)
  if (at === end) return true
  if (!need(at, wide ? SHDR64_LENGTH : SHDR32_LENGTH, 0)) return false
  set64(EXTENDED_SHNUM, wordAt(at + (wide ? 32 : 20)))
  return true
}

function fillSection(entry: u32, at: u64, index: u32): void {
  set32(entry + ENTRY_INDEX, index)
  set32(entry + SECTION_TYPE, u32At(at + 4))
  set32(entry + SECTION_LINK, u32At(at + (wide ? 40 : 24)))
  set64(entry + SECTION_FLAGS, wordAt(at + 8))
  set64(entry + SECTION_OFFSET, wordAt(at + (wide ? 24 : 16)))
  set64(entry + SECTION_SIZE, wordAt(at + (wide ? 32 : 20)))
}

/** Finds the section names, the last place to look in: an image without them has no `__xen_guest`. */
export function startNames(): bool {
  const index = get32(SHSTRNDX)
  if (index >= sectionCount()) return enter(PHASE_DONE)
  const at = sectionAt(index)
  if (!needSection(at, index)) return false
  // A header outside the image reads as 0, and the names start where the image does.
  set64(NAMES_START, wordAt(at + (wide ? 24 : 16)))
  // Section 0 has no name (elf_shdr_by_name starts behind it).
  set32(INDEX, 1)
  return enter(PHASE_NAMES_LOAD)
}

/** Loads sh_name of the next sections. INDEX is the first of the batch until that was compared. */
export function loadNames(): bool {
  const first = get32(INDEX)
  const count = min<u32>(sectionCount() - first, BATCH_SIZE)
  let loaded = get32(BATCH_COUNT)
  for (; loaded < count; loaded++) {
    const at = sectionAt(first + loaded)
    if (at === end) break
    if (!needSection(at, first + loaded)) return false
    set32(BATCH + 4 * loaded, u32At(at))
    set32(BATCH_COUNT, loaded + 1)
  }
  return enter(loaded > 0 ? PHASE_NAMES_COMPARE : PHASE_DONE)
}

export function compareNames(): bool {
  const first = get32(INDEX)
  const count = get32(BATCH_COUNT)
  for (let done = get32(BATCH_DONE); done < count; done++) {
    const name: u64 = get32(BATCH + 4 * done)
    const at = get64(NAMES_START) + name
    if (at < end) {
      // Names stand in no order: all of a small table come in one window.
      const from = name < <u64>HEAD_WINDOW && at >= name ? at - name : at
      if (!need(from, at - from + GUEST_NAME_LENGTH, from + HEAD_WINDOW)) return false
      if (equals(at, GUEST_NAME, GUEST_NAME_LENGTH)) {
        set32(INDEX, first + done)
        return enter(PHASE_GUEST)
      }
    }
    set32(BATCH_DONE, done + 1)
  }
  set32(INDEX, first + count)
  set32(BATCH_COUNT, 0)
  set32(BATCH_DONE, 0)
  return enter(PHASE_NAMES_LOAD)
}

/** Records the header of the guest section; its string follows. */
export function readGuest(): bool {
  const index = get32(INDEX)
  const at = sectionAt(index)
  if (!needSection(at, index)) return false
  const entry = begin(TAG_GUEST, GUEST_BYTES)
  if (entry === 0) return true
  fillSection(entry, at, index)
  return enter(PHASE_GUEST_TEXT)
}

export function readGuestText(): bool {
  const entry = get32(TAIL)
  const at = min(get64(entry + SECTION_OFFSET), end)
  const limit = at + MAX_STRING + 1
  if (!need(at, min<u64>(get64(entry + SECTION_SIZE), MAX_STRING), 0)) return false
  const nul = findNul(at, limit)
  if (nul === NONE && !need(at, MAX_STRING + 1, 0)) return false
  const text = <u32>(min(nul, min(at + MAX_STRING, end)) - at)
  if (!extend(entry, GUEST_BYTES + text)) return true
  set32(entry + GUEST_TEXT, text)
  if (nul === NONE) set32(entry + GUEST_STOP, end < limit ? STOP_IMAGE : STOP_LIMIT)
  copyIn(entry + GUEST_BYTES, at, text)
  commit(entry)
  return enter(PHASE_DONE)
}
