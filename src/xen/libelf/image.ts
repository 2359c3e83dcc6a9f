/** An ELF image made ready for being asked many times: numbers parsed once. */
import { ELFCLASS64, ELFDATA2LSB, ELFDATA2MSB } from '../../facts/elf-format.ts'
import type { ElfFacts, Hex, Note, NoteWalk, Segment } from '../../facts/facts.ts'
import { type FeatureItem, splitFeatures } from './features.ts'
import { u64 } from './parameters.ts'

const PT_LOAD = 1
/** Access of a segment: PF_R, PF_R | PF_W. */
const PF_R = 4
const PF_R_W = 6

/** A PT_LOAD header. */
export interface LoadSegment {
  flags: number
  offset: bigint
  paddr: bigint
  filesz: bigint
  memsz: bigint
}

export interface ImageNote {
  note: Note
  /** Its owner is "Xen". */
  xen: boolean
  /** elf_note_numeric: 1, 2, 4 and 8 bytes are read, other sizes give 0. */
  value: bigint
  /** elf_note_numeric_array: the first 32-bit word, 0 unless the size is a multiple of 4. */
  word: number
  /** The items of FEATURES. */
  features: readonly FeatureItem[]
  /** Its value lies partly outside the image. */
  valueOutside: boolean
  /** Its header or its owner lies partly outside the image. */
  headerOutside: boolean
}

export interface ImageWalk {
  walk: NoteWalk
  start: bigint
  /** Its end, as a pointer, is not after its start. */
  empty: boolean
  notes: readonly ImageNote[]
  /** How many of its notes are Xen's, but not among `notes`. */
  unkeptXen: number
  /** The same range, walked with signed sizes, where that makes a difference. */
  signed?: ImageWalk
}

export interface ElfImage {
  facts: ElfFacts
  is64: boolean
  /** EI_DATA says that it is big-endian. */
  msb: boolean
  entry: bigint
  loads: readonly LoadSegment[]
  /** A PT_LOAD that is only counted in the facts has more bytes in the file than in memory, or some outside of it. */
  oddLoads: boolean
  walks: readonly ImageWalk[]
}

const NOTE_HEADER = 12
/** Types of Xen's string notes, XEN_VERSION to BSD_SYMTAB (xen/include/public/elfnote.h). */
const STRING_NOTES = { first: 5, last: 11 }
const FEATURES = 10

export function prepareElf(facts: ElfFacts): ElfImage {
  // Everything that is not little-endian is read swapped (elf_needs_swap).
  const swapped = facts.data !== ELFDATA2LSB
  const walks: (ImageWalk & { notes: ImageNote[] })[] = facts.walks.map(walk => {
    const start = BigInt(walk.offset)
    const empty = asPointer(start) >= asPointer(BigInt(walk.end))
    return { walk, start, empty, notes: [], unkeptXen: walk.unkept?.xen ?? 0 }
  })
  for (const note of facts.notes) walks[note.walk]?.notes.push(prepareNote(note, facts, swapped))
  for (const [index, walk] of walks.entries()) {
    if (walk.walk.signed === true && index > 0) walks[index - 1]!.signed = walk
  }
  return {
    facts,
    is64: facts.class === ELFCLASS64,
    msb: facts.data === ELFDATA2MSB,
    entry: BigInt(facts.entry),
    loads: [...facts.segments.filter(segment => segment.type === PT_LOAD).map(loadOf), ...moreLoads(facts)],
    oddLoads: facts.moreSegments?.odd === true,
    walks: walks.filter(({ walk }) => walk.signed === undefined),
  }
}

function loadOf({ flags, offset, paddr, filesz, memsz }: Segment): LoadSegment {
  return {
    flags,
    offset: BigInt(offset),
    paddr: BigInt(paddr),
    filesz: BigInt(filesz),
    memsz: BigInt(memsz),
  }
}

/** The loadable segments that are only counted in the facts, as one that is written and one that is read only. */
function moreLoads({ moreSegments }: ElfFacts): LoadSegment[] {
  const load = (flags: number, range: { start: Hex; end: Hex } | undefined): LoadSegment[] => {
    if (range === undefined) return []
    const paddr = BigInt(range.start)
    return [{ flags, offset: 0n, paddr, filesz: 0n, memsz: u64(BigInt(range.end) - paddr) }]
  }
  return [...load(PF_R_W, moreSegments?.writable), ...load(PF_R, moreSegments?.readOnly)]
}

/** An offset beyond 2^63 points before the image, once it is added to where that lies. */
const asPointer = (offset: bigint) => BigInt.asIntN(64, offset)

export const isStringNote = (type: number) => type >= STRING_NOTES.first && type <= STRING_NOTES.last

function prepareNote(note: Note, { size }: ElfFacts, swapped: boolean): ImageNote {
  const { owner, type, descsz, desc, text, textStop } = note
  const xen = owner === 'Xen' && note.nameStop === undefined
  const numeric = descsz === 1 || descsz === 2 || descsz === 4 || descsz === 8
  const words = descsz % 4 === 0 && descsz > 0
  const string = isStringNote(type)
  const held = desc.length / 2
  return {
    note,
    xen,
    value: xen && !string && numeric && held >= descsz ? readNumber(desc, swapped) : 0n,
    word: xen && !string && words && held >= 4 ? Number(readNumber(desc.slice(0, 8), swapped)) : 0,
    features: xen && type === FEATURES && text !== undefined ? splitFeatures(text) : [],
    valueOutside: xen && (string ? textStop === 'image' : numeric ? held < descsz : words && held < 4),
    // A compare with "Xen" ends at the first other byte: it leaves the image only while the bytes agree.
    headerOutside: note.offset + NOTE_HEADER > size || (note.nameStop === 'image' && 'Xen'.startsWith(owner)),
  }
}

/** The number that eight hex digits give, read from its last byte on. */
function readWord(bytes: string, at: number): number {
  const word = Number.parseInt(bytes.slice(at, at + 8), 16)
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >> 8) & 0xff00) | (word >>> 24)) >>> 0
}

function readNumber(bytes: string, isBig: boolean): bigint {
  if (isBig) return BigInt(`0x${bytes}`)
  // A third of what preparing an ELF takes: most notes hold a word or two.
  if (bytes.length === 8) return BigInt(readWord(bytes, 0))
  if (bytes.length === 16) return (BigInt(readWord(bytes, 8)) << 32n) | BigInt(readWord(bytes, 0))
  let turned: Hex = '0x'
  for (let at = bytes.length - 2; at >= 0; at -= 2) turned += bytes.slice(at, at + 2)
  return BigInt(turned)
}
