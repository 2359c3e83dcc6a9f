/**
 * Whether an ELF looks like a kernel for Xen. What was unpacked only in part and does not may be damaged: then the rest has
 * to be unpacked before its notes are blamed.
 * @module
 */
import type { ElfFacts } from './facts.ts'
import { elfProblem } from './problem.ts'

// XEN_ELFNOTE_* (xen/include/public/elfnote.h).
const ENTRY = 1
const XEN_VERSION = 5
const GUEST_OS = 6
const LOADER = 8
const PHYS32_ENTRY = 18
const PT_LOAD = 1
const ELFDATA2LSB = 1

/** True where the notes say what a loader of Xen wants to hear, and lie where they should. */
export function isPlausible(elf: ElfFacts): boolean {
  if (elfProblem(elf) !== undefined || elf.walks.some(({ stop }) => stop !== 'end')) return false
  const notes = new Map(elf.notes.filter(({ owner }) => owner === 'Xen').map(note => [note.type, note]))
  if (notes.size === 0) return elf.guest?.text.includes('XEN_VER=xen-3.0') ?? false
  const entry = notes.get(ENTRY)
  if (entry !== undefined && elf.data === ELFDATA2LSB && !isLoaded(elf, entry.desc)) return false
  if (notes.has(PHYS32_ENTRY) && notes.size <= 2) return true
  const text = (type: number) => notes.get(type)?.text ?? ''
  const isOurs = text(LOADER).startsWith('generic') || text(GUEST_OS).startsWith('linux')
  return (isOurs || notes.has(PHYS32_ENTRY)) && text(XEN_VERSION).startsWith('xen-3.0')
}

/** True where little-endian `bytes` are an address inside a segment. */
function isLoaded(elf: ElfFacts, bytes: string): boolean {
  const digits = bytes.match(/../g)?.reverse().join('') ?? ''
  const address = BigInt(`0x${digits || '0'}`)
  return elf.segments.some(({ type, vaddr, memsz }) => {
    const start = BigInt(vaddr)
    return type === PT_LOAD && address >= start && address < start + BigInt(memsz)
  })
}
