/** Files with holes in a tar: where their pieces belong (GNU tar's manual, "Storing Sparse Files"). */
import type { Source } from '../../source/source.ts'
import { MappedSource, type Run } from '../mapped-source.ts'
import type { Metadata } from '../metadata.ts'
import type { Structure } from '../structure.ts'

const BLOCK = 512
const ENTRY = 24
const MAX_PIECES = 1_000_000

/** Bytes [offset, offset + size) of the file; the others are zeros. */
export interface Piece {
  offset: number
  size: number
}

/** GNU's old format: four pieces in the header, and 21 in each block after it as long as a flag says so. */
export function readGnuMap(
  metadata: Metadata,
  header: Structure,
): { map: Piece[]; size: number; end: number } {
  const map: Piece[] = []
  const take = (block: Structure, start: number, count: number) => {
    for (let index = 0; index < count; index++) {
      const at = start + index * ENTRY
      if (block.u8(at) === 0) return
      map.push({ offset: numberAt(block, at), size: numberAt(block, at + 12) })
    }
  }
  take(header, 386, 4)
  let end = header.place.offset + BLOCK
  let more = header.u8(482) !== 0
  while (more) {
    const block = metadata.read('sparse header', end, BLOCK)
    take(block, 0, 21)
    checkCount(metadata, map.length, end)
    more = block.u8(504) !== 0
    end += BLOCK
  }
  return { map, size: numberAt(header, 483), end }
}

function numberAt(block: Structure, at: number): number {
  const field = block.slice(at, 12)
  if ((field[0]! & 0x80) !== 0) {
    return field.reduce((value, byte, index) => value * 256 + (index === 0 ? byte & 0x7f : byte), 0)
  }
  const text = String.fromCharCode(...field).replace(/[ \0]/g, '')
  if (!/^[0-7]*$/.test(text)) throw block.corrupt('sparse header', 'an entry is no number', at)
  return text === '' ? 0 : Number.parseInt(text, 8)
}

/** pax 0.0 and 0.1: numbers with commas between them. */
export function parsePaxMap(text: string, metadata: Metadata, offset: number): Piece[] {
  const numbers = text === '' ? [] : text.split(',')
  if (numbers.length % 2 !== 0 || !numbers.every(number => /^\d{1,16}$/.test(number))) {
    throw metadata.corrupt('pax header', 'its sparse map is no list of pairs', offset)
  }
  checkCount(metadata, numbers.length / 2, offset)
  return pairs(numbers.map(Number))
}

/** pax 1.0: the numbers are lines before the contents, filled up to a whole block. */
export function readInlineMap(
  metadata: Metadata,
  start: number,
  size: number,
): { map: Piece[]; end: number } {
  const numbers: number[] = []
  let digits = ''
  let at = start
  for (let wanted = 1; numbers.length < wanted; ) {
    if (at + BLOCK > start + size) throw metadata.corrupt('sparse map', 'it does not end in its file', at)
    const { bytes } = metadata.read('sparse map', at, BLOCK)
    at += BLOCK
    for (const byte of bytes) {
      if (numbers.length === wanted) break
      if (byte === 0x0a && digits !== '') {
        numbers.push(Number(digits))
        digits = ''
        if (numbers.length === 1) {
          checkCount(metadata, numbers[0]!, start)
          wanted = 1 + 2 * numbers[0]!
        }
      } else if (byte >= 0x30 && byte <= 0x39 && digits.length < 16) {
        digits += String.fromCharCode(byte)
      } else {
        throw metadata.corrupt('sparse map', 'it is no list of numbers', at - BLOCK)
      }
    }
  }
  return { map: pairs(numbers.slice(1)), end: at }
}

function checkCount(metadata: Metadata, count: number, offset: number): void {
  if (count > MAX_PIECES) {
    throw metadata.corrupt('sparse map', `it has ${count} pieces, limit is ${MAX_PIECES}`, offset)
  }
}

function pairs(numbers: number[]): Piece[] {
  const map: Piece[] = []
  for (let at = 0; at < numbers.length; at += 2) map.push({ offset: numbers[at]!, size: numbers[at + 1]! })
  return map
}

/** The file whose pieces follow each other in `contents`. Throws a ContainerError where they overlap. */
export function sparseSource(metadata: Metadata, contents: Source, map: Piece[], size: number): Source {
  const starts: number[] = []
  let stored = 0
  let end = 0
  for (const piece of map) {
    if (piece.offset < end || piece.offset + piece.size > size) {
      throw metadata.corrupt(
        'sparse map',
        `its piece at ${piece.offset} overlaps another, or the end of the file`,
      )
    }
    starts.push(stored)
    stored += piece.size
    end = piece.offset + piece.size
  }
  const locate = (position: number): Run => {
    const index = firstAfter(map, position)
    const piece = map[index]
    if (piece === undefined) return { length: size - position }
    if (position < piece.offset) return { length: piece.offset - position }
    const within = position - piece.offset
    return { length: piece.size - within, source: contents, offset: starts[index]! + within }
  }
  return new MappedSource({ layer: 'tar', budget: metadata.budget, size, locate })
}

/** The first piece that ends after `position`: pieces are in order. */
function firstAfter(map: Piece[], position: number): number {
  let [low, high] = [0, map.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (map[middle]!.offset + map[middle]!.size > position) high = middle
    else low = middle + 1
  }
  return low
}
