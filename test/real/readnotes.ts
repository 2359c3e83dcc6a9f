/** Prints notes as Xen's own readnotes does (Xen tools/xcutils/readnotes.c), to compare with it line by line. */
import type { ElfFacts, Note } from '../../src/facts/facts.ts'

const STRINGS: Record<number, string> = {
  5: 'XEN_VERSION',
  6: 'GUEST_OS',
  7: 'GUEST_VERSION',
  8: 'LOADER',
  9: 'PAE_MODE',
  10: 'FEATURES',
}
const NUMBERS: Record<number, string> = {
  1: 'ENTRY',
  2: 'HYPERCALL_PAGE',
  3: 'VIRT_BASE',
  4: 'PADDR_OFFSET',
  12: 'HV_START_LOW',
  14: 'SUSPEND_CANCEL',
  18: 'PHYS32_ENTRY',
}
const L1_MFN_VALID = 13

const littleEndian = (hex: string) => BigInt(`0x0${hex.match(/../g)?.reverse().join('') ?? ''}`)
const hex = (value: bigint) => (value === 0n ? '0' : `0x${value.toString(16)}`)

function line(note: Note): string {
  const text = STRINGS[note.type]
  if (text !== undefined) return `${text}: ${note.text}`
  const number = NUMBERS[note.type]
  if (number !== undefined) {
    return `${number}: ${hex(littleEndian(note.desc)).padStart(2 + 2 * note.descsz)} (${note.descsz} bytes)`
  }
  if (note.type === L1_MFN_VALID) {
    const half = note.desc.length / 2
    return `L1_MFN_VALID: mask=${hex(littleEndian(note.desc.slice(0, half)))} value=${hex(littleEndian(note.desc.slice(half)))}`
  }
  return `unknown note type 0x${note.type.toString(16)}`
}

/** The lines that readnotes prints for an image. */
export function asReadnotes(elf: ElfFacts): string[] {
  const lines = elf.notes.filter(note => note.owner === 'Xen').map(line)
  if (elf.guest !== undefined) lines.push(`__xen_guest: ${elf.guest.text}`)
  return lines
}
