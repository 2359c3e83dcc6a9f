/**
 * Where the headers of an ELF file are, for those who change them (ELF gABI, chapters 4 and 5). Only little-endian files:
 * there is no other kernel for Xen on x86.
 * @module
 */

import { ELFCLASS64 } from '../facts/elf-format.ts'
import type { ElfFacts, Hex } from '../facts/facts.ts'
import { readBytes } from '../source/memory.ts'
import type { Source } from '../source/source.ts'
import type { Patch } from './patched-source.ts'

export const PT_LOAD = 1
export const PT_NOTE = 4
const PF_R = 4
const SHT_STRTAB = 3

/** Offsets in the file header and sizes of table entries. */
interface Layout {
  phoff: number
  shoff: number
  phentsize: number
  phnum: number
  shentsize: number
  shnum: number
  shstrndx: number
  programHeader: number
  sectionHeader: number
  /** In a program header. */
  offset: number
  filesz: number
  memsz: number
}

const LAYOUT32: Layout = {
  phoff: 28,
  shoff: 32,
  phentsize: 42,
  phnum: 44,
  shentsize: 46,
  shnum: 48,
  shstrndx: 50,
  programHeader: 32,
  sectionHeader: 40,
  offset: 4,
  filesz: 16,
  memsz: 20,
}
const LAYOUT64: Layout = {
  phoff: 32,
  shoff: 40,
  phentsize: 54,
  phnum: 56,
  shentsize: 58,
  shnum: 60,
  shstrndx: 62,
  programHeader: 56,
  sectionHeader: 64,
  offset: 8,
  filesz: 32,
  memsz: 40,
}

/** Notes keep this alignment in the file. */
const ALIGNMENT = 8
/** e_phnum and e_shnum have 16 bits, and the highest numbers mean something else. */
const MAX_HEADERS = 0xff00

export const alignUp = (value: number, to = ALIGNMENT): number => Math.ceil(value / to) * to

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff)
}

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** A range of the file. */
export interface FileRange {
  offset: number
  size: number
}

/** Makes the patches that change headers of one ELF file. */
export class ElfEditor {
  readonly #facts: ElfFacts
  readonly #layout: Layout
  readonly #is64: boolean
  /** Where the next bytes are appended. */
  #end: number
  readonly patches: Patch[] = []
  /** A change was asked for outside of the file: the edits are good for nothing. */
  isOutside = false

  constructor(facts: ElfFacts, patches: readonly Patch[] = []) {
    this.#facts = facts
    this.#is64 = facts.class === ELFCLASS64
    this.#layout = this.#is64 ? LAYOUT64 : LAYOUT32
    this.patches.push(...patches)
    this.#end = facts.size
  }

  #word(value: number): Uint8Array {
    const bytes = new Uint8Array(this.#is64 ? 8 : 4)
    const view = new DataView(bytes.buffer)
    if (this.#is64) view.setBigUint64(0, BigInt(value), true)
    else view.setUint32(0, value, true)
    return bytes
  }

  /** Changes bytes that the file has. What lies outside of it is no part of it, whatever its headers say. */
  patch(offset: number, bytes: Uint8Array): void {
    if (offset + bytes.length > this.#facts.size) this.isOutside = true
    else this.patches.push({ offset, bytes })
  }

  /** Appends bytes to the file, and returns where they are. */
  append(bytes: Uint8Array): number {
    const offset = alignUp(this.#end)
    this.patches.push({ offset, bytes })
    this.#end = offset + bytes.length
    return offset
  }

  /** Lets the program header `index` name another range of the file. */
  pointSegment(index: number, { offset, size }: FileRange): void {
    const at = Number(this.#facts.phoff) + index * this.#facts.phentsize
    this.patch(at + this.#layout.offset, this.#word(offset))
    this.patch(at + this.#layout.filesz, this.#word(size))
    this.patch(at + this.#layout.memsz, this.#word(size))
  }

  /** True where one more program header can be counted and the table lies in the file. */
  get canAddSegment(): boolean {
    const { phentsize, phnum, phoff, size } = this.#facts
    const fits = Number(phoff) + phnum * phentsize <= size
    return fits && phentsize >= this.#layout.programHeader && phnum + 1 < MAX_HEADERS
  }

  /** Adds a PT_NOTE header: the table is copied to the end of the file, where there is room for one more. */
  addNoteSegment(elf: Source, { offset, size }: FileRange): void {
    const { phentsize, phnum, phoff } = this.#facts
    const table = new Uint8Array((phnum + 1) * phentsize)
    table.set(readBytes(elf, Number(phoff), phnum * phentsize))
    const at = phnum * phentsize
    table.set(u32(PT_NOTE), at)
    table.set(u32(PF_R), at + (this.#is64 ? 4 : 24))
    table.set(this.#word(offset), at + this.#layout.offset)
    table.set(this.#word(size), at + this.#layout.filesz)
    table.set(this.#word(size), at + this.#layout.memsz)
    table.set(this.#word(4), at + (this.#is64 ? 48 : 28))
    const place = this.append(table)
    this.patch(this.#layout.phoff, this.#word(place))
    this.patch(this.#layout.phnum, u16(phnum + 1))
  }

  /** Gives a stripped file a table of two section headers, the first of which is empty and the other the names. */
  addSectionNames(): void {
    const size = this.#layout.sectionHeader
    const names = new TextEncoder().encode('\0.shstrtab\0')
    const place = this.append(names)
    const table = new Uint8Array(2 * size)
    table.set(u32(1), size)
    table.set(u32(SHT_STRTAB), size + 4)
    table.set(this.#word(place), size + (this.#is64 ? 24 : 16))
    table.set(this.#word(names.length), size + (this.#is64 ? 32 : 20))
    table.set(this.#word(1), size + (this.#is64 ? 48 : 32))
    this.patch(this.#layout.shoff, this.#word(this.append(table)))
    this.patch(this.#layout.shentsize, u16(size))
    this.patch(this.#layout.shnum, u16(2))
    this.patch(this.#layout.shstrndx, u16(1))
  }
}

/** A hexadecimal number of the facts as a place in a file; undefined where it is none. */
export function placeOf(value: Hex): number | undefined {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}
