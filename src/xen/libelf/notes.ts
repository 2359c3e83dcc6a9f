/** Finding and reading notes: elf_xen_parse, elf_xen_parse_notes and elf_xen_parse_note (libelf-dominfo.c). */
import type { ElfFacts } from '../../facts/facts.ts'
import type { GateReader } from '../gate-reader.ts'
import { noteName } from '../note-names.ts'
import { because } from '../reason.ts'
import type { Stop } from '../verdict.ts'
import { parseFeatures } from './features.ts'
import { readGuestSection } from './guest-section.ts'
import { type ElfImage, type ImageNote, type ImageWalk, isStringNote } from './image.ts'
import { outside, partUnread } from './init.ts'
import { hex, keptText, PAE_BIMODAL, PAE_EXTENDED, type Parameters } from './parameters.ts'

// XEN_ELFNOTE_* (xen/include/public/elfnote.h).
const ENTRY = 1
const HYPERCALL_PAGE = 2
const VIRT_BASE = 3
const PADDR_OFFSET = 4
const XEN_VERSION = 5
const GUEST_OS = 6
const GUEST_VERSION = 7
const LOADER = 8
const PAE_MODE = 9
const FEATURES = 10
const BSD_SYMTAB = 11
const L1_MFN_VALID = 13
const MOD_START_PFN = 16
const PHYS32_RELOC = 19
const HV_START_LOW = 12
const INIT_P2M = 15
const SUPPORTED_FEATURES = 17
const PHYS32_ENTRY = 18

/** Reads the notes from where this release finds them. */
export function readNotes(
  ask: GateReader,
  image: ElfImage,
  parameters: Parameters,
  size: number,
  hvm: boolean,
): Stop | undefined {
  let found = 0
  for (const walk of image.walks) {
    if (walk.walk.from === 'SHT_NOTE') {
      if (found > 0 && parameters.notesFrom === 'PT_NOTE') break
      if (walk.walk.index === 0 && ask.gate('first-section') === 1) continue
    }
    parameters.noteRange = true
    ask.trace?.({
      stage: 'elf_xen_parse_notes',
      what: `${walk.walk.from} ${walk.walk.index}`,
      offset: walk.start,
      value: `${walk.notes.length} notes`,
      does: 'walks its notes',
      gates: ['note-discovery'],
    })
    const stop = readWalk(ask, image.facts, walk, parameters, size)
    if (typeof stop === 'object') return stop
    if (stop > 0 && found === 0) parameters.notesFrom = walk.walk.from
    found += stop
  }
  const cut = whyCut(image, found)
  if (cut !== undefined) return cut
  if (found > 0 || hvm || image.facts.guest === undefined) return undefined
  if (image.facts.guest.index === 0 && ask.gate('first-section') === 1) return undefined
  parameters.noteRange = false
  parameters.notesFrom = '__xen_guest'
  return readGuestSection(ask, image.facts.guest, parameters)
}

/** Why the facts do not hold all notes that this release may look at; `found` is how many it has found so far. */
function whyCut({ facts, walks }: ElfImage, found: number): Stop | undefined {
  const { truncated, sections } = facts
  // Hardened libelf found notes in the segments, and so nobody looked at the sections.
  const sectionsUnread = sections === undefined && walks.some(({ notes }) => notes.some(({ xen }) => xen))
  const isCut = truncated === 'notes' || (found === 0 && (truncated === 'sections' || sectionsUnread))
  return isCut ? partUnread('notes') : undefined
}

/** Reads one range of notes; returns how many of them are Xen's. */
function readWalk(
  ask: GateReader,
  facts: ElfFacts,
  plain: ImageWalk,
  parameters: Parameters,
  size: number,
): number | Stop {
  const checked = () => ask.gate('libelf-bounds') === 'checked'
  // An end that wraps around lies before the start: the walk ends before it begins.
  if (plain.empty) return 0
  const signed = plain.signed !== undefined && !checked()
  const { walk, notes, unkeptXen } = signed ? plain.signed! : plain
  let found = 0
  // The loader's buffer is larger than what was unpacked into it: the rest is zero, and notes of zeros mean nothing.
  const restIsZero = size > facts.size && BigInt(walk.end) <= BigInt(size)
  for (const image of notes) {
    const { note } = image
    if (note.offset >= size && checked()) return found
    if (image.headerOutside && restIsZero) return found + unkeptXen
    if (image.headerOutside && !checked()) return outside('note', ['libelf-bounds'], hex(note.offset))
    if (!image.xen) continue
    const stop = readNote(ask, image, parameters)
    if (stop !== undefined) return stop
    found++
  }
  if (walk.stop === 'image' && !restIsZero && !checked())
    return outside('notes', ['libelf-bounds'], walk.offset)
  if (walk.stop === 'limit' && signed) {
    return { ...outside('notes'), reason: because('note-sizes-negative') }
  }
  if (walk.stop === 'limit' && ask.gate('note-count-limit') === 0)
    return partUnread('notes', ['note-count-limit'])
  return found + unkeptXen
}

function readNote(ask: GateReader, image: ImageNote, parameters: Parameters): Stop | undefined {
  const { note, value } = image
  const { type } = note
  if (isOnlyLogged(type) && !image.valueOutside && ask.trace === undefined) return undefined
  if (!isKnown(ask, type)) {
    traceNote(ask, image, 'not known: passed over')
    return undefined
  }
  if (image.valueOutside && ask.gate('libelf-bounds') === 'unchecked') {
    return outside('note-value', ['libelf-bounds'], hex(note.offset))
  }
  let text = ''
  if (isStringNote(type)) {
    if (note.textStop !== undefined) {
      const unlimited = ask.gate('note-string-limit') === 0
      if (!unlimited) {
        traceNote(ask, image, 'its text has no end: passed over')
        return undefined
      }
      if (type === FEATURES || type === PAE_MODE) {
        return partUnread('note-text', ['note-string-limit'], hex(note.offset))
      }
    }
    text = note.text ?? ''
  }
  traceNote(ask, image, 'read')

  switch (type) {
    case LOADER:
      parameters.loader = keptText(text)
      break
    case GUEST_OS:
      parameters.guestOs = keptText(text)
      break
    case GUEST_VERSION:
      parameters.guestVersion = keptText(text)
      break
    case XEN_VERSION:
      parameters.xenVersion = keptText(text)
      break
    case PAE_MODE:
      if (text === 'yes') parameters.pae = PAE_EXTENDED
      if (text.includes('bimodal')) parameters.pae = PAE_BIMODAL
      break
    case BSD_SYMTAB:
      if (text === 'yes') parameters.bsdSymtab = true
      break
    case VIRT_BASE:
      parameters.virtBase = value
      break
    case ENTRY:
      parameters.virtEntry = value
      break
    case PADDR_OFFSET:
      parameters.paddrOffset = value
      break
    case HYPERCALL_PAGE:
      parameters.virtHypercall = value
      break
    case HV_START_LOW:
      parameters.hvStartLow = value
      break
    case INIT_P2M:
      parameters.p2mBase = value
      break
    case PHYS32_ENTRY:
      parameters.physEntry = Number(BigInt.asUintN(32, value))
      break
    case SUPPORTED_FEATURES:
      parameters.hasSupportedFeatures = true
      parameters.supported = (parameters.supported | image.word) >>> 0
      break
    case FEATURES: {
      const { supported, required, stop } = parseFeatures(ask, image.features)
      parameters.supported = (parameters.supported | supported) >>> 0
      parameters.required |= required
      return stop && { ...stop, detail: `ELF: note: FEATURES = "${note.text ?? ''}"` }
    }
  }
  return undefined
}

/** Notes whose value libelf logs and does not keep: whether a release knows them matters only where it reads outside the image for it. */
const isOnlyLogged = (type: number): boolean =>
  type === L1_MFN_VALID || type === MOD_START_PFN || type === PHYS32_RELOC

/** True for the note types that this release has in its table. */
function isKnown(ask: GateReader, type: number): boolean {
  switch (type) {
    case INIT_P2M:
      return ask.gate('note-init-p2m') === 'read'
    case SUPPORTED_FEATURES:
      return ask.gate('supported-features-note') === 'read'
    case PHYS32_ENTRY:
      return ask.gate('note-phys32-entry') === 'read'
    case L1_MFN_VALID:
      return ask.gate('note-l1-mfn-valid') === 'read'
    case MOD_START_PFN:
      return ask.gate('note-mod-start-pfn') === 'read'
    case PHYS32_RELOC:
      return ask.gate('note-phys32-reloc') === 'read'
    default:
      return type > 0 && type <= PHYS32_ENTRY
  }
}

function traceNote(ask: GateReader, { note, value }: ImageNote, does: string): void {
  ask.trace?.({
    stage: 'elf_xen_parse_note',
    what: noteName(note.type) ?? `note ${hex(note.type)}`,
    offset: note.offset,
    value: isStringNote(note.type) ? JSON.stringify(note.text ?? '') : hex(value),
    does,
  })
}
