/** elf_parse_bsdsyms (xen/common/libelf/libelf-loader.c): where the symbols that BSD_SYMTAB asks for end. */
import type { Section } from '../../facts/facts.ts'
import type { GateReader } from '../gate-reader.ts'
import type { ElfImage } from './image.ts'
import { sectionCount } from './init.ts'
import { u64 } from './parameters.ts'

const SHT_SYMTAB = 2
const SHT_STRTAB = 3
/** sizeof(Elf32_Shdr), sizeof(Elf64_Shdr), and the headers that the fixed layout holds. */
const SHDR32 = 40
const SHDR64 = 64
const HEADERS = 3
/** The size word, and struct elf_sym_header up to its sections: a size word and the larger ELF header. */
const SIZE_WORD = 4
const FIXED_HEADER = 4 + 64

/** The end of the symbols after `start`; undefined without a symbol table that this release believes. */
export function symbolsEnd(
  ask: GateReader,
  image: ElfImage,
  start: bigint,
  size: number,
): bigint | undefined {
  const { facts, is64 } = image
  const sections = facts.sections ?? []
  const count = sectionCount(ask, image, size)
  const layout = ask.gate('bsd-symtab-size')
  const first = ask.gate('first-section')
  const symtab = findSymtab(sections, count, first, layout === 'fixed-header')
  if (symtab === undefined) return undefined

  const mask = is64 ? 7n : 3n
  const round = (value: bigint) => u64((value + mask) & ~mask)
  const add = (total: bigint, section: Section) => round(total + BigInt(section.size))
  const linked = (section: Section) => {
    const strings = sections.find(({ index }) => index === section.link)
    return strings?.type === SHT_STRTAB ? strings : undefined
  }
  let length: bigint
  if (layout === 'every-section') {
    length = round(BigInt(SIZE_WORD + facts.ehsize + count * facts.shentsize))
    for (const section of sections) {
      if (section.index >= count) break
      if (section.type === SHT_STRTAB || section.type === SHT_SYMTAB) length = add(length, section)
    }
  } else if (layout === 'three-headers') {
    length = round(BigInt(SIZE_WORD + facts.ehsize + HEADERS * facts.shentsize))
    for (const section of sections) {
      if (section.index >= count) break
      if (section.type !== SHT_SYMTAB) continue
      length = add(length, section)
      const strings = linked(section)
      // Nothing is set then, and the symbols are left out (elf_parse_bsdsyms).
      if (strings === undefined) return undefined
      length = add(length, strings)
    }
  } else {
    length = round(BigInt(SIZE_WORD + FIXED_HEADER + HEADERS * (is64 ? SHDR64 : SHDR32)))
    length = add(length, symtab)
    const strings = linked(symtab)
    if (strings === undefined) return undefined
    length = add(length, strings)
  }
  return u64(round(start) + length)
}

/** The symbol table that elf_init picks: the first with a link that is believed. */
function findSymtab(
  sections: readonly Section[],
  count: number,
  first: number,
  strict: boolean,
): Section | undefined {
  for (const section of sections) {
    if (section.index < first || section.index >= count || section.type !== SHT_SYMTAB) continue
    const linkFits = section.link < count && !(strict && section.link === 0)
    if (linkFits) return section
    if (strict) return undefined
  }
  return undefined
}

/** The sections whose bytes this release copies to dom0 for BSD_SYMTAB without comparing them with the image. */
export function copiedSymbols(ask: GateReader, image: ElfImage, size: number): readonly Section[] {
  const copy = ask.gate('dom0-symbol-copy')
  if (copy === 'none' || copy === 'checked') return []
  if (symbolsEnd(ask, image, 0n, size) === undefined) return []
  const sections = image.facts.sections ?? []
  const count = sectionCount(ask, image, size)
  if (copy === 'every-section') {
    return sections.filter(({ index, type }) => index < count && (type === SHT_STRTAB || type === SHT_SYMTAB))
  }
  const fixed = ask.gate('bsd-symtab-size') === 'fixed-header'
  const symtab = findSymtab(sections, count, ask.gate('first-section'), fixed)
  return sections.filter(section => section === symtab || section.index === symtab?.link)
}
