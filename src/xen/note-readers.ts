/**
 * Other programs that look for notes: who would find PHYS32_ENTRY (note 18) in this file, and who would not. No verdicts:
 * whether a kernel then boots is not asked.
 * @module
 */
import type { ElfFacts, Facts, Note, Segment } from '../facts/facts.ts'

const PT_NOTE = 4
const NOTE_HEADER = 12
const PHYS32_ENTRY = 18
const ELFCLASS64 = 2
const XEN_ALIGN = 4

export interface NoteReader {
  program: string
  versions: string
  /** Whether it finds the entry. */
  finds: boolean
  reason: string
}

/** One way to walk the notes of a segment. */
interface Rule {
  program: string
  versions: string
  /** Names and values are padded to p_align, or to 4. */
  padding: 'p_align' | 4
  /** The name and its size are compared, or only the type. */
  named: boolean
  /** ELF64 files only. */
  only64: boolean
}

/** include/hw/elf_ops.h of QEMU; src/loader/x86_64/elf/mod.rs and src/loader/elf/mod.rs of linux-loader. */
const RULES: readonly Rule[] = [
  { program: 'QEMU', versions: '4.0 on', padding: 'p_align', named: false, only64: false },
  { program: 'linux-loader', versions: '0.2.0 to 0.9.0', padding: 'p_align', named: true, only64: true },
  {
    program: 'linux-loader (Firecracker, Cloud Hypervisor)',
    versions: '0.10.0 on',
    padding: 4,
    named: true,
    only64: true,
  },
]

/** What the other programs make of a file; none of them unpacks anything, so that a bzImage has no notes for them. */
export function noteReaders({ elf, layers }: Facts): NoteReader[] {
  return RULES.map(rule => {
    const { program, versions } = rule
    const answer = (finds: boolean, reason: string): NoteReader => ({ program, versions, finds, reason })
    if (elf === undefined) return answer(false, 'it is no ELF')
    if (layers.length > 0)
      return answer(false, 'it is compressed: the notes are inside, and it unpacks nothing')
    if (rule.only64 && elf.class !== ELFCLASS64) return answer(false, 'it reads 64-bit files only')
    return readBy(rule, elf, answer)
  })
}

function readBy(
  rule: Rule,
  elf: ElfFacts,
  answer: (finds: boolean, reason: string) => NoteReader,
): NoteReader {
  const wanted = (note: Note) =>
    note.type === PHYS32_ENTRY && (!rule.named || (note.owner === 'Xen' && note.namesz === 4))
  const segments = elf.segments.filter(({ type }) => type === PT_NOTE)
  const there = elf.notes.some(note => note.type === PHYS32_ENTRY && note.owner === 'Xen')
  if (!there) return answer(false, 'there is no note 18')
  if (segments.length === 0)
    return answer(false, 'the note lies in a section only: it reads PT_NOTE segments')
  for (const segment of segments) {
    const { found, strayed } = stepThrough(
      elf,
      segment,
      rule.padding === 4 ? XEN_ALIGN : Number(segment.align),
    )
    if (found.some(wanted)) return answer(true, 'it finds note 18')
    if (strayed) {
      return answer(
        false,
        `it pads notes to p_align, which is ${Number(segment.align)}, and they are packed at 4: it loses those after the first ${found.length}`,
      )
    }
  }
  return answer(
    false,
    rule.named ? 'the name of the note is not "Xen" with its NUL' : 'no PT_NOTE segment has it',
  )
}

/** The notes that a reader meets who pads by `align`; `strayed` where it loses its way. */
function stepThrough(elf: ElfFacts, segment: Segment, align: number): { found: Note[]; strayed: boolean } {
  const start = Number(segment.offset)
  const end = start + Number(segment.filesz)
  const padded = (size: number) => (align <= 1 ? size : Math.ceil(size / align) * align)
  const found: Note[] = []
  for (let at = start; at + NOTE_HEADER <= end; ) {
    const note = elf.notes.find(({ offset }) => offset === at)
    if (note === undefined) return { found, strayed: true }
    found.push(note)
    at += NOTE_HEADER + padded(note.namesz) + padded(note.descsz)
  }
  return { found, strayed: false }
}

/** A sentence where readers that step by p_align lose notes that Xen reads; undefined where they lose none. */
export function packingRemark({ elf }: Facts): string | undefined {
  for (const segment of elf?.segments ?? []) {
    const align = Number(segment.align)
    if (segment.type !== PT_NOTE || align <= XEN_ALIGN) continue
    const { found, strayed } = stepThrough(elf!, segment, align)
    if (!strayed) continue
    const last = found.at(-1)
    const rest = last === undefined ? 'all of them' : `those after the note at 0x${last.offset.toString(16)}`
    return `The notes are packed at 4 bytes in a segment with p_align ${align}: Xen reads all, readers that step by p_align (binutils, QEMU, linux-loader before 0.10.0) lose ${rest}`
  }
  return undefined
}
