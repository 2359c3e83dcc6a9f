/** elf_init and elf_parse_binary (xen/common/libelf/libelf-loader.c). */
import { EHDR32_LENGTH, EHDR64_LENGTH } from '../../facts/elf-format.ts'
import type { Hex } from '../../facts/facts.ts'
import type { GateReader } from '../gate-reader.ts'
import { because, type UncheckedRead, type UnreadPart } from '../reason.ts'
import type { Stop } from '../verdict.ts'
import type { ElfImage } from './image.ts'
import { hex, type Parameters, u64 } from './parameters.ts'

/** Where e_phnum ends, the last field that is read before the program header table is compared. */
const PHNUM_END32 = 46
const PHNUM_END64 = 58
/** sizeof(Elf32_Shdr). */
const SHDR32 = 40
/** PF_X, PF_W, PF_R. */
const WRITE_OR_EXECUTE = 3
const ANY_ACCESS = 7
const ALL_ONES = 0xffff_ffff_ffff_ffffn

/** A Stop for reads outside the image, which old releases do not check. */
export function outside(what: UncheckedRead, gates: Stop['gates'] = ['libelf-bounds'], at?: Hex): Stop {
  return {
    verdict: 'uncertain',
    code: 'memory-outside-image',
    reason: because('memory-outside-image', { what, ...(at !== undefined && { at }) }),
    gates,
  }
}

/** A Stop for what this release reads, and the scan did not. */
export function partUnread(what: UnreadPart, gates: Stop['gates'] = ['libelf-bounds'], at?: Hex): Stop {
  return {
    verdict: 'uncertain',
    code: 'unpacked-only-in-part',
    reason: because('part-unread', { what, ...(at !== undefined && { at }) }),
    gates,
  }
}

/** elf_err of elf_init: with the function's name in front until it was dropped. */
function initText(ask: GateReader, text: string): string {
  return `${ask.gate('libelf-text-prefix') === 'function' ? 'elf_init' : 'ELF'}: ${text}`
}

/** The Stop for bytes that are not an ELF file. */
export function notElf(ask: GateReader): Stop {
  return {
    verdict: 'refuses',
    code: 'not-a-kernel',
    message: initText(ask, 'not an ELF binary'),
    reason: because('not-elf'),
    gates: ['elf-magic'],
  }
}

/** elf_shdr_count: the hardened one believes no more headers than the image can hold. */
export function sectionCount(ask: GateReader, { facts }: ElfImage, size: number): number {
  const most = Math.floor(size / SHDR32)
  if (facts.shnum <= most || ask.gate('libelf-bounds') === 'unchecked') return facts.shnum
  return most
}

/**
 * Compares magic and tables with the image's size.
 *
 * @param size The size that the loader passes; it differs from the file's where a container says another.
 */
export function initElf(ask: GateReader, image: ElfImage, size: number): Stop | undefined {
  const { facts, is64 } = image
  if (size < (is64 ? EHDR64_LENGTH : EHDR32_LENGTH)) {
    if (ask.gate('libelf-bounds') === 'checked') {
      if (size < EHDR32_LENGTH) return notElf(ask)
    } else if (facts.size < (is64 ? PHNUM_END64 : PHNUM_END32)) {
      return outside('elf-header')
    }
  }
  ask.trace?.({
    stage: 'elf_init',
    what: 'ELF header',
    offset: 0,
    value: `class ${facts.class}, data ${facts.data}, machine ${facts.machine}, ${size} bytes`,
    does: 'the magic is right',
    gates: ['elf-magic'],
  })
  const segments = table(ask, 'phdr', BigInt(facts.phoff), facts.phentsize * facts.phnum, size)
  if (segments !== undefined) return segments
  // The rest of the header is read only now.
  if (facts.size < (is64 ? EHDR64_LENGTH : EHDR32_LENGTH) && ask.gate('libelf-bounds') === 'unchecked') {
    return outside('elf-header')
  }
  return table(ask, 'shdr', BigInt(facts.shoff), facts.shentsize * sectionCount(ask, image, size), size)
}

function table(
  ask: GateReader,
  name: 'phdr' | 'shdr',
  start: bigint,
  length: number,
  size: number,
): Stop | undefined {
  const end = u64(start + BigInt(length))
  const full = name === 'phdr' ? 'program header table' : 'section header table'
  const fits = end <= BigInt(size)
  ask.trace?.({
    stage: 'elf_init',
    what: full,
    offset: start,
    value: `${length} bytes, ends at ${hex(end)}`,
    does: fits ? 'lies inside the image' : 'runs past the end of the image: refuses it',
    gates: ['elf-tables'],
  })
  if (fits) return undefined
  return {
    verdict: 'refuses',
    code: 'elf-table-outside',
    message: initText(ask, `${name} overflow (off ${end.toString(16)} > size ${size.toString(16)})`),
    reason: because('elf-table-outside', {
      table: name === 'phdr' ? 'program' : 'section',
      end: hex(end),
      size: hex(size),
    }),
    gates: ['elf-tables'],
  }
}

/** The physical range of the loadable segments. */
export function parseBinary(ask: GateReader, image: ElfImage, parameters: Parameters): void {
  let low = ALL_ONES
  let high = 0n
  for (const { flags, paddr, memsz } of image.loads) {
    const access = flags & ANY_ACCESS
    if (access === 0) continue
    if ((access & WRITE_OR_EXECUTE) === 0 && ask.gate('read-only-segments') === 'ignored') continue
    if (low > paddr) low = paddr
    const end = u64(paddr + memsz)
    if (high < end) high = end
  }
  parameters.pstart = low
  parameters.pend = high
  ask.trace?.({
    stage: 'elf_parse_binary',
    what: `${image.loads.length} PT_LOAD segments`,
    value: `${hex(low)} to ${hex(high)}`,
    does: 'takes their physical range',
  })
}
