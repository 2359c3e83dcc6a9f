/**
 * tar: v7, ustar, pax and GNU's headers, sparse files of all four kinds. Headers are read, contents are passed over.
 * Source: POSIX.1-2017 pax(1), GNU tar's manual, "Basic Tar Format" and "Storing Sparse Files".
 */
import { readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { decodeName } from '../file-name.ts'
import type { FileKind } from '../file-tree.ts'
import { Metadata } from '../metadata.ts'
import { Structure } from '../structure.ts'
import { type ArchiveEntry, relativePath } from './archive.ts'
import { parsePax } from './pax.ts'
import { type Piece, parsePaxMap, readGnuMap, readInlineMap, sparseSource } from './tar-sparse.ts'

const BLOCK = 512
/** A name of GNU's, or pax records: longer than any path that a system takes. */
const MAX_EXTENDED = 1 << 20

const KINDS: Record<string, FileKind> = {
  '0': 'file',
  '\0': 'file',
  '1': 'file',
  '2': 'link',
  '5': 'directory',
  '7': 'file',
  S: 'file',
}

/** Whether a file that starts so is a tar: its checksum is right. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && head[0] !== 0 && hasRightSum(head.subarray(0, BLOCK))
}

/** The sum of all bytes, its own eight taken for blanks; some old tars took them for signed. */
function hasRightSum(header: Uint8Array): boolean {
  const stored = parseOctal(header.subarray(148, 156))
  if (stored === undefined) return false
  let unsigned = 0
  let signed = 0
  for (let at = 0; at < BLOCK; at++) {
    const byte = at >= 148 && at < 156 ? 0x20 : header[at]!
    unsigned += byte
    signed += byte < 128 ? byte : byte - 256
  }
  return stored === unsigned || stored === signed
}

const isPadding = (byte: number | undefined): boolean => byte === 0x20 || byte === 0

/** A number between blanks and NULs; 0 where there is nothing else. */
function parseOctal(field: Uint8Array): number | undefined {
  let at = 0
  while (isPadding(field[at])) at++
  let value = 0
  for (; at < field.length && !isPadding(field[at]); at++) {
    const digit = field[at]! - 0x30
    if (digit < 0 || digit > 7) return undefined
    value = value * 8 + digit
  }
  return value
}

/** What headers before an entry say of it. */
interface Extended {
  path?: string
  link?: string
  records: Map<string, string>
}

/** The entries of a tar, in order. Throws a ContainerError. */
export function* readTar(source: Source, budget: Budget): Generator<ArchiveEntry> {
  const metadata = new Metadata(source, { layer: 'tar', budget })
  const global = new Map<string, string>()
  let extended: Extended = { records: new Map() }
  let at = 0
  let count = 0
  while (at + BLOCK <= source.size) {
    // Not by pages: what lies between two headers is passed over.
    budget.step('tar', at)
    const header = new Structure(readBytes(source, at, BLOCK), { layer: 'tar', offset: at })
    if (header.length < BLOCK) return
    if (header.bytes.every(byte => byte === 0)) return
    if (!hasRightSum(header.bytes)) throw header.corrupt('header', 'its checksum is wrong')
    budget.entries('tar', ++count, at)
    const type = String.fromCharCode(header.u8(156))
    const records = new Map([...global, ...extended.records])
    const size = sizeOf(header, type, records)
    const data = at + BLOCK
    const next = data + Math.ceil(size / BLOCK) * BLOCK
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      readExtended(metadata, { type, data, size, header }, extended, global)
      at = next
      continue
    }
    const { entry, end } = makeEntry(metadata, { header, type, data, next, size }, extended, records)
    if (entry !== undefined) yield entry
    extended = { records: new Map() }
    at = end
  }
}

/** Links have no contents, whatever their header says; pax may say a size above 8 GiB. */
function sizeOf(header: Structure, type: string, records: Map<string, string>): number {
  if (type === '1' || type === '2' || type === '3' || type === '4' || type === '5' || type === '6') return 0
  const isOwn = type !== 'x' && type !== 'g' && type !== 'L' && type !== 'K'
  const record = isOwn ? records.get('size') : undefined
  const size = record === undefined ? numberOf(header, 124, 12) : Number(record)
  if (Number.isSafeInteger(size) && size >= 0) return size
  throw header.corrupt('header', `its size is ${record ?? size}`, 124)
}

/** Octal, or GNU's base 256 where the first bit is set. */
function numberOf(header: Structure, at: number, length: number): number {
  const field = header.slice(at, length)
  if ((field[0]! & 0x80) === 0) {
    const value = parseOctal(field)
    if (value === undefined) throw header.corrupt('header', 'its size is no number', at)
    return value
  }
  if (field[0] === 0xff) throw header.corrupt('header', 'its size is below zero', at)
  return field.reduce((value, byte, index) => value * 256 + (index === 0 ? byte & 0x7f : byte), 0)
}

interface RawEntry {
  header: Structure
  type: string
  data: number
  size: number
}

function readExtended(
  metadata: Metadata,
  { type, data, size, header }: RawEntry,
  extended: Extended,
  global: Map<string, string>,
): void {
  if (size > MAX_EXTENDED) {
    throw header.corrupt('extended header', `it has ${size} bytes, limit is ${MAX_EXTENDED}`, 124)
  }
  const { bytes } = metadata.read('extended header', data, size)
  if (type === 'L') extended.path = textOf(bytes)
  else if (type === 'K') extended.link = textOf(bytes)
  else {
    const into = type === 'g' ? global : extended.records
    for (const [key, value] of parsePax(bytes, metadata, data)) {
      if (value === '') into.delete(key)
      else into.set(key, value)
    }
  }
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return decodeName(end === -1 ? bytes : bytes.subarray(0, end), { slashes: true })
}

function pathOf(header: Structure, { path, records }: Extended, paxRecords: Map<string, string>): string {
  const pax = paxRecords.get('GNU.sparse.name') ?? records.get('path') ?? paxRecords.get('path')
  if (pax !== undefined || path !== undefined) return pax ?? path!
  const name = textOf(header.slice(0, 100))
  const isUstar = textOf(header.slice(257, 5)) === 'ustar' && header.u8(262) === 0
  const prefix = isUstar ? textOf(header.slice(345, 155)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function makeEntry(
  metadata: Metadata,
  { header, type, data, next, size }: RawEntry & { next: number },
  extended: Extended,
  records: Map<string, string>,
): { entry: ArchiveEntry | undefined; end: number } {
  const path = relativePath(pathOf(header, extended, records))
  const kind = KINDS[type] ?? 'other'
  const link = extended.link ?? records.get('linkpath') ?? textOf(header.slice(157, 100))
  if (kind === 'link') return { entry: { path, kind, size: 0, target: link, open: nothing }, end: next }
  if (type === '1') {
    return { entry: { path, kind, size: 0, hardLink: relativePath(link), open: nothing }, end: next }
  }
  const { source } = metadata
  let start = data
  let end = next
  let whole: number | undefined
  let map: Piece[] | undefined
  if (type === 'S') {
    const gnu = readGnuMap(metadata, header)
    start = gnu.end
    end = gnu.end + Math.ceil(size / BLOCK) * BLOCK
    whole = gnu.size
    map = gnu.map
  } else if (records.get('GNU.sparse.major') === '1') {
    const inline = readInlineMap(metadata, data, size)
    start = inline.end
    map = inline.map
    whole = Number(records.get('GNU.sparse.realsize'))
  } else if (records.has('GNU.sparse.map') || records.has('GNU.sparse.size')) {
    map = parsePaxMap(records.get('GNU.sparse.map') ?? '', metadata, data)
    whole = Number(records.get('GNU.sparse.size'))
  }
  const contents = new SliceSource(source, start, data + size > start ? end - start : size)
  if (map === undefined) {
    return { entry: { path, kind, size, open: () => new SliceSource(source, data, size) }, end }
  }
  if (whole === undefined || !Number.isSafeInteger(whole) || whole < 0) {
    throw header.corrupt('header', 'the size of its sparse file is no number')
  }
  const total = whole
  const pieces = map
  return {
    entry: { path, kind, size: total, open: () => sparseSource(metadata, contents, pieces, total) },
    end,
  }
}

const nothing = (): Source => ({ size: 0, read: () => 0 })
