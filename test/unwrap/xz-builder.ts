/** Builds .xz streams piece by piece, right or wrong ones, after https://tukaani.org/xz/xz-file-format.txt. */
import { encodeLzma, type LzmaSymbol, type Properties, propertiesByte } from './lzma-encoder.ts'

export function crc32(bytes: Uint8Array): number[] {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return u32(~crc)
}

const u32 = (value: number): number[] => [0, 8, 16, 24].map(shift => (value >>> shift) & 0xff)

export function integer(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...integer(Math.floor(value / 0x80))]
}

const padding = (length: number): number[] => new Array((4 - (length % 4)) % 4).fill(0)

/** Bytes as LZMA2 chunks that are not compressed, the first of which resets the dictionary. */
export function plainChunks(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += 65536) {
    const piece = bytes.subarray(at, at + 65536)
    const size = piece.length - 1
    pieces.push(Uint8Array.of(at === 0 ? 1 : 2, size >> 8, size & 0xff), piece)
  }
  return new Uint8Array(Buffer.concat([...pieces, Uint8Array.of(0)]))
}

/** One LZMA chunk that resets everything, with the size that it says. */
export function lzmaChunk(
  symbols: Iterable<LzmaSymbol>,
  size: number,
  properties: Properties = { lc: 3, lp: 0, pb: 2 },
  control = 0xe0,
): Uint8Array<ArrayBuffer> {
  const { code } = encodeLzma(symbols, properties)
  const says = size - 1
  const packed = code.length - 1
  const header = [control | (says >> 16), (says >> 8) & 0xff, says & 0xff, packed >> 8, packed & 0xff]
  if (control >= 0xc0) header.push(propertiesByte(properties))
  return Uint8Array.of(...header, ...code)
}

export interface Filter {
  id: number
  properties: number[]
}
export const LZMA2: Filter = { id: 0x21, properties: [0x16] }
export const X86: Filter = { id: 0x04, properties: [] }

export interface BlockParts {
  chunks: Uint8Array
  /** The unpacked size for the index. */
  unpacked: number
  filters?: Filter[]
  flags?: number
  /** Sizes for the header. */
  sizes?: number[]
  check?: number[]
}

export interface StreamParts {
  blocks: BlockParts[]
  /** The id of the check. */
  check?: number
  index?: [number, number][]
  /** How many blocks the index says that it lists. */
  count?: number
}

/** The stream in its parts, to be broken before they are joined. */
export function xzStream({ blocks, check = 0, index, count }: StreamParts): Uint8Array<ArrayBuffer> {
  const flags = [0, check]
  const parts: number[][] = [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, ...flags, ...crc32(Uint8Array.from(flags))]]
  const records: [number, number][] = []
  for (const block of blocks) {
    const filters = block.filters ?? [LZMA2]
    const body = [
      (block.flags ?? 0) | (filters.length - 1),
      ...(block.sizes ?? []).flatMap(integer),
      ...filters.flatMap(({ id, properties }) => [
        ...integer(id),
        ...integer(properties.length),
        ...properties,
      ]),
    ]
    const header = [Math.ceil((body.length + 1) / 4), ...body]
    header.push(...padding(header.length))
    parts.push(header, crc32(Uint8Array.from(header)))
    parts.push(Array.from(block.chunks), padding(block.chunks.length), block.check ?? [])
    const unpadded = header.length + 4 + block.chunks.length + (block.check?.length ?? 0)
    records.push([unpadded, block.unpacked])
  }
  const list = index ?? records
  const start = [0, ...integer(count ?? list.length), ...list.flat().flatMap(integer)]
  start.push(...padding(start.length))
  parts.push(start, crc32(Uint8Array.from(start)))
  const footer = [...u32((start.length + 4) / 4 - 1), ...flags]
  parts.push(crc32(Uint8Array.from(footer)), footer, [0x59, 0x5a])
  return Uint8Array.from(parts.flat())
}
