/** The legacy __xen_guest string: parse_xen_guest (grub-core/loader/i386/xen_fileXX.c). */
import {
  type GrubInfo,
  type GrubKernelArch,
  type GrubStop,
  MESSAGES,
  type Tell,
  undefinedRead,
} from './answer.ts'
import { grubBecause } from './reason.ts'

/** What an item must begin with, its comma included; the first that fits counts. */
const PAE: readonly (readonly [text: string, arch: GrubKernelArch])[] = [
  ['PAE=no,', 'i386'],
  ['PAE=yes,', 'i386-pae'],
  ['PAE=yes[extended-cr3],', 'i386-pae'],
  ['PAE=bimodal,', 'i386-pae-bimodal'],
  ['PAE=bimodal[extended-cr3],', 'i386-pae-bimodal'],
]
const NUMBERS = ['VIRT_BASE=', 'VIRT_ENTRY=', 'HYPERCALL_PAGE=', 'ELF_PADDR_OFFSET='] as const
const MAX64 = 0xffff_ffff_ffff_ffffn

/** Reads the string of a section of `size` bytes into `info`. `text` ends at the first NUL, which may lie after the section. */
export function readGuestString(
  text: string,
  size: number,
  info: GrubInfo,
  tell: Tell,
): GrubStop | undefined {
  let at = 0
  while (at < size) {
    const rest = text.slice(at)
    const pae = info.arch === 'x86_64' ? undefined : PAE.find(([item]) => rest.startsWith(item))
    if (pae !== undefined) info.arch = pae[1]
    const name = NUMBERS.find(key => rest.startsWith(key))
    if (name !== undefined) {
      const value = parseHexadecimal(rest.slice(name.length))
      if (typeof value === 'string') {
        return {
          verdict: 'refuses',
          stage: 'notes',
          code: 'guest-string-number',
          message: value,
          reason: grubBecause('guest-string-number', {
            item: name,
            value: rest.slice(name.length).split(',', 1)[0]!,
          }),
        }
      }
      if (name === 'VIRT_BASE=') info.virtBase = value
      tell(name.slice(0, -1), 'read', `0x${value.toString(16)}`)
    }
    const comma = text.indexOf(',', at)
    if (comma < 0) break
    at = comma + 1
  }
  return at < size && text.length >= size ? undefinedRead('notes', 'guest-string') : undefined
}

/** grub_strtoull with base 16, or its error. */
function parseHexadecimal(text: string): bigint | string {
  const digits = /^[ \t\n\r]*(?:0x)?([0-9a-f]*)/i.exec(text)![1]!
  if (digits === '') return MESSAGES.number
  const value = BigInt(`0x${digits}`)
  return value > MAX64 ? MESSAGES.overflow : value
}
