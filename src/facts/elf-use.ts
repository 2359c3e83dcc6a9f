/**
 * What an ELF file is for, as its first bytes say: a directory of kernels also holds modules, libraries and programs,
 * which nobody would ask a loader about.
 * @module
 */
import { EHDR32_LENGTH, EHDR64_LENGTH, ELFCLASS64, ELFDATA2MSB } from './elf-format.ts'
import type { ElfFacts } from './facts.ts'

/** `object`: an object file or a module. `program`: one of a system. `library`: a shared object. Kernels may be like the last two. */
export type ElfUse = 'kernel' | 'object' | 'program' | 'library'

/** e_type and p_type (ELF gABI, chapters 4 and 5). */
const ET_REL = 1
const ET_DYN = 3
const PT_DYNAMIC = 2
const PT_INTERP = 3

/** Looks at as many program headers as lie in `head`, which begins with the magic of ELF. */
export function elfUse(head: Uint8Array): ElfUse {
  const is64 = head[4] === ELFCLASS64
  const header = is64 ? EHDR64_LENGTH : EHDR32_LENGTH
  if (head.length < header) return 'kernel'
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const isLittle = head[5] !== ELFDATA2MSB
  const type = view.getUint16(16, isLittle)
  if (type === ET_REL) return 'object'
  const start = is64 ? offset64(view, 32, isLittle) : view.getUint32(28, isLittle)
  const size = view.getUint16(header - 10, isLittle)
  const count = view.getUint16(header - 8, isLittle)
  let isDynamic = false
  for (let index = 0; index < count; index++) {
    const at = start + index * size
    if (at + 4 > head.length) break
    const segment = view.getUint32(at, isLittle)
    if (segment === PT_INTERP) return 'program'
    isDynamic ||= segment === PT_DYNAMIC
  }
  return type === ET_DYN && isDynamic ? 'library' : 'kernel'
}

/** A number of 64 bits, or one beyond every head where it has more than 32: without a BigInt for each file. */
function offset64(view: DataView, at: number, isLittle: boolean): number {
  const [low, high] = isLittle ? [at, at + 4] : [at + 4, at]
  return view.getUint32(high, isLittle) === 0 ? view.getUint32(low, isLittle) : Number.POSITIVE_INFINITY
}

/**
 * True for what is no kernel. A program or a library is told from a kernel that looks like one, as FreeBSD's with its
 * interpreter does, by what it says to Xen.
 *
 * @param json The facts of a sound ELF, which `elf` are not there for.
 */
export function isOrdinary(use: ElfUse | undefined, elf: ElfFacts | undefined, json?: string): boolean {
  if (use === undefined || use === 'kernel') return false
  if (use === 'object') return true
  const facts = json === undefined ? elf : (JSON.parse(json) as ElfFacts)
  return facts !== undefined && !speaksToXen(facts)
}

/** Whether an ELF says anything to Xen. */
export const speaksToXen = ({ notes, guest }: ElfFacts): boolean =>
  guest !== undefined || notes.some(({ owner }) => owner === 'Xen')
