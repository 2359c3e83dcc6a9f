/** Debian packages: an ar archive of two tars (deb(5), ar(5)). */
import { readBytes, SliceSource } from '../../source/memory.ts'
import type { Source } from '../../source/source.ts'
import type { ArchiveEntry } from '../archive/archive.ts'
import { readTar } from '../archive/tar.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { detectHead } from '../detect-head.ts'
import { StreamSource } from '../envelope/stream.ts'
import { decodeName } from '../file-name.ts'
import { Metadata } from '../metadata.ts'
import { upToLastKernel } from './wanted.ts'

const GLOBAL_HEADER = 8
const HEADER = 60
const MAX_MEMBERS = 64
/** Of the largest packages the list of checksums has some 300 KB. */
const MAX_LIST = 16 * 2 ** 20

interface Member {
  name: string
  source: Source
}

/** The files of a package, or with `everywhere` all of them, in order. Throws a ContainerError. */
export function readDeb(
  source: Source,
  context: ContainerContext,
  everywhere: boolean,
): Iterable<ArchiveEntry> {
  const members = readAr(source, context)
  const data = members.find(({ name }) => name.startsWith('data.tar'))
  if (data === undefined) {
    throw new ContainerError(
      'container-unsupported',
      'ar',
      'Cannot read the ar archive: it is no Debian package',
      0,
    )
  }
  const entries = () => readTar(unpacked(data.source, context), context.budget)
  if (everywhere) return entries()
  const control = members.find(({ name }) => name.startsWith('control.tar'))
  return upToLastKernel(control === undefined ? undefined : listedFiles(control.source, context), entries)
}

function readAr(source: Source, { budget }: ContainerContext): Member[] {
  const metadata = new Metadata(source, { layer: 'ar', budget })
  const members: Member[] = []
  for (let at = GLOBAL_HEADER; at + HEADER <= source.size && members.length < MAX_MEMBERS; ) {
    const header = metadata.read('member header', at, HEADER)
    const size = Number(decodeName(header.slice(48, 10)).trim())
    if (header.u8(58) !== 0x60 || !Number.isSafeInteger(size) || size < 0) {
      throw header.corrupt('member header', 'it has no end mark, or no size')
    }
    const name = decodeName(header.slice(0, 16), { slashes: true }).trim().replace(/\/$/, '')
    members.push({ name, source: new SliceSource(source, at + HEADER, size) })
    at += HEADER + size + (size % 2)
  }
  return members
}

/** The tar in a member, whatever it is packed with. */
function unpacked(source: Source, context: ContainerContext): Source {
  const detected = detectHead(readBytes(source, 0, 512))
  return detected?.kind === 'stream' ? new StreamSource(detected.format, source, context) : source
}

/** The paths in `md5sums`: every file but the configuration's. */
function listedFiles(control: Source, context: ContainerContext): string[] | undefined {
  for (const entry of readTar(unpacked(control, context), context.budget)) {
    if (entry.path !== 'md5sums' || entry.size > MAX_LIST) continue
    context.budget.metadata('deb', entry.size)
    const text = decodeName(readBytes(entry.open(), 0, entry.size), { slashes: true })
    return text.split('\n').flatMap(line => line.slice(34) || [])
  }
  return undefined
}
