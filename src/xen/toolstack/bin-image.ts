/** The "multiboot-binary" loader of flat images: xg_dom_binloader.c. */
import type { BinImageTable, Hex } from '../../facts/facts.ts'
import type { LoaderRun } from '../loader-run.ts'
import { because } from '../reason.ts'
import type { Stop } from '../verdict.ts'

/** XEN_MULTIBOOT_FLAG_*. */
const ADDRESSES_VALID = 0x10000
const ALIGN_4K = 0x1
const PAE_SHIFT = 14
const PAE_MASK = 3
/** The flags that may be set without being compared. */
const FREE_FLAGS = ALIGN_4K | (PAE_MASK << PAE_SHIFT)

const hex32 = (value: number): Hex => `0x${(value >>> 0).toString(16).padStart(8, '0')}`

const PARSE = 'xc_dom_parse_bin_kernel'

/**
 * The guest type, or why the image is refused.
 *
 * @param size How many bytes the loader counts.
 */
export function parseBinImage(
  { ask, subject }: LoaderRun,
  table: BinImageTable,
  size: number,
): string | Stop {
  const flags = (table.flags & ~FREE_FLAGS) >>> 0
  ask.trace?.({
    stage: PARSE,
    what: 'xen_bin_image_table',
    offset: table.offset,
    value: `flags ${hex32(table.flags)}`,
    does: flags === ADDRESSES_VALID ? 'takes its flags' : 'refuses its flags',
    gates: ['bin-image'],
  })
  if (flags !== ADDRESSES_VALID) {
    return {
      verdict: 'refuses',
      code: 'bin-image-flags',
      message: `${PARSE}: xen_bin_image_table flags required ${hex32(ADDRESSES_VALID)} found ${hex32(flags)}`,
      reason: because('bin-image-flags', { flags: hex32(table.flags) }),
      gates: ['bin-image'],
    }
  }
  const field = wrongAddress(table, size)
  if (field !== undefined) {
    return {
      verdict: 'refuses',
      code: 'bin-image-addresses',
      message: `${PARSE}: Invalid ${field}.`,
      reason: because('bin-image-address', { field }),
      gates: ['bin-image'],
    }
  }
  switch ((table.flags >>> PAE_SHIFT) & PAE_MASK) {
    case 0:
      return 'xen-3.0-x86_32'
    case 1:
      return 'xen-3.0-x86_32p'
    case 2:
      return 'xen-3.0-x86_64'
    default:
      return subject.capabilities.includes('xen-3.0-x86_32p') ? 'xen-3.0-x86_32p' : 'xen-3.0-x86_32'
  }
}

function wrongAddress(table: BinImageTable, size: number): string | undefined {
  const { offset, headerAddress, loadAddress, loadEndAddress, bssEndAddress } = table
  if (headerAddress < loadAddress || offset < headerAddress - loadAddress) return 'header_addr'
  const start = (headerAddress - offset) >>> 0
  const loadEnd = loadEndAddress === 0 ? (start + size) >>> 0 : loadEndAddress
  if (start + size < loadEnd) return 'load_end_addr'
  return bssEndAddress !== 0 && bssEndAddress < loadEnd ? 'bss_end_addr' : undefined
}
