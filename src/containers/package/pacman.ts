/** Packages of pacman: a tar with an index of its files, `.MTREE`, before them (libarchive's mtree(5)). */
import { readBytes } from '../../source/memory.ts'
import { type ArchiveEntry, relativePath } from '../archive/archive.ts'
import { ContainerError } from '../container-error.ts'
import type { ContainerContext } from '../context.ts'
import { detectHead } from '../detect-head.ts'
import { StreamSource } from '../envelope/stream.ts'
import { decodeName } from '../file-name.ts'
import { wantedOf } from './wanted.ts'

/** What makepkg puts before the files of a package. */
const DOTTED = /^\.(?:PKGINFO|BUILDINFO|MTREE|INSTALL|CHANGELOG)$/
/** Of the largest packages it has a few megabytes. */
const MAX_LIST = 64 * 2 ** 20

/**
 * The entries of a tar; of a package those up to its last kernel, by its own list. A tar that does not start with the
 * files of a package is left as it is. Throws a ContainerError.
 */
export function* upToLastOfPackage(
  entries: Iterable<ArchiveEntry>,
  context: ContainerContext,
): Generator<ArchiveEntry> {
  let isStart = true
  let wanted: Set<string> | undefined
  for (const entry of entries) {
    isStart &&= DOTTED.test(entry.path)
    if (isStart && entry.path === '.MTREE') {
      wanted = wantedOf(listedFiles(entry, context).filter(path => !DOTTED.test(relativePath(path))))
      if (wanted.size === 0) return
    }
    yield entry
    wanted?.delete(entry.path)
    if (wanted?.size === 0) return
  }
}

/** The paths of all files in an index, which is packed as a rule. */
function listedFiles(entry: ArchiveEntry, context: ContainerContext): string[] {
  const packed = entry.open()
  const detected = detectHead(readBytes(packed, 0, 512))
  const stream = detected?.kind === 'stream' ? new StreamSource(detected.format, packed, context) : undefined
  try {
    const bytes = readBytes(stream ?? packed, 0, MAX_LIST + 1)
    if (bytes.length > MAX_LIST) {
      const message = `Cannot read the list of files of the package: it has more than ${MAX_LIST} bytes`
      throw new ContainerError('container-limit', 'tar', message)
    }
    context.budget.metadata('tar', bytes.length)
    return pathsIn(decodeName(bytes, { slashes: true }))
  } finally {
    stream?.close()
  }
}

/** The paths that lines of an mtree name, but those of folders and links. */
function pathsIn(text: string): string[] {
  let usual = 'file'
  return text.split('\n').flatMap(line => {
    const type = /\btype=(\w+)/.exec(line)?.[1]
    if (line.startsWith('/set') && type !== undefined) usual = type
    if (!line.startsWith('./') || (type ?? usual) !== 'file') return []
    return [unescaped(line.split(' ', 1)[0]!)]
  })
}

/** Bytes that a path cannot have are three octal digits (vis(3)). */
const unescaped = (path: string): string =>
  path.includes('\\')
    ? decodeName(
        Uint8Array.from(
          path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
          character => character.charCodeAt(0),
        ),
        { slashes: true },
      )
    : path
