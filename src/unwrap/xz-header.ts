/** The headers of the .xz file format 1.1.0, from bytes whose checksums agreed: https://tukaani.org/xz/xz-file-format.txt */
import type { StreamCheck, XzFilter } from '../facts/facts.ts'
import type { BlockFilter } from './xz-filters.ts'

/** Section 2.1.1. */
export const STREAM_HEADER_SIZE = 12

/** Section 2.1.1.2: the checks by their ids, and how many bytes each takes. */
const CHECKS: Readonly<Record<number, StreamCheck>> = { 0: 'none', 1: 'crc32', 4: 'crc64', 10: 'sha256' }
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]

// Section 5.3: the last filter of every chain, and those before it.
const FILTER_LZMA2 = 0x21
const FILTER_DELTA = 0x03
const FILTERS: Readonly<Record<number, XzFilter['name']>> = {
  [FILTER_DELTA]: 'delta',
  4: 'x86',
  5: 'powerpc',
  6: 'ia64',
  7: 'arm',
  8: 'arm-thumb',
  9: 'sparc',
}
const FILTER_NAMES: Readonly<Record<number, string>> = {
  3: 'Delta',
  4: 'x86',
  5: 'PowerPC',
  6: 'IA-64',
  7: 'ARM',
  8: 'ARM-Thumb',
  9: 'SPARC',
  10: 'ARM64',
  11: 'RISC-V',
  33: 'LZMA2',
}

export interface StreamFlags {
  check: StreamCheck
  checkSize: number
}

/** What an index says of a block: its bytes in the stream without its padding, and unpacked. */
export interface BlockSizes {
  unpadded: number
  unpacked: number
}

/** Where a block starts in the stream, and its sizes. */
export interface XzPlace extends BlockSizes {
  at: number
}

/** The two bytes of section 2.1.1.2; undefined where they have bits that mean nothing yet. */
export function parseStreamFlags([zero, check]: Uint8Array): StreamFlags | undefined {
  if (zero !== 0 || check === undefined || check > 15) return undefined
  return { check: CHECKS[check] ?? 'unknown', checkSize: CHECK_SIZES[check]! }
}

export interface BlockHeader {
  /** The sizes that the block must have, where it says them. */
  packed?: number
  unpacked?: number
  dictionary: number
  /** The filters before LZMA2, in the order of the header. */
  filters: BlockFilter[]
}

/** What a header is refused for: bytes that break the rules, or something that is not supported. */
export interface HeaderFault {
  code: 'stream-corrupt' | 'stream-unsupported'
  message: string
}

const corrupt = (message: string): HeaderFault => ({ code: 'stream-corrupt', message })
const unsupported = (message: string): HeaderFault => ({ code: 'stream-unsupported', message })

export interface Integer {
  value: number
  /** How many bytes it takes. */
  size: number
}

/**
 * Section 1.2: seven bits a byte, the lowest first, nine bytes at most, no zero byte at the end. Values of
 * more than 53 bits lose their last digits: no size is that large.
 */
export function readInteger(bytes: Uint8Array, at: number): Integer | undefined {
  let value = 0
  for (let size = 1; size <= 9; size++) {
    const byte = bytes[at + size - 1]
    if (byte === undefined || (byte === 0 && size > 1)) return undefined
    value += (byte & 0x7f) * 2 ** (7 * (size - 1))
    if (byte < 0x80) return { value, size }
  }
  return undefined
}

/** Section 5.3.1: 4 KiB for 0, and half as much again or double with each step. */
function dictionarySize(bits: number): number {
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** (11 + (bits >> 1))
}

/** The header without its checksum (section 3.1). */
export function parseBlockHeader(bytes: Uint8Array): BlockHeader | HeaderFault {
  const flags = bytes[1]!
  if ((flags & 0x3c) !== 0) return unsupported(`has the reserved flags 0x${flags.toString(16)}`)
  const header: BlockHeader = { dictionary: 0, filters: [] }
  let at = 2
  for (const [flag, field] of [
    [0x40, 'packed'],
    [0x80, 'unpacked'],
  ] as const) {
    if ((flags & flag) === 0) continue
    const size = readInteger(bytes, at)
    if (size === undefined) return corrupt(`has no number for its ${field} size`)
    header[field] = size.value
    at += size.size
  }
  const count = (flags & 3) + 1
  for (let filter = 0; filter < count; filter++) {
    const id = readInteger(bytes, at)
    const size = id && readInteger(bytes, at + id.size)
    if (id === undefined || size === undefined) return corrupt('ends within a filter')
    at += id.size + size.size
    const properties = bytes.subarray(at, at + size.value)
    if (properties.length < size.value) return corrupt('ends within the properties of a filter')
    at += size.value
    const fault = addFilter(header, id.value, properties, filter === count - 1)
    if (fault !== undefined) return fault
  }
  if (bytes.subarray(at).some(byte => byte !== 0)) return unsupported('has something after its filters')
  return header
}

/** Chains end with LZMA2; Linux puts the x86 filter before it or nothing (scripts/xz_wrap.sh). */
function addFilter(
  header: BlockHeader,
  id: number,
  properties: Uint8Array,
  last: boolean,
): HeaderFault | undefined {
  const name = `0x${id.toString(16).padStart(2, '0')} (${FILTER_NAMES[id] ?? 'unknown'})`
  const meaningless = () => unsupported(`has properties of the filter ${name} that mean nothing`)
  if (last) {
    if (id !== FILTER_LZMA2) return unsupported(`ends with the filter ${name}: only LZMA2 is supported there`)
    const bits = properties[0]!
    if (properties.length !== 1 || bits > 40) return meaningless()
    header.dictionary = dictionarySize(bits)
    return undefined
  }
  const filter = FILTERS[id]
  if (filter === undefined) return unsupported(`has the filter ${name}, which is not supported`)
  if (filter === 'delta') {
    if (properties.length !== 1) return meaningless()
    header.filters.push({ name: filter, distance: properties[0]! + 1 })
    return undefined
  }
  if (properties.length !== 0 && properties.length !== 4) return meaningless()
  // Section 5.3.2: the position that the first byte is taken for.
  const start = properties.reduceRight((value, byte) => value * 256 + byte, 0)
  header.filters.push({ name: filter, ...(properties.length > 0 && { start }) })
  return undefined
}
