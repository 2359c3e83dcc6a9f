/**
 * cpio archives: new (`070701`), new with checksums (`070702`), and the portable one of POSIX (`070707`). Archives may
 * follow each other, with zeros between them, as in a Linux initramfs (Linux Documentation/driver-api/early-userspace/
 * buffer-format.rst).
 */
import { readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { Budget } from '../budget.ts'
import { decodeName } from '../file-name.ts'
import type { FileKind } from '../file-tree.ts'
import { Metadata } from '../metadata.ts'
import { type ArchiveEntry, relativePath } from './archive.ts'

const NEW_HEADER = 110
const OLD_HEADER = 76
const MAX_NAME = 65536
const TRAILER = 'TRAILER!!!'
/** Zeros between two archives, looked through at once and in all. */
const GAP = 512
const MAX_GAP = 1 << 20

const FORMAT_MASK = 0o170000
const KINDS = new Map<number, FileKind>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
])

export function isCpio(head: Uint8Array): boolean {
  if (head[0] !== 0x30) return false
  const magic = String.fromCharCode(...head.subarray(0, 6))
  return magic === '070701' || magic === '070702' || magic === '070707'
}

interface Header {
  mode: number
  nameSize: number
  size: number
  links: number
  /** Device and inode: equal for hard links. */
  file: string
  length: number
  alignment: number
}

/** The entries of an archive, in order, and of those that follow it. Throws a ContainerError. */
export function* readCpio(source: Source, budget: Budget): Generator<ArchiveEntry> {
  const metadata = new Metadata(source, { layer: 'cpio', budget })
  let at = 0
  let count = 0
  let hasEnded = false
  while (at + OLD_HEADER <= source.size) {
    if (hasEnded) {
      const next = nextArchive(metadata, at)
      if (next === undefined) return
      at = next
      hasEnded = false
    }
    const header = readHeader(metadata, at)
    budget.entries('cpio', ++count, at)
    const align = (position: number) => Math.ceil(position / header.alignment) * header.alignment
    const nameAt = at + header.length
    const name = decodeName(metadata.read('name', nameAt, header.nameSize).slice(0, header.nameSize - 1), {
      slashes: true,
    })
    const data = align(nameAt + header.nameSize)
    at = align(data + header.size)
    if (name === TRAILER) {
      hasEnded = true
      continue
    }
    yield makeEntry(metadata, header, relativePath(name), data)
  }
}

function makeEntry(metadata: Metadata, header: Header, path: string, data: number): ArchiveEntry {
  const { source } = metadata
  const { size } = header
  const kind = KINDS.get(header.mode & FORMAT_MASK) ?? 'other'
  const open = () => new SliceSource(source, data, size)
  if (kind !== 'link') return { path, kind, size, open }
  const { bytes } = metadata.read('link', data, size)
  return { path, kind, size: 0, target: decodeName(bytes, { slashes: true }), open }
}

function readHeader(metadata: Metadata, at: number): Header {
  const raw = metadata.read('header', at, OLD_HEADER)
  const magic = String.fromCharCode(...raw.slice(0, 6))
  const isOld = magic === '070707'
  if (!isOld && magic !== '070701' && magic !== '070702') throw raw.corrupt('header', 'it has no magic')
  const length = isOld ? OLD_HEADER : NEW_HEADER
  const header = metadata.read('header', at, length)
  const digits = (start: number, count: number) => {
    const text = String.fromCharCode(...header.slice(start, count))
    if (!(isOld ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/).test(text))
      throw header.corrupt('header', 'a field is no number', start)
    return Number.parseInt(text, isOld ? 8 : 16)
  }
  const parsed: Header = isOld
    ? {
        mode: digits(18, 6),
        nameSize: digits(59, 6),
        size: digits(65, 11),
        links: digits(36, 6),
        file: `${digits(6, 6)}:${digits(12, 6)}`,
        length,
        alignment: 1,
      }
    : {
        mode: digits(14, 8),
        nameSize: digits(94, 8),
        size: digits(54, 8),
        links: digits(38, 8),
        file: `${digits(62, 8)}:${digits(70, 8)}:${digits(6, 8)}`,
        length,
        alignment: 4,
      }
  if (parsed.nameSize === 0 || parsed.nameSize > MAX_NAME) {
    throw header.corrupt('header', `its name has ${parsed.nameSize} bytes, limit is ${MAX_NAME}`)
  }
  return parsed
}

/** Where the next archive starts after the end of one; nothing where something else follows, or nothing. */
function nextArchive(metadata: Metadata, start: number): number | undefined {
  const { source, budget } = metadata
  for (let at = start; at < source.size && at < start + MAX_GAP; at += GAP) {
    budget.metadata('cpio', GAP, at)
    const bytes = readBytes(source, at, GAP)
    const first = bytes.findIndex(byte => byte !== 0)
    if (first === -1) continue
    return isCpio(readBytes(source, at + first, 6)) ? at + first : undefined
  }
  return undefined
}
