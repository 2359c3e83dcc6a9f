/**
 * What two images say, compared: a repair may change what was meant to change and nothing else.
 * @module
 */
import { describeLayers } from '../facts/describe.ts'
import type { ElfFacts, Facts, Note } from '../facts/facts.ts'
import { noteName } from '../xen/note-names.ts'
import { PT_LOAD } from './elf-layout.ts'
import type { NoteChange } from './note-edit.ts'

/** XEN_ELFNOTE_FEATURES, _SUPPORTED_FEATURES. */
const FEATURES = 10
const SUPPORTED_FEATURES = 17

/** A note as it is compared: where it lies is no matter. */
interface Said {
  owner: string
  type: number
  value: string
}

/** What a loader makes of an ELF, without places in the file. */
interface Essence {
  header: Record<string, number | string>
  loads: string[]
  notes: Said[]
  guest?: string
}

const isRead = ({ walks }: ElfFacts, note: Note) => walks[note.walk]?.signed === undefined

const saidBy = ({ owner, type, text, desc }: Note): Said => ({ owner, type, value: text ?? desc })

function essenceOf(facts: ElfFacts): Essence {
  const { class: elfClass, data, type, machine, entry, segments, notes, guest } = facts
  return {
    header: { class: elfClass, data, type, machine, entry },
    loads: segments
      .filter(segment => segment.type === PT_LOAD)
      .map(({ index: _, ...segment }) => JSON.stringify(segment)),
    notes: notes.filter(note => isRead(facts, note)).map(saidBy),
    ...(guest !== undefined && { guest: guest.text }),
  }
}

const wordHex = (word: number) =>
  [0, 8, 16, 24].map(shift => ((word >>> shift) & 0xff).toString(16).padStart(2, '0')).join('')

/** What the essence has to be after the changes. */
function expected(essence: Essence, changes: readonly NoteChange[]): Essence {
  const notes = essence.notes.map(note => ({ ...note }))
  let { guest } = essence
  let features = -1
  const isXen = (type: number, value?: string) => (note: Said) =>
    note.owner === 'Xen' && note.type === type && (value === undefined || note.value === value)
  for (const change of changes) {
    if (change.kind === 'features') {
      features = notes.findIndex(isXen(FEATURES, change.from))
      if (features !== -1) notes[features]!.value = change.to
    } else if (change.kind === 'supported' && change.from === undefined) {
      notes.splice(features + 1, 0, { owner: 'Xen', type: SUPPORTED_FEATURES, value: wordHex(change.to) })
    } else if (change.kind === 'supported') {
      const note = notes.find(
        said => isXen(SUPPORTED_FEATURES)(said) && said.value.startsWith(wordHex(change.from!)),
      )
      if (note !== undefined) note.value = wordHex(change.to) + note.value.slice(8)
    } else if (change.kind === 'guest-string') guest = change.to
  }
  return { ...essence, notes, ...(guest !== undefined && { guest }) }
}

/**
 * What differs between the ELF before and after beside what the changes are. Empty for a repair that did what it was meant to
 * do; else one sentence a difference.
 */
export function unexpectedDifferences(
  before: ElfFacts,
  after: ElfFacts,
  changes: readonly NoteChange[],
): string[] {
  const wanted = expected(essenceOf(before), changes)
  const found = essenceOf(after)
  const differences: string[] = []
  for (const [name, value] of Object.entries(wanted.header)) {
    if (found.header[name] !== value)
      differences.push(`the ELF header's ${name} is ${found.header[name]}, expected ${value}`)
  }
  if (JSON.stringify(found.loads) !== JSON.stringify(wanted.loads))
    differences.push('the PT_LOAD headers are others')
  if (found.guest !== wanted.guest) differences.push('the __xen_guest string is another')
  const count = Math.max(found.notes.length, wanted.notes.length)
  for (let index = 0; index < count; index++) {
    const [is, was] = [found.notes[index], wanted.notes[index]]
    if (JSON.stringify(is) === JSON.stringify(was)) continue
    differences.push(`note ${index} is ${nameOf(is)}, expected ${nameOf(was)}`)
    break
  }
  return differences
}

const nameOf = (said: Said | undefined) =>
  said === undefined
    ? 'missing'
    : `${said.owner} ${noteName(said.type) ?? said.type} ${JSON.stringify(said.value)}`

/** One thing that an image said otherwise before. */
export interface Difference {
  what: string
  before: string
  after: string
}

const hexWord = (word: number | undefined) => (word === undefined ? '(none)' : `0x${word.toString(16)}`)
const quoted = (text: string) => JSON.stringify(text)

/** The facts that a repair changes, in the order in which they lie in the image. */
export function differencesOf(before: Facts, after: Facts, changes: readonly NoteChange[]): Difference[] {
  const differences: Difference[] = []
  const add = (what: string, was: string, is: string) => {
    if (was !== is) differences.push({ what, before: was, after: is })
  }
  add('form', describeLayers(before), describeLayers(after))
  add('payload', payloadOf(before), payloadOf(after))
  add('size', `${before.size} bytes`, `${after.size} bytes`)
  add('ELF', `${before.elf?.size} bytes`, `${after.elf?.size} bytes`)
  for (const change of changes) {
    if (change.kind === 'features') add('FEATURES', quoted(change.from), quoted(change.to))
    else if (change.kind === 'supported') add('SUPPORTED_FEATURES', hexWord(change.from), hexWord(change.to))
    else if (change.kind === 'guest-string') add('__xen_guest', quoted(change.from), quoted(change.to))
    else if (change.kind === 'moved')
      add('notes', `in a ${change.from}`, `in a PT_NOTE at 0x${change.to.toString(16)}`)
    else if (change.kind === 'segment') add('notes', `in section ${change.section}`, `also in a PT_NOTE`)
    else add('section names', 'none', '.shstrtab')
  }
  return differences
}

function payloadOf({ layers }: Facts): string {
  const [outer, inner] = layers
  if (outer?.kind !== 'bzimage') return 'none'
  const codec = inner?.kind === 'stream' ? inner.codec : 'ELF'
  return `${codec}, ${outer.payloadLength} bytes at ${outer.payloadStart}`
}
