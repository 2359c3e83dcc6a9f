import { MAX_NOTES } from '../engine/record.ts'
import { hex, type Problem } from '../problem.ts'
import {
  EHDR32_LENGTH,
  EHDR64_LENGTH,
  ELFCLASS64,
  ELFDATA2LSB,
  EM_386,
  EM_X86_64,
  NOTE_HEADER,
  SHDR32_LENGTH,
} from './elf-format.ts'
import type { ElfFacts, Note, NoteWalk } from './facts.ts'
import { MACHINE_NAMES } from './machine-name.ts'
import { MAX_SECTIONS } from './record-limits.ts'

const roundUp = (size: number) => ((size + 3) & ~3) >>> 0

/**
 * What is wrong with an ELF image, the gravest first; undefined for a sound x86 one. Xen's loaders may
 * still take an image with a problem, and refuse one without: that is the verdict's matter.
 */
export function elfProblem(facts: ElfFacts): Problem | undefined {
  return (
    truncated(facts) ??
    tableOutside(facts, 'program', facts.phoff, facts.phentsize * facts.phnum) ??
    tableOutside(facts, 'section', facts.shoff, facts.shentsize * sectionCount(facts)) ??
    tooMany(facts) ??
    foreign(facts) ??
    noteOutside(facts)
  )
}

function truncated({ size, cut, class: elfClass }: ElfFacts): Problem | undefined {
  const length = elfClass === ELFCLASS64 ? EHDR64_LENGTH : EHDR32_LENGTH
  if (size < length) {
    const message = `Cannot read the ELF header at 0x0: the image has ${size} bytes, a header takes ${length}`
    return { code: 'elf-truncated', message, offset: size }
  }
  if (cut === undefined) return undefined
  const message = `Cannot read the ELF after ${hex(cut)}: its bytes end there, its size is ${size}`
  return { code: 'elf-truncated', message, offset: cut }
}

/** The number of section headers that libelf believes (elf_shdr_count). */
const sectionCount = ({ shnum, size }: ElfFacts) => Math.min(shnum, Math.floor(size / SHDR32_LENGTH))

function tableOutside(
  { size }: ElfFacts,
  name: 'program' | 'section',
  start: string,
  length: number,
): Problem | undefined {
  const exact = Number(start) + length
  if (Number.isSafeInteger(exact) && exact <= size) return undefined
  const end = BigInt.asUintN(64, BigInt(start) + BigInt(length))
  if (end <= BigInt(size)) return undefined
  const message = `Cannot read the ${name} header table at ${start}: it ends at ${hex(end)}, the image at ${hex(size)}`
  const offset = Number(start)
  return { code: 'elf-table-outside-file', message, ...(Number.isSafeInteger(offset) && { offset }) }
}

function tooMany(facts: ElfFacts): Problem | undefined {
  const { shnum, size, notes, segments, moreSegments, walks, moreWalks } = facts
  const count = sectionCount(facts)
  if (shnum > count) {
    const message = `Cannot read the section header table at ${facts.shoff}: it claims ${shnum} headers, an image of ${size} bytes has room for ${count}`
    return { code: 'too-many-headers', message }
  }
  const room = Math.floor(size / SHDR32_LENGTH)
  const extended = BigInt(facts.extendedShnum ?? 0)
  if (extended > room) {
    const message = `Cannot read the section header table at ${facts.shoff}: its first header counts ${extended} headers, an image of ${size} bytes has room for ${room}`
    return { code: 'too-many-headers', message, ...numbered(facts.shoff) }
  }
  if (facts.truncated === 'sections') {
    const message = `Cannot keep all section headers of the ELF: a record holds ${MAX_SECTIONS} of them at most`
    return { code: 'too-many-headers', message, ...numbered(facts.shoff) }
  }
  if (facts.truncated === 'notes') {
    const message = `Cannot keep all notes of the ELF: ${notes.length} notes in ${walks.length} ranges fill the record`
    return { code: 'too-many-notes', message, ...numbered(hex(notes.at(-1)?.offset ?? 0)) }
  }
  const walk = walks.find(({ stop, signed }) => stop === 'limit' && signed === undefined)
  if (walk !== undefined) {
    const message = `Cannot read all notes of the ELF: it has more than ${MAX_NOTES}, and Xen reads no more`
    return { code: 'too-many-notes', message, ...numbered(walk.offset) }
  }
  const unkept = walks.reduce((sum, walk) => sum + (walk.unkept?.notes ?? 0), moreWalks?.notes ?? 0)
  if (unkept > 0) {
    const message = `Cannot keep all notes of the ELF: of ${notes.length + unkept} the record leaves ${unkept} out, which no loader reads`
    return { code: 'too-many-notes', message }
  }
  if (moreSegments !== undefined) {
    const message = `Cannot keep all program headers of the ELF: of ${segments.length + moreSegments.count} segments the record lists ${segments.length}`
    return { code: 'too-many-headers', message, ...numbered(facts.phoff) }
  }
  return undefined
}

const numbered = (offset: string) =>
  Number.isSafeInteger(Number(offset)) ? { offset: Number(offset) } : undefined

/** ` (AArch64)`; nothing for a machine without a name here. */
function named(machine: number): string {
  const name = MACHINE_NAMES[machine]
  return name === undefined ? '' : ` (${name})`
}

function foreign({ data, machine }: ElfFacts): Problem | undefined {
  if (data !== ELFDATA2LSB) {
    const message = `Cannot take the ELF for an x86 kernel: its byte order at 0x5 is ${data}, expected 1 (little-endian)`
    return { code: 'elf-big-endian', message, offset: 5 }
  }
  if (machine !== EM_386 && machine !== EM_X86_64) {
    const message = `Cannot take the ELF for an x86 kernel: its machine at 0x12 is ${machine}${named(machine)}, expected 3 (x86) or 62 (x86-64)`
    return { code: 'elf-machine-unsupported', message, offset: 0x12 }
  }
  return undefined
}

function noteOutside(facts: ElfFacts): Problem | undefined {
  const end = facts.cut ?? facts.size
  const note = facts.notes.find(
    candidate => facts.walks[candidate.walk]?.signed === undefined && runsOut(candidate, end),
  )
  if (note !== undefined) {
    const message = `Cannot read the ELF note at ${hex(note.offset)}: it runs past the image's end at ${hex(end)}`
    return { code: 'note-outside-file', message, offset: note.offset }
  }
  const index = facts.walks.findIndex(
    ({ stop, signed }) => signed === undefined && (stop === 'image' || stop === 'wrap'),
  )
  if (index < 0) return undefined
  const walk = facts.walks[index]!
  if (walk.stop === 'wrap') {
    const message = `Cannot read the ELF notes at ${walk.offset}: their end ${walk.end} wraps around any address`
    return { code: 'note-outside-file', message, ...numbered(walk.offset) }
  }
  const next = nextNote(facts.notes, index, walk)
  const message = `Cannot read the ELF note at ${hex(next)}: the image ends at ${hex(end)}`
  return { code: 'note-outside-file', message, ...numbered(hex(next)) }
}

/** Whether a part of the note that libelf may read lies outside the image. */
function runsOut(note: Note, end: number): boolean {
  if (note.offset + NOTE_HEADER > end || note.nameStop === 'image' || note.textStop === 'image') return true
  const value = note.offset + NOTE_HEADER + roundUp(note.namesz)
  return note.owner === 'Xen' && value + note.descsz > end
}

/** Where the walk went from its last note. */
function nextNote(notes: readonly Note[], index: number, walk: NoteWalk): bigint {
  const last = notes.findLast(note => note.walk === index)
  if (last === undefined) return BigInt(walk.offset)
  return BigInt(last.offset + NOTE_HEADER + roundUp(last.namesz) + roundUp(last.descsz))
}
