/** Finding and reading notes: grub_xen_get_infoXX and parse_note (grub-core/loader/i386/xen_fileXX.c). */
import type { Note } from '../../facts/facts.ts'
import type { ElfImage } from '../libelf/image.ts'
import { noteName } from '../note-names.ts'
import {
  type GrubInfo,
  type GrubKernelArch,
  type GrubStop,
  MESSAGES,
  type Tell,
  undefinedRead,
} from './answer.ts'
import { readGuestString } from './guest-string.ts'
import type { GrubReader } from './pvgrub2.ts'
import { type GrubRead, grubBecause } from './reason.ts'

const PT_NOTE = 4
const SHT_NOTE = 7
const NOTE_HEADER = 12
/** sizeof(Elf32_Phdr), sizeof(Elf64_Phdr), sizeof(Elf32_Shdr), sizeof(Elf64_Shdr). */
const HEADERS = { 32: { program: 32, section: 40 }, 64: { program: 56, section: 64 } } as const
/** More than any guest gives GRUB's heap: such an allocation fails. */
const MEMORY = 2 ** 30

// XEN_ELFNOTE_* (include/xen/elfnote.h).
const ENTRY = 1
const HYPERCALL_PAGE = 2
const VIRT_BASE = 3
const PADDR_OFFSET = 4
const LOADER = 8
const PAE_MODE = 9
const INIT_P2M = 15
const MOD_START_PFN = 16

/** Reads what GRUB wants to know of an ELF of `size` bytes. */
export function readInfo(ask: GrubReader, image: ElfImage, size: number): GrubInfo | GrubStop {
  const { facts, is64 } = image
  const sizes = HEADERS[is64 ? 64 : 32]
  const info: GrubInfo = { arch: is64 ? 'x86_64' : 'i386', virtBase: 0n, hasNote: false }
  const tell: Tell = (what, does, value, offset) =>
    ask.trace?.({
      stage: 'parse_note',
      what,
      does,
      ...(value !== undefined && { value }),
      ...(offset !== undefined && { offset }),
    })
  if (facts.phnum > 0 && facts.phentsize > 0 && facts.phentsize < sizes.program) {
    return undefinedRead('notes', 'program-headers', { size: facts.phentsize })
  }
  for (const segment of facts.segments) {
    if (segment.type !== PT_NOTE) continue
    const walk = image.walks.findIndex(
      ({ walk: { from, index } }) => from === 'PT_NOTE' && index === segment.index,
    )
    const range = { offset: Number(segment.offset), length: Number(segment.filesz) }
    const stop = readRange(ask, image, walk, range, size, info, tell)
    if (stop !== undefined) return stop
  }
  if (info.hasNote) return info

  if (facts.shnum === 0 || facts.shentsize === 0) return noNotes(MESSAGES.noNote)
  const table = readable({ offset: Number(facts.shoff), length: facts.shnum * facts.shentsize }, size)
  if (table !== undefined) return table
  if (facts.shstrndx >= facts.shnum || facts.shentsize < sizes.section) {
    return undefinedRead('notes', 'names-section')
  }
  if (facts.sections === undefined) {
    return {
      verdict: 'uncertain',
      stage: 'notes',
      code: 'unpacked-only-in-part',
      reason: grubBecause('sections-unread'),
    }
  }
  if (ask.gate('notes-in-sections')) {
    for (const section of facts.sections) {
      if (section.type !== SHT_NOTE) continue
      const walk = image.walks.findIndex(
        ({ walk: { from, index } }) => from === 'SHT_NOTE' && index === section.index,
      )
      const range = { offset: Number(section.offset), length: Number(section.size) }
      const stop = readRange(ask, image, walk, range, size, info, tell)
      if (stop !== undefined) return stop
    }
    if (info.hasNote) return info
  }
  if (facts.guest === undefined) return noNotes(MESSAGES.noNoteFound)
  const range = { offset: Number(facts.guest.offset), length: Number(facts.guest.size) }
  const outside = readable(range, size)
  if (outside !== undefined) return outside
  return readGuestString(facts.guest.text, range.length, info, tell) ?? info
}

const noNotes = (message: string): GrubStop => ({
  verdict: 'refuses',
  stage: 'notes',
  code: 'no-notes',
  message,
  reason: grubBecause('no-notes'),
})

interface Range {
  offset: number
  length: number
}

/** Why GRUB cannot read a range of the file into memory. */
function readable({ offset, length }: Range, size: number): GrubStop | undefined {
  const place = { offset, length, size }
  const refuse = (message: string, code: 'outside-file' | 'more-than-memory'): GrubStop => ({
    verdict: 'refuses',
    stage: 'notes',
    code: 'elf-table-outside',
    message,
    reason: grubBecause(code, place),
  })
  if (offset > size) return refuse(MESSAGES.seek, 'outside-file')
  if (length > MEMORY) return refuse(MESSAGES.memory, 'more-than-memory')
  if (offset + length > size) return refuse(MESSAGES.premature, 'outside-file')
  return undefined
}

function readRange(
  ask: GrubReader,
  image: ElfImage,
  walk: number,
  range: Range,
  size: number,
  info: GrubInfo,
  tell: Tell,
): GrubStop | undefined {
  const outside = readable(range, size)
  if (outside !== undefined || walk < 0) return outside
  // GRUB counts whole words.
  const end = Math.floor(range.length / 4) * 4
  for (const { note } of image.walks[walk]!.notes) {
    const at = note.offset - range.offset
    if (at >= end) break
    const stop = readNote(ask, image, note, at, range.length, info, tell)
    if (stop !== undefined) return stop
    // Sizes near 2^32 wrap around to 0: GRUB's next note is not Xen's.
    if (note.namesz > 0xffff_fffc || note.descsz > 0xffff_fffc) {
      return undefinedRead('notes', 'note-sizes', { at: note.offset })
    }
  }
  if (image.walks[walk]!.walk.stop === 'limit') return undefinedRead('notes', 'notes-unread')
  return undefined
}

/** GRUB's heap gives memory in units of 8 bytes at least. */
const HEAP_UNIT = 8

/**
 * Compares bytes of a note, by their place in the buffer of `length` bytes. What is left of the heap's last unit is GRUB's
 * own, and holds nothing of the file: what is to be there is not. Beyond it nothing is known.
 */
function compare(
  bytes: (index: number) => number | undefined,
  at: number,
  length: number,
  text: string,
): boolean | 'outside' {
  for (let index = 0; index < text.length; index++) {
    if (at + index >= length) {
      const held = Math.ceil(length / HEAP_UNIT) * HEAP_UNIT
      return at + text.length <= held ? false : 'outside'
    }
    if (bytes(index) !== text.charCodeAt(index)) return false
  }
  return true
}

function readNote(
  ask: GrubReader,
  image: ElfImage,
  note: Note,
  at: number,
  length: number,
  info: GrubInfo,
  tell: Tell,
): GrubStop | undefined {
  const { descsz, namesz, owner, type } = note
  const outside = (what: GrubRead) => undefinedRead('notes', what, { at: note.offset })
  if (at + NOTE_HEADER > length) return outside('note-header')
  if (namesz < 3) return undefined
  const name = compare(
    index => (index < owner.length ? owner.charCodeAt(index) : 0),
    at + NOTE_HEADER,
    length,
    namesz === 3 ? 'Xen' : 'Xen\0',
  )
  if (name === 'outside') return outside('note-name')
  if (!name) return undefined
  info.hasNote = true
  const value = at + NOTE_HEADER + (((namesz + 3) >>> 0) >>> 2) * 4
  const byteOf = (index: number) => {
    const digits = note.desc.slice(2 * index, 2 * index + 2)
    return digits.length === 2 ? Number.parseInt(digits, 16) : undefined
  }
  const text = (wanted: string) => compare(byteOf, value, length, wanted)
  const word = image.is64 ? 8 : 4
  const label = noteName(type) ?? `note ${type}`
  switch (type) {
    case ENTRY:
    case HYPERCALL_PAGE:
    case VIRT_BASE:
    case PADDR_OFFSET:
      if (value + word > length) return outside('note-value')
      if (type === VIRT_BASE) info.virtBase = numberOf(note, word)
      tell(label, 'read', `0x${numberOf(note, word).toString(16)}`, note.offset)
      return undefined
    case INIT_P2M:
    case MOD_START_PFN:
      if (!ask.gate('p2m-and-initrd-notes')) return undefined
      if (value + (type === INIT_P2M ? word : 4) > length) return outside('note-value')
      tell(label, 'read', undefined, note.offset)
      return undefined
    case LOADER: {
      ask.gate('loader')
      const generic = descsz >= 7 && text(descsz === 7 ? 'generic' : 'generic\0')
      if (generic === 'outside') return outside('note-value')
      tell(label, generic ? 'is "generic"' : 'is not "generic": refuses the kernel', undefined, note.offset)
      if (generic) return undefined
      return {
        verdict: 'refuses',
        stage: 'notes',
        code: 'loader-not-supported',
        message: MESSAGES.loader,
        reason: grubBecause('loader-not-generic', { loader: note.text ?? '' }),
      }
    }
    case PAE_MODE:
      return readPae(text, descsz, info) ? outside('note-value') : undefined
    default:
      return undefined
  }
}

const PAE_MODES: readonly (readonly [text: string, arch: GrubKernelArch])[] = [
  ['yes', 'i386-pae'],
  ['bimodal', 'i386-pae-bimodal'],
  ['yes,bimodal', 'i386-pae-bimodal'],
  ['no', 'i386'],
]

/** Answers true where the comparison leaves the buffer. */
function readPae(text: (wanted: string) => boolean | 'outside', descsz: number, info: GrubInfo): boolean {
  if (info.arch === 'x86_64') return false
  for (const [mode, arch] of PAE_MODES) {
    if (descsz < mode.length) continue
    const same = text(descsz === mode.length ? mode : `${mode}\0`)
    if (same === 'outside') return true
    if (same) info.arch = arch
  }
  return false
}

/** A little-endian number of `bytes` bytes; bytes past the value, which GRUB reads too, are taken as 0. */
function numberOf({ desc }: Note, bytes: number): bigint {
  let value = 0n
  for (let index = bytes - 1; index >= 0; index--) {
    const digits = desc.slice(2 * index, 2 * index + 2)
    value = (value << 8n) | (digits.length === 2 ? BigInt(`0x${digits}`) : 0n)
  }
  return value
}
