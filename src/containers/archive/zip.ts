/** zip archives, by their central directory; members are unpacked as far as they are read (PKWARE's APPNOTE.TXT). */
import { MemorySource, readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { SlidingCodec } from '../../unwrap/sliding/stream-reader.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { StreamSource } from '../envelope/stream.ts'
import { decodeName } from '../file-name.ts'
import { joinSources, MappedSource } from '../mapped-source.ts'
import { Metadata } from '../metadata.ts'
import { type ArchiveEntry, type ClosableSource, relativePath } from './archive.ts'

const END = 0x06054b50
const END_LENGTH = 22
const MAX_COMMENT = 65535
const LOCATOR = 0x07064b50
const END64 = 0x06064b50
const ENTRY = 0x02014b50
const ENTRY_LENGTH = 46
const LOCAL = 0x04034b50
const LOCAL_LENGTH = 30
const EXTRA_64 = 1
const ENCRYPTED = 1
const STORED = 0
/** Methods whose data are a stream of their own. */
const STREAMS = new Map<number, SlidingCodec>([
  [12, 'bzip2'],
  [93, 'zstd'],
  [95, 'xz'],
])
const DEFLATED = 8
const LZMA = 14
/** Of gzip: deflate, no name, no time. */
const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
/** Section 5.8.8: two bytes of version, two of length, and LZMA's properties. */
const LZMA_HEADER = 9
const FULL_32 = 0xffffffff
const FULL_16 = 0xffff

/** The members, in the order of the directory. Throws a ContainerError. */
export function* readZip(source: Source, context: ContainerContext): Generator<ArchiveEntry> {
  const metadata = new Metadata(source, { layer: 'zip', budget: context.budget })
  const { count, start } = readEnd(metadata)
  context.budget.entries('zip', count, start)
  let at = start
  for (let index = 0; index < count; index++) {
    const raw = metadata.read('directory entry', at, ENTRY_LENGTH)
    if (raw.u32(0) !== ENTRY) throw raw.corrupt('directory entry', 'it has no signature')
    const [nameLength, extraLength, commentLength] = [raw.u16(28), raw.u16(30), raw.u16(32)]
    const rest = metadata.read('directory entry', at + ENTRY_LENGTH, nameLength + extraLength)
    const name = decodeName(rest.slice(0, nameLength), { slashes: true })
    const place = { crc: raw.u32(16), packed: raw.u32(20), size: raw.u32(24), local: raw.u32(42) }
    readExtra64(rest.slice(nameLength, extraLength), place)
    const isEncrypted = (raw.u16(8) & ENCRYPTED) !== 0
    const method = raw.u16(10)
    yield {
      path: relativePath(name),
      kind: name.endsWith('/') ? 'directory' : 'file',
      size: place.size,
      open: () => openMember(metadata, context, { ...place, method, isEncrypted }),
    }
    at += ENTRY_LENGTH + nameLength + extraLength + commentLength
  }
}

/** The end record is at the end but for a comment; where its numbers do not fit, another one has them. */
function readEnd(metadata: Metadata): { count: number; start: number } {
  const { source, budget } = metadata
  const length = Math.min(source.size, END_LENGTH + MAX_COMMENT)
  const from = source.size - length
  budget.metadata('zip', length, from)
  const tail = readBytes(source, from, length)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length)
  for (let at = tail.length - END_LENGTH; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue
    const count = view.getUint16(at + 10, true)
    const start = view.getUint32(at + 16, true)
    if (count !== FULL_16 && start !== FULL_32) return { count, start }
    const locator = metadata.read('zip64 locator', from + at - 20, 20)
    if (locator.u32(0) !== LOCATOR) throw locator.corrupt('zip64 locator', 'it has no signature')
    const end = metadata.read('zip64 end record', locator.u64(8), 56)
    if (end.u32(0) !== END64) throw end.corrupt('zip64 end record', 'it has no signature')
    return { count: end.u64(32), start: end.u64(48) }
  }
  throw metadata.corrupt('end record', 'there is none', source.size)
}

interface MemberPlace {
  crc: number
  packed: number
  size: number
  local: number
}

/** Section 4.5.3: the numbers that do not fit into 32 bits, in this order. */
function readExtra64(extra: Uint8Array, place: MemberPlace): void {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length)
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true)
    let next = at + 4
    at = next + length
    if (view.getUint16(next - 4, true) !== EXTRA_64 || at > extra.length) continue
    for (const field of ['size', 'packed', 'local'] as const) {
      if (place[field] !== FULL_32 || next + 8 > at) continue
      place[field] = Number(view.getBigUint64(next, true))
      next += 8
    }
  }
}

interface Member extends MemberPlace {
  method: number
  isEncrypted: boolean
}

function openMember(metadata: Metadata, context: ContainerContext, member: Member): ClosableSource {
  const { packed, size, local, method, isEncrypted } = member
  const header = metadata.read('local header', local, LOCAL_LENGTH)
  if (header.u32(0) !== LOCAL) throw header.corrupt('local header', 'it has no signature')
  const start = local + LOCAL_LENGTH + header.u16(26) + header.u16(28)
  if (isEncrypted) {
    throw new ContainerError(
      'container-not-read',
      'zip',
      'Cannot read the zip member: it is encrypted',
      local,
    )
  }
  if (method === STORED) return new SliceSource(metadata.source, start, size)
  const data = new SliceSource(metadata.source, start, packed)
  const stream = openStream(metadata, context, member, data)
  const { budget } = context
  const locate = (position: number) => ({ length: size - position, source: stream, offset: position })
  const source = new MappedSource({ layer: 'zip', budget, size, locate })
  return { size, read: (into, position) => source.read(into, position), close: () => stream.close() }
}

/** The stream of a member; gzip and .lzma are what a member has, with a header and what follows. */
function openStream(
  metadata: Metadata,
  context: ContainerContext,
  { crc, size, local, method }: Member,
  data: Source,
): StreamSource {
  const numbers = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer)
  if (method === DEFLATED) {
    const parts = [
      new MemorySource(Uint8Array.from(GZIP_HEADER)),
      data,
      new MemorySource(numbers(crc, size % 2 ** 32)),
    ]
    return new StreamSource('gzip', joinSources(parts, 'zip', context.budget), context)
  }
  if (method === LZMA) {
    const properties = readBytes(data, 4, 5)
    const header = new Uint8Array([...properties, ...numbers(size % 2 ** 32, Math.floor(size / 2 ** 32))])
    const rest = new SliceSource(data, LZMA_HEADER, data.size)
    const parts = [new MemorySource(header), rest]
    return new StreamSource('lzma', joinSources(parts, 'zip', context.budget), context)
  }
  const codec = STREAMS.get(method)
  if (codec === undefined) throw metadata.unsupported('member', `its compression method is ${method}`, local)
  return new StreamSource(codec, data, context)
}
