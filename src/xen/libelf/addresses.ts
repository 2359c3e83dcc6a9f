/** elf_xen_addr_calc_check (xen/common/libelf/libelf-dominfo.c). */
import type { GateReader } from '../gate-reader.ts'
import { because, type Reason } from '../reason.ts'
import type { Stop } from '../verdict.ts'
import { symbolsEnd } from './bsd-symtab.ts'
import type { ElfImage } from './image.ts'
import { partUnread } from './init.ts'
import { hex, type Parameters, UNSET, UNSET32, u64 } from './parameters.ts'

export function calculateAddresses(
  ask: GateReader,
  image: ElfImage,
  parameters: Parameters,
  size: number,
  hvm: boolean,
): Stop | undefined {
  const old = () => ask.gate('libelf-text-prefix') === 'function'
  const text = (message: string, end: string) =>
    old() ? `elf_xen_addr_calc_check: ${message}${end}` : message

  if (parameters.paddrOffset !== UNSET && parameters.virtBase === UNSET) {
    if (!hvm || ask.gate('paddr-offset-without-virt-base-hvm') === 'refuses') {
      return {
        verdict: 'refuses',
        code: 'paddr-offset-without-virt-base',
        message: text('ERROR: ELF_PADDR_OFFSET set, VIRT_BASE unset', ''),
        reason: because('paddr-offset-without-virt-base'),
        gates: ['paddr-offset-without-virt-base-hvm'],
      }
    }
  }
  if (parameters.virtBase === UNSET || hvm) parameters.virtBase = 0n
  if (parameters.paddrOffset === UNSET || hvm) {
    parameters.paddrOffset = parameters.noteRange || hvm ? 0n : parameters.virtBase
  }
  const offset = u64(parameters.virtBase - parameters.paddrOffset)
  parameters.virtKstart = u64(parameters.pstart + offset)
  parameters.virtKend = u64(parameters.pend + offset)
  if (parameters.virtEntry === UNSET || hvm) {
    parameters.virtEntry =
      hvm && parameters.physEntry !== UNSET32 ? BigInt(parameters.physEntry) : image.entry
  }
  const cut = parameters.bsdSymtab ? addSymbols(ask, image, parameters, size, offset) : undefined
  if (cut !== undefined) return cut

  const { virtBase, virtEntry, virtKstart, virtKend, p2mBase } = parameters
  const inside =
    virtKstart <= virtKend && virtEntry >= virtKstart && virtEntry <= virtKend && virtBase <= virtKstart
  ask.trace?.({
    stage: 'elf_xen_addr_calc_check',
    what: 'entry and addresses',
    value: `entry ${hex(virtEntry)}, kernel ${hex(virtKstart)} to ${hex(virtKend)}, base ${hex(virtBase)}`,
    does: inside ? 'the entry lies inside the kernel' : 'out of bounds: refuses the kernel',
    gates: hvm ? ['address-range', 'hvm-argument'] : ['address-range', 'address-defaults'],
  })
  if (!inside) {
    return {
      verdict: 'refuses',
      code: 'address-out-of-bounds',
      message: text('ERROR: ELF start or entries are out of bounds', '.'),
      reason: whyOutside(parameters),
      gates: parameters.bsdSymtab ? ['address-range', 'bsd-symtab-end'] : ['address-range'],
    }
  }
  if (p2mBase !== UNSET && p2mBase >= virtKstart && p2mBase < virtKend) {
    return {
      verdict: 'refuses',
      code: 'p2m-inside-kernel',
      message: text('ERROR: P->M table base is out of bounds', '.'),
      reason: because('p2m-inside-kernel', { base: hex(p2mBase), ...range(parameters) }),
      gates: ['note-init-p2m'],
    }
  }
  return undefined
}

function addSymbols(
  ask: GateReader,
  image: ElfImage,
  parameters: Parameters,
  size: number,
  offset: bigint,
): Stop | undefined {
  const end = ask.gate('bsd-symtab-end')
  if (end === 'left-out') return undefined
  if (image.facts.truncated === 'sections') return partUnread('section-headers', ['bsd-symtab-end'])
  const from = end === 'offset-twice' ? parameters.virtKend : parameters.pend
  const symbols = symbolsEnd(ask, image, from, size)
  if (symbols !== undefined && symbols !== 0n) parameters.virtKend = u64(symbols + offset)
  ask.trace?.({
    stage: 'elf_parse_bsdsyms',
    what: 'symbol tables after the kernel',
    value: symbols === undefined ? 'none' : hex(parameters.virtKend),
    does: end === 'offset-twice' ? 'adds the virtual offset twice' : 'moves the end of the kernel',
    gates: ['bsd-symtab-end', 'bsd-symtab-size'],
  })
  return undefined
}

function whyOutside(parameters: Parameters): Reason {
  const { virtBase, virtEntry, virtKstart, virtKend } = parameters
  if (virtKstart > virtKend) return because('kernel-end-before-start', range(parameters))
  if (virtBase > virtKstart) {
    return because('kernel-below-virt-base', { start: hex(virtKstart), base: hex(virtBase) })
  }
  return because('entry-outside', { entry: hex(virtEntry), ...range(parameters) })
}

const range = ({ virtKstart, virtKend }: Parameters) => ({ start: hex(virtKstart), end: hex(virtKend) })
