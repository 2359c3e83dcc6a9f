// What every part of the ELF scanner works on: the window of the image that is in memory, and the record.
import { RECORD, RECORD_END } from '../src/engine/memory.ts'
import * as record from '../src/engine/record.ts'

const ELFCLASS64: u32 = 2
const ELFDATA2LSB: u32 = 1

/** The room that an entry may take. */
const ROOM: u32 = RECORD_END - RECORD

// Where in memory the window is, which position of the image it starts at, how long it is.
let address: usize = 0
export let start: u64 = 0
let length: u64 = 0
/** Where the window stops, and where the image ends. */
let stop: u64 = 0
export let end: u64 = 0
/** The 64-bit layout; everything but ELFCLASS64 is read as 32-bit (libelf.h, elf_uval). */
export let wide: bool = false
/** Everything but ELFDATA2LSB is read as big-endian (libelf.h, elf_swap). */
let swap: bool = false

export function openWindow(at: usize, size: u32, from: u64): void {
  address = at
  start = from
  length = size
  endAt(get64(record.END))
  readIdent()
}

/** Sets where the image ends; no window reaches further. */
export function endAt(position: u64): void {
  end = position
  stop = min(start + length, position)
}

/** Takes over class and byte order from the record. */
export function readIdent(): void {
  wide = get32(record.CLASS) === ELFCLASS64
  swap = get32(record.DATA) !== ELFDATA2LSB
}

export function get32(field: u32): u32 {
  return load<u32>(RECORD + field)
}

export function set32(field: u32, value: u32): void {
  store<u32>(RECORD + field, value)
}

export function get64(field: u32): u64 {
  return load<u64>(RECORD + field)
}

export function set64(field: u32, value: u64): void {
  store<u64>(RECORD + field, value)
}

/** The phase that comes next; true, so that a step can end with it. */
export function enter(phase: u32): bool {
  set32(record.PHASE, phase)
  return true
}

/**
 * True when [at, at + least) is in the window, or as much of it as the image has. Else asks for it, and
 * for what follows up to `upto` or the size of a window.
 */
export function need(at: u64, least: u64, upto: u64): bool {
  const last = min(at + least, end)
  if (last <= at || (at >= start && last <= stop)) return true
  const wanted = min(max(last, min(upto, at + record.TABLE_WINDOW)), end)
  set64(record.WANT_START, at)
  set32(record.WANT_LENGTH, <u32>(wanted - at))
  return false
}

// Fields of the image. One that does not lie wholly inside it reads as 0 (elf_access_unsigned).

export function u8At(at: u64): u32 {
  return at + 1 <= end ? <u32>load<u8>(place(at)) : 0
}

export function u16At(at: u64): u32 {
  if (at + 2 > end) return 0
  const value = load<u16>(place(at))
  return swap ? <u32>bswap<u16>(value) : <u32>value
}

export function u32At(at: u64): u32 {
  if (at + 4 > end) return 0
  const value = load<u32>(place(at))
  return swap ? bswap<u32>(value) : value
}

function u64At(at: u64): u64 {
  if (at + 8 > end) return 0
  const value = load<u64>(place(at))
  return swap ? bswap<u64>(value) : value
}

/** A field that has 4 bytes in the 32-bit layout and 8 in the 64-bit one. */
export function wordAt(at: u64): u64 {
  return wide ? u64At(at) : <u64>u32At(at)
}

function place(at: u64): usize {
  return address + <usize>(at - start)
}

/** No position of any image. */
export const NONE: u64 = u64.MAX_VALUE

/** Where the NUL is that ends the string at `at`, looked for in the window below `limit`; NONE for none. */
export function findNul(at: u64, limit: u64): u64 {
  if (at < start) return NONE
  const last = min(limit, stop)
  for (let position = at; position < last; position++) {
    if (load<u8>(place(position)) === 0) return position
  }
  return NONE
}

/** Whether the image has the `size` bytes that are at `bytes` in memory at `at`, all of them inside it. */
export function equals(at: u64, bytes: usize, size: u32): bool {
  return at + size <= end && memory.compare(place(at), bytes, size) === 0
}

/** Copies bytes of the window into the record. */
export function copyIn(field: u32, at: u64, size: u32): void {
  if (size > 0) memory.copy(RECORD + field, place(at), size)
}

/**
 * Where in the record an entry of `size` bytes begins, all zero. 0 when the record is full: then the
 * scan is over, and says so.
 */
export function begin(tag: u32, size: u32): u32 {
  const entry = get32(record.TAIL)
  if (!grow(entry, 0, size)) return 0
  set32(entry + record.ENTRY_TAG, tag)
  return entry
}

/** Makes the entry that was begun `size` bytes long, and returns false when the record is full. */
export function extend(entry: u32, size: u32): bool {
  return grow(entry, get32(entry + record.ENTRY_LENGTH), size)
}

function grow(entry: u32, before: u32, size: u32): bool {
  const rounded = (size + 7) & ~7
  if (entry + rounded > ROOM) {
    set32(record.FLAGS, get32(record.FLAGS) | record.FLAG_TRUNCATED)
    enter(record.PHASE_DONE)
    return false
  }
  memory.fill(RECORD + entry + before, 0, rounded - before)
  set32(entry + record.ENTRY_LENGTH, rounded)
  return true
}

/** Makes the entry that was begun part of the record. */
export function commit(entry: u32): void {
  set32(record.TAIL, entry + get32(entry + record.ENTRY_LENGTH))
}
