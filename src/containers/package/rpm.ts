/** RPM packages: a lead, two headers of tags, and a packed cpio (rpm's docs/manual/format_v4.md). */
import { readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import { readCpio } from '../archive/cpio.ts'
import type { ContainerContext } from '../context.ts'
import { detectHead } from '../detect-head.ts'
import { StreamSource } from '../envelope/stream.ts'
import { decodeName } from '../file-name.ts'
import { kindOfMode } from '../fs/mode.ts'
import { Metadata } from '../metadata.ts'
import { upToLastKernel } from './wanted.ts'

const LEAD = 96
/** `8e ad e8` and version 1. */
const MAGIC = 0x8eade801
const INTRO = 16
const ENTRY = 16
/** `hdrchkTags` and `hdrchkData` of rpm's lib/header.c. */
const MAX_TAGS = 65536
const MAX_DATA = 256 * 2 ** 20
const TAG = { fileModes: 1030, fileFlags: 1037, dirIndexes: 1116, baseNames: 1117, dirNames: 1118 }

interface Header {
  /** Where each tag's data start, and how many items they have. */
  tags: Map<number, { offset: number; count: number }>
  data: number
  end: number
}

/** The files of a package, or with `everywhere` all of them, in order. Throws a ContainerError. */
export function readRpm(
  source: Source,
  context: ContainerContext,
  everywhere: boolean,
): Iterable<ArchiveEntry> {
  const metadata = new Metadata(source, { layer: 'rpm', budget: context.budget, bigEndian: true })
  const signature = readHeader(metadata, LEAD)
  const header = readHeader(metadata, Math.ceil(signature.end / 8) * 8)
  const payload = new SliceSource(source, header.end, source.size - header.end)
  const detected = detectHead(readBytes(payload, 0, 512))
  const entries = () => {
    const cpio = detected?.kind === 'stream' ? new StreamSource(detected.format, payload, context) : payload
    return readCpio(cpio, context.budget)
  }
  return everywhere ? entries() : upToLastKernel(listedFiles(metadata, header), entries)
}

function readHeader(metadata: Metadata, start: number): Header {
  const intro = metadata.read('header', start, INTRO)
  if (intro.u32(0) !== MAGIC) throw intro.corrupt('header', 'it has no magic')
  const [count, size] = [intro.u32(8), intro.u32(12)]
  if (count > MAX_TAGS || size > MAX_DATA) {
    throw intro.corrupt(
      'header',
      `it has ${count} tags and ${size} bytes, limits are ${MAX_TAGS} and ${MAX_DATA}`,
      8,
    )
  }
  const tags: Header['tags'] = new Map()
  for (let index = 0; index < count; index++) {
    const entry = metadata.read('tag', start + INTRO + index * ENTRY, ENTRY)
    tags.set(entry.u32(0), { offset: entry.u32(8), count: entry.u32(12) })
  }
  const data = start + INTRO + count * ENTRY
  return { tags, data, end: data + size }
}

/** A file that the package owns and does not have. */
const FLAG_GHOST = 0x40

/** The paths of all regular files in the payload; nothing where the header has them in an older form. */
function listedFiles(metadata: Metadata, header: Header): string[] | undefined {
  const names = strings(metadata, header, TAG.baseNames)
  const folders = strings(metadata, header, TAG.dirNames)
  const indexes = header.tags.get(TAG.dirIndexes)
  if (names === undefined || folders === undefined || indexes === undefined) return undefined
  const [modes, flags] = [header.tags.get(TAG.fileModes), header.tags.get(TAG.fileFlags)]
  const inPayload = (index: number): boolean => {
    const mode = modes && metadata.read('file mode', header.data + modes.offset + index * 2, 2).u16(0)
    const flag = flags && metadata.read('file flags', header.data + flags.offset + index * 4, 4).u32(0)
    return (mode === undefined || kindOfMode(mode) === 'file') && ((flag ?? 0) & FLAG_GHOST) === 0
  }
  return names.flatMap((name, index) => {
    if (!inPayload(index)) return []
    const at = header.data + indexes.offset + index * 4
    return [`${folders[metadata.read('directory index', at, 4).u32(0)] ?? ''}${name}`]
  })
}

function strings(metadata: Metadata, { tags, data, end }: Header, tag: number): string[] | undefined {
  const place = tags.get(tag)
  if (place === undefined) return undefined
  metadata.budget.entries('rpm', place.count, data)
  const start = data + place.offset
  const length = Math.max(0, Math.min(end, metadata.source.size) - start)
  metadata.budget.metadata('rpm', length, start)
  const bytes = readBytes(metadata.source, start, length)
  const found: string[] = []
  for (let at = 0; found.length < place.count && at < bytes.length; ) {
    const zero = bytes.indexOf(0, at)
    const stop = zero === -1 ? bytes.length : zero
    found.push(decodeName(bytes.subarray(at, stop), { slashes: true }))
    at = stop + 1
  }
  return found
}
