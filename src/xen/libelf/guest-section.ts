/** The legacy __xen_guest string: elf_xen_parse_guest_info (xen/common/libelf/libelf-dominfo.c). */
import type { GuestSection } from '../../facts/facts.ts'
import type { GateReader } from '../gate-reader.ts'
import type { Stop } from '../verdict.ts'
import { parseFeatures, splitFeatures } from './features.ts'
import { outside, partUnread } from './init.ts'
import { keptText, PAE_EXTENDED, PAE_YES, type Parameters, UNSET, u64 } from './parameters.ts'

/** name[32] and value[128], each with a NUL. */
const NAME_LENGTH = 31
const VALUE_LENGTH = 127
/** HYPERCALL_PAGE is a page number. */
const PAGE_SHIFT = 12n

export interface GuestKey {
  name: string
  value: string
}

/** Cuts the string into keys as libelf does: what does not fit a buffer goes on as the next key's name. */
export function splitGuestString(text: string): GuestKey[] {
  const keys: GuestKey[] = []
  let at = 0
  while (at < text.length) {
    let name = ''
    let value = ''
    while (name.length < NAME_LENGTH && at < text.length) {
      const character = text[at]!
      if (character === ',') {
        at++
        break
      }
      if (character === '=') {
        at++
        while (value.length < VALUE_LENGTH && at < text.length) {
          const next = text[at]!
          if (next === ',') {
            at++
            break
          }
          value += next
          at++
        }
        break
      }
      name += character
      at++
    }
    keys.push({ name, value })
  }
  return keys
}

/** strtoull(value, NULL, 0). */
export function parseUnsigned(text: string): bigint {
  const match = /^[\t-\r ]*([-+]?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9][0-9]*))/i.exec(text)
  if (match === null) return 0n
  const [, sign, hexadecimal, octal, decimal] = match
  const digits =
    hexadecimal !== undefined ? `0x${hexadecimal}` : octal !== undefined ? `0o${octal}` : decimal!
  const value = BigInt(digits)
  if (value > UNSET) return UNSET
  return sign === '-' ? u64(-value) : value
}

export function readGuestSection(
  ask: GateReader,
  section: GuestSection,
  parameters: Parameters,
): Stop | undefined {
  if (section.textStop === 'image' && ask.gate('libelf-bounds') === 'unchecked') {
    return outside('guest-string')
  }
  if (section.textStop === 'limit') {
    return partUnread('guest-string')
  }
  for (const { name, value } of splitGuestString(section.text)) {
    ask.trace?.({
      stage: 'elf_xen_parse_guest_info',
      what: name,
      offset: BigInt(section.offset),
      value: JSON.stringify(value),
      does: 'read',
    })
    switch (name) {
      case 'LOADER':
        parameters.loader = keptText(value)
        break
      case 'GUEST_OS':
        parameters.guestOs = keptText(value)
        break
      case 'GUEST_VER':
        parameters.guestVersion = keptText(value)
        break
      case 'XEN_VER':
        parameters.xenVersion = keptText(value)
        break
      case 'PAE':
        if (value === 'yes[extended-cr3]') parameters.pae = PAE_EXTENDED
        else if (value.startsWith('yes')) parameters.pae = PAE_YES
        break
      case 'BSD_SYMTAB':
        parameters.bsdSymtab = true
        break
      case 'VIRT_BASE':
        parameters.virtBase = parseUnsigned(value)
        break
      case 'VIRT_ENTRY':
        parameters.virtEntry = parseUnsigned(value)
        break
      case 'ELF_PADDR_OFFSET':
        parameters.paddrOffset = parseUnsigned(value)
        break
      case 'HYPERCALL_PAGE':
        parameters.virtHypercall = u64(parseUnsigned(value) << PAGE_SHIFT)
        if (ask.gate('xen-guest-hypercall-page') === 'in-order') {
          parameters.virtHypercall = u64(parameters.virtHypercall + parameters.virtBase)
        }
        break
      case 'FEATURES': {
        const { supported, required, stop } = parseFeatures(ask, splitFeatures(value))
        parameters.supported |= supported
        parameters.required |= required
        // The failure is not passed on: the reading ends here, and the check sees what came before.
        if (stop !== undefined) return finishHypercallPage(ask, parameters)
        break
      }
    }
  }
  return finishHypercallPage(ask, parameters)
}

/** Newer releases add VIRT_BASE at the end, wherever it stood. */
function finishHypercallPage(ask: GateReader, parameters: Parameters): undefined {
  if (parameters.virtHypercall === UNSET || ask.gate('xen-guest-hypercall-page') === 'in-order') return
  if (parameters.virtBase === UNSET) return
  parameters.virtHypercall = u64(parameters.virtHypercall + parameters.virtBase)
}
