/**
 * What notes say, for people: names, numbers, feature bits by name.
 * @module
 */
import type { ElfFacts, GuestSection, Hex, Note } from '../facts/facts.ts'
import { featureBitNames } from '../facts/feature-names.ts'
import { type GateId, gateTable } from './gates/gates.ts'
import { splitFeatures } from './libelf/features.ts'
import { parseUnsigned, splitGuestString } from './libelf/guest-section.ts'
import { hex } from './libelf/parameters.ts'
import { noteName } from './note-names.ts'
import { type Release, releases } from './releases.ts'

const ELFDATA2MSB = 2

// XEN_ELFNOTE_* (xen/include/public/elfnote.h).
const FEATURES = 10
const L1_MFN_VALID = 13
const SUSPEND_CANCEL = 14
const SUPPORTED_FEATURES = 17
const PHYS32_ENTRY = 18
const PHYS32_RELOC = 19

/** What a release does with a note of some type. */
export interface NoteReading {
  since: Release
  until: Release
  reads: boolean
}

export interface DecodedNote {
  /** Where its header starts in the ELF file, in bytes. */
  offset: number
  owner: string
  type: number
  /** Without XEN_ELFNOTE_; absent for other owners and for types without a name. */
  name?: string
  /** The descriptor's size in bytes. */
  size: number
  /** The value in words: a text, a number, feature names, pairs. */
  value: string
  /** The number of a numeric note. */
  number?: Hex
  /** The text of a string note. */
  text?: string
  /** Names of features: of FEATURES (required ones after "!"), or of the bits of SUPPORTED_FEATURES. */
  features?: string[]
  /** L1_MFN_VALID: under each mask, the value that says that an entry is valid. */
  pairs?: { mask: Hex; value: Hex }[]
  /** PHYS32_RELOC, as far as the note goes. */
  relocation?: { align?: number; min?: number; max?: number }
  /** Why its value is not what it seems to be. */
  remark?: string
  /** Which releases read it; absent for other owners. */
  readings?: NoteReading[]
}

/** Decodes a note of any owner. Never throws. */
export function decodeNote(note: Note, elf: Pick<ElfFacts, 'data'>): DecodedNote {
  const { owner, type, offset, descsz } = note
  const common = { offset, owner, type, size: descsz }
  if (owner !== 'Xen') return { ...common, value: bytesOf(note) }
  const name = noteName(type)
  return {
    ...common,
    ...(name !== undefined && { name }),
    ...decodeXen(note, elf.data === ELFDATA2MSB, name !== undefined),
    readings: noteReadings(type),
  }
}

function bytesOf({ desc, descsz }: Note): string {
  const bytes = desc.replace(/(..)(?=.)/g, '$1 ')
  return desc.length / 2 < descsz ? `${bytes} …`.trim() : bytes
}

function decodeXen(
  note: Note,
  msb: boolean,
  named: boolean,
): Pick<DecodedNote, 'value'> & Partial<DecodedNote> {
  const { type, desc, descsz, text } = note
  if (text !== undefined) return decodeText(note, text)
  if (!named || type === 0) return { value: bytesOf(note) }
  if (type === L1_MFN_VALID) return decodePairs(desc, msb)
  if (type === PHYS32_RELOC) return decodeRelocation(desc, msb)
  if (type === SUPPORTED_FEATURES) return decodeFeatureBits(desc, descsz, msb)
  if (type > PHYS32_ENTRY) return { value: bytesOf(note) }
  if (![1, 2, 4, 8].includes(descsz) || desc.length / 2 < descsz) {
    return {
      value: '0',
      number: '0x0',
      remark: `Xen reads numbers of 1, 2, 4 and 8 bytes, and takes ${descsz} bytes as 0`,
    }
  }
  const number = hex(readNumber(desc, 0, descsz, msb))
  if (type === SUSPEND_CANCEL) return { value: number === '0x0' ? 'no' : 'yes', number }
  return { value: number, number }
}

function decodeText(
  { type, textStop }: Note,
  text: string,
): Pick<DecodedNote, 'value'> & Partial<DecodedNote> {
  const remark =
    textStop === undefined
      ? {}
      : { remark: `Its text does not end ${textStop === 'limit' ? 'within 4096 bytes' : 'inside the image'}` }
  if (type === FEATURES) {
    const features = splitFeatures(text).map(({ name, required }) => `${required ? '!' : ''}${name}`)
    return { value: JSON.stringify(text), text, features, ...remark }
  }
  return { value: JSON.stringify(text), text, ...remark }
}

function decodeFeatureBits(
  desc: string,
  size: number,
  msb: boolean,
): Pick<DecodedNote, 'value'> & Partial<DecodedNote> {
  if (size === 0 || size % 4 !== 0 || desc.length < 8) {
    return {
      value: '0',
      features: [],
      remark: `Xen reads words of 4 bytes, and takes no bit from ${size} bytes`,
    }
  }
  const word = Number(readNumber(desc, 0, 4, msb))
  const features = featureBitNames(word)
  return { value: `${hex(word)} (${features.join(', ') || 'none'})`, number: hex(word), features }
}

/** Mask and value, as two words of 4 bytes or as pairs of 8. */
function decodePairs(desc: string, msb: boolean): Pick<DecodedNote, 'value'> & Partial<DecodedNote> {
  const bytes = desc.length / 2
  const unit = bytes % 16 === 0 ? 8 : 4
  const pairs: { mask: Hex; value: Hex }[] = []
  for (let at = 0; at + 2 * unit <= bytes; at += 2 * unit) {
    const mask = hex(readNumber(desc, at, unit, msb))
    pairs.push({ mask, value: hex(readNumber(desc, at + unit, unit, msb)) })
  }
  return { value: pairs.map(({ mask, value }) => `mask ${mask} value ${value}`).join(', '), pairs }
}

function decodeRelocation(desc: string, msb: boolean): Pick<DecodedNote, 'value'> & Partial<DecodedNote> {
  const bytes = desc.length / 2
  const relocation: { align?: number; min?: number; max?: number } = {}
  for (const [index, key] of (['align', 'min', 'max'] as const).entries()) {
    if (bytes >= 4 * index + 4) relocation[key] = Number(readNumber(desc, 4 * index, 4, msb))
  }
  const value = Object.entries(relocation)
    .map(([key, number]) => `${key} ${hex(number)}`)
    .join(', ')
  return { value: value || 'defaults', relocation }
}

function readNumber(desc: string, at: number, size: number, msb: boolean): bigint {
  let digits = ''
  for (let index = 0; index < size; index++) {
    const from = 2 * (at + (msb ? index : size - 1 - index))
    digits += desc.slice(from, from + 2)
  }
  return BigInt(`0x${digits}`)
}

const NOTE_GATES: Readonly<Record<number, GateId>> = {
  13: 'note-l1-mfn-valid',
  15: 'note-init-p2m',
  16: 'note-mod-start-pfn',
  17: 'supported-features-note',
  18: 'note-phys32-entry',
  19: 'note-phys32-reloc',
}

/** Which releases read notes of a type, and which pass over them. */
export function noteReadings(type: number): NoteReading[] {
  const whole = { since: releases[0]!, until: releases.at(-1)! }
  const gate = NOTE_GATES[type]
  if (gate === undefined) return [{ ...whole, reads: type > 0 && type <= SUSPEND_CANCEL }]
  const { values, last } = gateTable(gate)
  const readings: NoteReading[] = []
  for (let index = 0; index < releases.length; index = last[index]! + 1) {
    const until = releases[last[index]!]!
    readings.push({ since: releases[index]!, until, reads: values[index] === 'read' })
  }
  return readings
}

export interface DecodedGuestKey {
  name: string
  value: string
  /** The number that Xen reads, for the keys that are numbers. */
  number?: Hex
  /** False for a key that no release knows. */
  known: boolean
}

const NUMBER_KEYS = new Set(['VIRT_BASE', 'VIRT_ENTRY', 'ELF_PADDR_OFFSET', 'HYPERCALL_PAGE'])
const TEXT_KEYS = new Set(['LOADER', 'GUEST_OS', 'GUEST_VER', 'XEN_VER', 'PAE', 'BSD_SYMTAB', 'FEATURES'])

/** The keys of a __xen_guest section, in order. Never throws. */
export function decodeGuestSection({ text }: GuestSection): DecodedGuestKey[] {
  return splitGuestString(text).map(({ name, value }) => ({
    name,
    value,
    ...(NUMBER_KEYS.has(name) && { number: hex(parseUnsigned(value)) }),
    known: NUMBER_KEYS.has(name) || TEXT_KEYS.has(name),
  }))
}
