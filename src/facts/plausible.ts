/**
 * Whether an ELF looks like a sound kernel for Xen. What was unpacked only in part and does not may be damaged: then the
 * rest has to be unpacked before its notes are blamed. A doubt too many costs time alone.
 * @module
 */
import type { ElfFacts, Note, Segment } from './facts.ts'
import { isFeatureName } from './feature-names.ts'
import { elfProblem } from './problem.ts'

// XEN_ELFNOTE_* (xen/include/public/elfnote.h).
const ENTRY = 1
const HYPERCALL_PAGE = 2
const VIRT_BASE = 3
const PADDR_OFFSET = 4
const XEN_VERSION = 5
const GUEST_OS = 6
const LOADER = 8
const FEATURES = 10
const PHYS32_ENTRY = 18
const PHYS32_RELOC = 19
const PT_LOAD = 1
const ELFDATA2LSB = 1

/** Owners of the notes that kernels have beside Xen's. */
const OWNERS: ReadonlySet<string> = new Set([
  'Xen',
  'Linux',
  'GNU',
  'FreeBSD',
  'NetBSD',
  'OpenBSD',
  'PaX',
  'Go',
])

/** True where the notes say what a loader of Xen wants to hear, and lie where they should. */
export function isPlausible(elf: ElfFacts): boolean {
  if (elfProblem(elf) !== undefined || elf.walks.some(({ stop }) => stop !== 'end')) return false
  if (elf.notes.some(({ owner }) => !OWNERS.has(owner))) return false
  const own = elf.notes.filter(({ owner }) => owner === 'Xen')
  const notes = new Map(own.map(note => [note.type, note]))
  if (notes.size === 0) return elf.guest?.text.includes('XEN_VER=xen-3.0') ?? false
  if (notes.size < own.length || !own.every(isSound) || !areAddressesSound(elf, notes)) return false
  if (notes.has(PHYS32_ENTRY) && notes.size <= 2) return true
  const text = (type: number) => notes.get(type)?.text ?? ''
  const isOurs = text(LOADER).startsWith('generic') || text(GUEST_OS).startsWith('linux')
  return (isOurs || notes.has(PHYS32_ENTRY)) && text(XEN_VERSION).startsWith('xen-3.0')
}

/** A type that Xen has, text that is text, and features that have a bit. */
function isSound({ type, text, textStop }: Note): boolean {
  if (type > PHYS32_RELOC || textStop !== undefined) return false
  if (text === undefined || text === '') return true
  if (!/^[\x20-\x7e]+$/.test(text)) return false
  return type !== FEATURES || text.split('|').every(name => isFeatureName(name.replace(/^!/, '')))
}

function areAddressesSound(elf: ElfFacts, notes: ReadonlyMap<number, Note>): boolean {
  if (notes.has(PADDR_OFFSET) && !notes.has(VIRT_BASE)) return false
  if (elf.data !== ELFDATA2LSB) return true
  const isIn = (type: number, by: 'vaddr' | 'paddr') => {
    const note = notes.get(type)
    return note === undefined || elf.segments.some(segment => holds(segment, by, addressOf(note)))
  }
  return isIn(ENTRY, 'vaddr') && isIn(HYPERCALL_PAGE, 'vaddr') && isIn(PHYS32_ENTRY, 'paddr')
}

/** The little-endian number that a note holds. */
function addressOf({ desc }: Note): bigint {
  const digits = desc.match(/../g)?.reverse().join('') ?? ''
  return BigInt(`0x${digits || '0'}`)
}

function holds(segment: Segment, by: 'vaddr' | 'paddr', address: bigint): boolean {
  const start = BigInt(segment[by])
  return segment.type === PT_LOAD && address >= start && address < start + BigInt(segment.memsz)
}
