/**
 * Changes of Xen's notes: in place where there is room, so that nothing else moves, and else in a range of their own at the end
 * of the file, to which a PT_NOTE header leads. Every release searches the PT_NOTE segments in the order of their headers, and
 * only where these hold no note of Xen the SHT_NOTE sections, and last `__xen_guest` (elf_xen_parse).
 * @module
 */
import { NOTE_HEADER } from '../facts/elf-format.ts'
import type { ElfFacts, Note, NoteWalk } from '../facts/facts.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import { splitGuestString } from '../xen/libelf/guest-section.ts'
import { alignUp, ElfEditor, placeOf, u32 } from './elf-layout.ts'
import { editFeatures, type FeatureEdit, type FeatureLevel, supportedWord } from './feature-edit.ts'
import type { Patch } from './patched-source.ts'

/** XEN_ELFNOTE_GUEST_OS, _FEATURES, _SUPPORTED_FEATURES (xen/include/public/elfnote.h). */
const GUEST_OS = 6
const FEATURES = 10
const SUPPORTED_FEATURES = 17
const WORD = 4
/** A note of Xen with one word: header, "Xen" and its NUL, the word. */
const WORD_NOTE = NOTE_HEADER + 4 + WORD
/** "Xen" and its NUL, and a little more. */
const MAX_NAME = 16
/** More than a string of the facts can have: a note that says more is not copied. */
const MAX_VALUE = 2 ** 16
/** More than any kernel has; a segment of notes is copied in one piece. */
const MAX_SEGMENT = 2 ** 20

/** One change, as a person is told of it. */
export type NoteChange =
  | { kind: 'features'; from: string; to: string; dropped: readonly string[] }
  | { kind: 'supported'; from?: number; to: number }
  | { kind: 'guest-string'; from: string; to: string; dropped: readonly string[] }
  /** The notes of a segment or section are read elsewhere. */
  | { kind: 'moved'; from: 'PT_NOTE' | 'SHT_NOTE'; to: number }
  /** A program header leads to a section of notes. */
  | { kind: 'segment'; section: number }
  | { kind: 'section-names' }

export interface ElfEdit {
  changes: NoteChange[]
  patches: Patch[]
  /** How much of the file is another: the smallest that does is taken. */
  cost: number
}

export interface EditWish {
  features?: FeatureLevel
  /** Notes go to a range of their own, even where they have room. */
  move?: boolean
  /** A PT_NOTE header for notes that only a section leads to. */
  segment?: boolean
  sectionNames?: boolean
}

const COST = { string: 1, word: 1, newNote: 2, optional: 3, segment: 3, sectionNames: 3, moved: 6 } as const

const isXen = ({ owner, nameStop }: Note) => owner === 'Xen' && nameStop === undefined
const roundUp = (size: number) => alignUp(size, 4)
const valueAt = ({ offset, namesz }: Note) => offset + NOTE_HEADER + roundUp(namesz)

/** The edits that a wish comes to; undefined where it asks for nothing, or for what this file has no place for. */
export function editElf(facts: ElfFacts, elf: Source, wish: EditWish): ElfEdit | undefined {
  const editor = new ElfEditor(facts)
  const changes: NoteChange[] = []
  let cost = 0
  if (wish.features !== undefined) {
    const done = editNotes(facts, elf, editor, wish)
    if (done === undefined) return undefined
    changes.push(...done.changes)
    cost += done.cost
  }
  if (wish.segment === true) {
    const section = sectionOfNotes(facts)
    if (section === undefined || !editor.canAddSegment || changes.some(({ kind }) => kind === 'moved')) {
      return undefined
    }
    editor.addNoteSegment(elf, section.range)
    changes.push({ kind: 'segment', section: section.index })
    cost += COST.segment
  }
  if (wish.sectionNames === true) {
    if (facts.shnum !== 0) return undefined
    editor.addSectionNames()
    changes.push({ kind: 'section-names' })
    cost += COST.sectionNames
  }
  if (changes.length === 0 || editor.isOutside) return undefined
  return { changes, patches: editor.patches, cost }
}

/** A section of notes where no segment leads to any note of Xen. */
function sectionOfNotes({ walks, notes }: ElfFacts) {
  const at = walks.findIndex(
    (walk, index) => walk.from === 'SHT_NOTE' && notes.some(note => note.walk === index && isXen(note)),
  )
  const range = at === -1 ? undefined : rangeOf(walks[at]!)
  return range === undefined ? undefined : { index: walks[at]!.index, range }
}

function rangeOf({ offset, end }: NoteWalk) {
  const [from, to] = [placeOf(offset), placeOf(end)]
  return from === undefined || to === undefined || to <= from ? undefined : { offset: from, size: to - from }
}

interface Done {
  changes: NoteChange[]
  cost: number
}

function editNotes(facts: ElfFacts, elf: Source, editor: ElfEditor, wish: EditWish): Done | undefined {
  const level = wish.features!
  if (facts.notes.some(isXen)) return editFeatureNotes(facts, elf, editor, level, wish.move === true)
  return wish.move === true ? undefined : editGuestString(facts, editor, level)
}

function editFeatureNotes(
  facts: ElfFacts,
  elf: Source,
  editor: ElfEditor,
  level: FeatureLevel,
  move: boolean,
): Done | undefined {
  const edits = facts.notes
    .filter(
      note => isXen(note) && note.type === FEATURES && note.text !== undefined && note.namesz <= MAX_NAME,
    )
    .map(note => ({ note, edit: editFeatures(note.text!, level) }))
    .filter((item): item is { note: Note; edit: FeatureEdit } => item.edit !== undefined)
  if (edits.length === 0) return undefined
  const bits = edits.reduce((sum, { edit }) => sum | edit.bits, 0)
  const said = facts.notes.find(
    note =>
      isXen(note) && note.type === SUPPORTED_FEATURES && note.descsz >= WORD && note.descsz % WORD === 0,
  )
  const changes: NoteChange[] = []
  let cost = 0
  let added: number | undefined
  if (bits !== 0 && said === undefined) {
    const isLinux = facts.notes.some(note => isXen(note) && note.type === GUEST_OS && note.text === 'linux')
    added = supportedWord(edits[0]!.note.text!, bits, isLinux)
  }
  const rewritten: Rewritten[] = []
  for (const [index, { note, edit }] of edits.entries()) {
    const word = index === 0 ? added : undefined
    const bytes = move ? rewrite(note, edit, word) : fitInPlace(note, edit, word)
    if (bytes === undefined) return undefined
    rewritten.push({ note, bytes })
    changes.push({ kind: 'features', from: note.text!, to: edit.text, dropped: edit.dropped })
    cost += COST.string + (edit.dropped.length === 0 ? COST.optional : 0)
    if (word !== undefined) {
      changes.push({ kind: 'supported', to: word })
      cost += COST.newNote
    }
  }
  if (said !== undefined) {
    const word = readWord(said)
    const whole = (word | bits) >>> 0
    if (whole !== word) {
      rewritten.push({ note: said, bytes: withWord(elf, said, whole) })
      changes.push({ kind: 'supported', from: word, to: whole })
      cost += COST.word
    }
  }
  if (!move) {
    for (const { note, bytes } of rewritten) editor.patch(note.offset, bytes)
    return { changes, cost }
  }
  const moved = moveNotes(facts, elf, editor, rewritten)
  return moved === undefined ? undefined : { changes: [...changes, ...moved], cost: cost + COST.moved }
}

/** A note with the bytes that it, and one after it, will have. */
interface Rewritten {
  note: Note
  bytes: Uint8Array
}

const readWord = ({ desc }: Note) => {
  const bytes = desc.slice(0, 2 * WORD).match(/../g)!
  return Number.parseInt(bytes.reverse().join(''), 16)
}

function withWord(elf: Source, note: Note, word: number): Uint8Array {
  const bytes = readBytes(elf, note.offset, valueAt(note) + roundUp(note.descsz) - note.offset)
  bytes.set(u32(word), valueAt(note) - note.offset)
  return bytes
}

const latin1 = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0))

function noteBytes(type: number, value: Uint8Array, size: number, namesz = 4): Uint8Array {
  const bytes = new Uint8Array(NOTE_HEADER + roundUp(namesz) + roundUp(size))
  bytes.set(u32(namesz), 0)
  bytes.set(u32(size), 4)
  bytes.set(u32(type), 8)
  bytes.set(latin1('Xen'), NOTE_HEADER)
  bytes.set(value, NOTE_HEADER + roundUp(namesz))
  return bytes
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** The note with its new string, and one with the word after it. */
function rewrite({ namesz }: Note, { text }: FeatureEdit, word: number | undefined): Uint8Array {
  const note = noteBytes(FEATURES, latin1(text), text.length + 1, namesz)
  return word === undefined ? note : join(note, noteBytes(SUPPORTED_FEATURES, u32(word), WORD))
}

/** The same in exactly the bytes that the note takes; undefined where there is no room for the word. */
function fitInPlace(note: Note, { text }: FeatureEdit, word: number | undefined): Uint8Array | undefined {
  const { namesz, descsz } = note
  const room = roundUp(descsz)
  // A string that went on after its value is not the note's alone.
  if (note.text!.length > room || room > MAX_VALUE) return undefined
  if (word === undefined) {
    return text.length + 1 > room ? undefined : noteBytes(FEATURES, latin1(text), descsz, namesz)
  }
  const left = room - WORD_NOTE
  const exact = roundUp(text.length + 1)
  if (left < exact) return undefined
  const value = noteBytes(FEATURES, latin1(text), left === exact ? text.length + 1 : left, namesz)
  return join(value, noteBytes(SUPPORTED_FEATURES, u32(word), WORD))
}

/** Copies the range of notes with the rewritten ones to the end of the file, and leads its header there. */
function moveNotes(
  facts: ElfFacts,
  elf: Source,
  editor: ElfEditor,
  rewritten: readonly Rewritten[],
): NoteChange[] | undefined {
  const indexes = new Set(rewritten.map(({ note }) => note.walk))
  const changes: NoteChange[] = []
  for (const index of indexes) {
    const walk = facts.walks[index]!
    const range = rangeOf(walk)
    if (range === undefined || range.size > MAX_SEGMENT || walk.stop !== 'end') return undefined
    const bytes = readBytes(elf, range.offset, range.size)
    if (bytes.length < range.size) return undefined
    const place = editor.append(
      spliceNotes(
        bytes,
        range.offset,
        rewritten.filter(({ note }) => note.walk === index),
      ),
    )
    const size = editor.patches.at(-1)!.bytes.length
    if (walk.from === 'PT_NOTE') editor.pointSegment(walk.index, { offset: place, size })
    else {
      // A second header would need a second table.
      if (indexes.size > 1 || !editor.canAddSegment) return undefined
      editor.addNoteSegment(elf, { offset: place, size })
    }
    changes.push({ kind: 'moved', from: walk.from, to: place })
  }
  return changes
}

function spliceNotes(bytes: Uint8Array, start: number, rewritten: readonly Rewritten[]): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { note, bytes: own } of [...rewritten].sort((a, b) => a.note.offset - b.note.offset)) {
    parts.push(bytes.subarray(at, note.offset - start), own)
    at = valueAt(note) + roundUp(note.descsz) - start
  }
  return join(...parts, bytes.subarray(Math.min(at, bytes.length)))
}

/** The legacy string with its FEATURES shortened; what follows moves up, and zeros fill the end. */
function editGuestString({ guest }: ElfFacts, editor: ElfEditor, level: FeatureLevel): Done | undefined {
  const offset = guest === undefined ? undefined : placeOf(guest.offset)
  if (guest === undefined || offset === undefined || guest.textStop !== undefined) return undefined
  const feature = splitGuestString(guest.text).find(({ name }) => name === 'FEATURES')
  const edit = feature === undefined ? undefined : editFeatures(feature.value, level)
  if (feature === undefined || edit === undefined) return undefined
  const to = guest.text.replace(`FEATURES=${feature.value}`, `FEATURES=${edit.text}`)
  const bytes = new Uint8Array(guest.text.length)
  bytes.set(latin1(to))
  editor.patch(offset, bytes)
  return {
    changes: [{ kind: 'guest-string', from: guest.text, to, dropped: edit.dropped }],
    cost: COST.string,
  }
}
