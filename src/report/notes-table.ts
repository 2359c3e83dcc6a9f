/**
 * The notes of one image, for people.
 * @module
 */

import { printable } from '../document/printable.ts'
import { describeGuest, describeLayers } from '../facts/describe.ts'
import type { ImageRecord } from '../record/type.ts'
import { decodeGuestSection, decodeNote, type NoteReading, noteReadings } from '../xen/note-decoding.ts'
import { noteReaders, packingRemark } from '../xen/note-readers.ts'
import type { TextSetter } from './text-setter.ts'

/** Where what is known of a value is printed. */
const REMARK_COLUMN = 40

const readers = (readings: readonly NoteReading[]) => {
  const spans = readings.filter(({ reads }) => reads).map(({ since, until }) => `${since} - ${until}`)
  return spans.length === 0 ? 'read by no release' : `read by ${spans.join(', ')}`
}

/** One line a note: where it is, what it is called, its size and its value; who reads it where that is asked. */
export function notesTable(
  image: string,
  { facts, problem }: ImageRecord,
  { readers: withReaders, strictReaders }: { readers: boolean; strictReaders: boolean },
  setter: TextSetter,
): string {
  const what = [describeLayers(facts), describeGuest(facts)].filter(part => part !== '').join(', ')
  const lines = setter.lines(`${image}${what === '' ? '' : ` (${what})`}`)
  if (problem !== undefined) lines.push(...setter.lines(`${problem.code}: ${problem.message}`, 2))
  const { elf } = facts
  const line = (offset: string, name: string, size: string, value: string) =>
    lines.push(...setter.labelled(`  ${offset.padEnd(11)} ${name.padEnd(18)} ${size.padStart(4)}  `, value))
  for (const note of elf?.notes ?? []) {
    const decoded = decodeNote(note, elf!)
    const name =
      decoded.name ??
      (note.owner === 'Xen' ? `type ${note.type}` : `${printable(note.owner)} type ${note.type}`)
    line(`0x${note.offset.toString(16)}`, name, String(decoded.size), decoded.value)
    const more = [decoded.remark, withReaders ? readersOf(note.owner, note.type) : undefined]
    for (const text of more)
      if (text !== undefined && text !== '') lines.push(...setter.lines(text, REMARK_COLUMN))
  }
  if (elf?.guest !== undefined) {
    line(elf.guest.offset, '__xen_guest', String(Number(elf.guest.size)), `section ${elf.guest.index}`)
    for (const { name, value, known } of decodeGuestSection(elf.guest)) {
      line('', `  ${printable(name)}`, '', known ? value : `${value} (no release knows this key)`)
    }
  }
  if (elf !== undefined && elf.notes.length === 0 && elf.guest === undefined) lines.push('  no notes')
  const packing = packingRemark(facts)
  if (packing !== undefined) lines.push(...setter.lines(packing, 2))
  if (strictReaders) {
    for (const { program, versions, finds, reason } of noteReaders(facts)) {
      const text = `${program} ${versions}: ${finds ? 'finds the PVH entry' : `does not find the PVH entry: ${reason}`}`
      lines.push(...setter.lines(text, 2))
    }
  }
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}

const readersOf = (owner: string, type: number) => (owner === 'Xen' ? readers(noteReadings(type)) : undefined)

/** The same as data. */
export function notesData(image: string, { kind, facts, problem }: ImageRecord, strictReaders = false) {
  const { elf } = facts
  return {
    image,
    kind,
    ...(problem !== undefined && { problem }),
    ...(packingRemark(facts) !== undefined && { remark: packingRemark(facts) }),
    ...(strictReaders && { readers: noteReaders(facts) }),
    notes: (elf?.notes ?? []).map(note => ({ ...decodeNote(note, elf!), desc: note.desc })),
    ...(elf?.guest !== undefined && {
      guest: { ...elf.guest, keys: decodeGuestSection(elf.guest) },
    }),
  }
}
