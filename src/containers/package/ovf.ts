/**
 * Appliances: an OVF descriptor and the disks that it names, in a tar or beside each other (DMTF DSP0243, "References").
 */
import { readBytes } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import { ContainerError } from '../container-error.ts'
import { type ContainerContext, openNamed } from '../context.ts'
import { StreamSource } from '../envelope/stream.ts'
import { joinSources } from '../mapped-source.ts'

const MAX_DESCRIPTOR = 4 * 2 ** 20
const MAX_FILES = 4096
const MAX_CHUNKS = 65536
/** Descriptors have references, a manifest lists checksums, a certificate signs that. */
const NO_DISK = /\.(?:ovf|mf|cert)$/
const OUTSIDE = /^[A-Za-z][A-Za-z0-9+.-]*:|^\/|(?:^|\/)\.\.(?:\/|$)/

interface FileReference {
  href: string
  isPacked: boolean
  /** Bytes of each piece but the last; absent for a file in one piece. */
  chunkSize: number | undefined
}

/** Whether a file that starts so is a descriptor. */
export function isOvf(head: Uint8Array): boolean {
  // XML, with a mark of its encoding or without.
  if (head[0] !== 0x3c && head[0] !== 0xef) return false
  const text = String.fromCharCode(...head.subarray(0, 4096))
  return /<(?:\w+:)?Envelope\b/.test(text) && text.includes('/ovf/envelope/')
}

/**
 * The files of an appliance in a tar: those that its descriptor names, joined and unpacked where they are in pieces or
 * packed, and then all others. What the descriptor names and is not there, or is outside, cannot be opened. Throws a
 * ContainerError.
 */
export function* applianceFiles(
  entries: Iterable<ArchiveEntry>,
  context: ContainerContext,
): Generator<ArchiveEntry> {
  const members = new Map<string, ArchiveEntry>()
  for (const entry of entries) if (entry.kind === 'file') members.set(entry.path, entry)
  const descriptor = [...members.values()].find(({ path }) => path.endsWith('.ovf'))
  const references = descriptor === undefined ? [] : readReferences(descriptor.open(), context)
  const open = (name: string): Source => {
    if (OUTSIDE.test(name))
      throw refusal('backing-outside', name, 'it is not in the archive, and only that is read')
    const member = members.get(name)
    if (member === undefined) throw refusal('backing-missing', name, 'it is not in the archive')
    return member.open()
  }
  const used = new Set<string>()
  for (const reference of references) {
    const names = partsOf(reference, name => members.has(name))
    for (const name of names) used.add(name)
    yield entryOf(reference, () => openReference(reference, names.map(open), context))
  }
  for (const entry of members.values()) {
    if (!used.has(entry.path) && !NO_DISK.test(entry.path)) yield entry
  }
}

/**
 * The files that a descriptor names beside it, and that are packed, in pieces, outside or missing: whole disks are
 * containers by themselves. Throws a ContainerError.
 */
export function* filesBeside(source: Source, context: ContainerContext): Generator<ArchiveEntry> {
  const open = (name: string) => openNamed(context, name, 'ovf').source
  const isThere = (name: string) => {
    try {
      open(name)
      return true
    } catch (error) {
      if (error instanceof ContainerError) return false
      throw error
    }
  }
  for (const reference of readReferences(source, context)) {
    const { href, isPacked } = reference
    const names = partsOf(reference, isThere)
    if (!isPacked && names.length === 1 && names[0] === href && isThere(href)) {
      context.remark(`The file ${JSON.stringify(href)}, which the descriptor names, is read by itself.`)
    } else {
      yield entryOf(reference, () => openReference(reference, names.map(open), context))
    }
  }
}

const entryOf = ({ href }: FileReference, open: () => Source): ArchiveEntry => ({
  path: href.replace(/^.*\//, ''),
  kind: 'file',
  size: 0,
  open,
})

/** The files that hold a reference: it alone, or its pieces with numbers of nine digits. */
function partsOf({ href, chunkSize }: FileReference, isThere: (name: string) => boolean): string[] {
  const chunks: string[] = []
  while (chunkSize !== undefined && chunks.length < MAX_CHUNKS) {
    const name = `${href}.${String(chunks.length).padStart(9, '0')}`
    if (!isThere(name)) break
    chunks.push(name)
  }
  return chunks.length === 0 ? [href] : chunks
}

function openReference(
  { isPacked }: FileReference,
  parts: readonly Source[],
  context: ContainerContext,
): Source {
  const whole = parts.length === 1 ? parts[0]! : joinSources(parts, 'ovf', context.budget)
  return isPacked ? new StreamSource('gzip', whole, context) : whole
}

/** The elements `File`, whatever prefix their namespace has. */
function readReferences(source: Source, { budget }: ContainerContext): FileReference[] {
  if (source.size > MAX_DESCRIPTOR) {
    const message = `Cannot read the ovf descriptor: it has ${source.size} bytes, limit is ${MAX_DESCRIPTOR}`
    throw new ContainerError('container-corrupt', 'ovf', message, 0)
  }
  budget.metadata('ovf', source.size)
  const text = new TextDecoder().decode(readBytes(source, 0, source.size)).replace(/<!--[\s\S]*?-->/g, '')
  const references: FileReference[] = []
  for (const [, attributes = ''] of text.matchAll(/<(?:\w+:)?File\s([^>]*)>/g)) {
    const values = new Map<string, string>()
    for (const [, name, double, single] of attributes.matchAll(
      /(?:\w+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g,
    ))
      values.set(name!, plain(double ?? single ?? ''))
    const href = values.get('href') ?? ''
    if (href === '') continue
    const chunkSize = Number(values.get('chunkSize') ?? '')
    references.push({
      href: decoded(href),
      isPacked: values.get('compression') === 'gzip',
      chunkSize: chunkSize > 0 ? chunkSize : undefined,
    })
    budget.entries('ovf', references.length)
    if (references.length > MAX_FILES) {
      const message = `Cannot read the ovf descriptor: it names more than ${MAX_FILES} files`
      throw new ContainerError('container-corrupt', 'ovf', message, 0)
    }
  }
  return references
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
const plain = (value: string): string =>
  value.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name]!)

/** A reference is a URI: what a name cannot have there is `%XX`. */
function decoded(href: string): string {
  try {
    return decodeURIComponent(href)
  } catch {
    return href
  }
}

function refusal(code: 'backing-outside' | 'backing-missing', name: string, why: string): ContainerError {
  return new ContainerError(code, 'ovf', `Cannot open ${JSON.stringify(name)}, which the ovf names: ${why}`)
}
