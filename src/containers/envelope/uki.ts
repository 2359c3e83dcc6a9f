/**
 * Unified kernel images: an EFI program with a Linux kernel in its section `.linux` (UAPI Group, "Unified Kernel
 * Image"; Microsoft, "PE Format").
 */
import { SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import type { Budget } from '../budget.ts'
import { decodeName } from '../file-name.ts'
import { Metadata } from '../metadata.ts'

const PE_AT = 0x3c
const PE = 0x4550
const SECTIONS_AT = 24
const SECTION = 40
const MAX_SECTIONS = 96

/** Whether a file that starts so is an EFI or Windows program. */
export function isPe(head: Uint8Array): boolean {
  if (head.length < PE_AT + 4 || head[0] !== 0x4d || head[1] !== 0x5a) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const at = view.getUint32(PE_AT, true)
  return at + 4 <= head.length && view.getUint32(at, true) === PE
}

/** The sections `.linux`: one, or one a profile. Throws a ContainerError. */
export function* readUki(source: Source, budget: Budget): Generator<ArchiveEntry> {
  const metadata = new Metadata(source, { layer: 'uki', budget })
  const at = metadata.read('header', PE_AT, 4).u32(0)
  const header = metadata.read('header', at, SECTIONS_AT)
  const count = header.u16(6)
  if (count > MAX_SECTIONS)
    throw header.corrupt('header', `it has ${count} sections, limit is ${MAX_SECTIONS}`, 6)
  const table = at + SECTIONS_AT + header.u16(20)
  let found = 0
  for (let index = 0; index < count; index++) {
    const section = metadata.read('section header', table + index * SECTION, SECTION)
    if (decodeName(section.slice(0, 8)).replaceAll('\\x00', '') !== '.linux') continue
    const [virtual, raw, start] = [section.u32(8), section.u32(16), section.u32(20)]
    const size = virtual === 0 ? raw : Math.min(virtual, raw)
    found++
    const path = found === 1 ? '.linux' : `.linux.${found}`
    yield { path, kind: 'file', size, open: () => new SliceSource(source, start, size) }
  }
}
