/** Which files of a package are looked at, by the list of files that comes before them. */
import { type ArchiveEntry, relativePath } from '../archive/archive.ts'
import { mayBeKernel } from '../kernel-places.ts'

/**
 * The entries up to the last one that may be a kernel, by the package's own list: nothing is unpacked where it has
 * none. Without a list, or where all files are asked for, all entries.
 */
export function* upToLastKernel(
  paths: Iterable<string> | undefined,
  entries: () => Iterable<ArchiveEntry>,
): Generator<ArchiveEntry> {
  if (paths === undefined) {
    yield* entries()
    return
  }
  const wanted = new Set<string>()
  for (const path of paths) {
    const relative = relativePath(path)
    if (mayBeKernel(relative.split('/'))) wanted.add(relative)
  }
  if (wanted.size === 0) return
  for (const entry of entries()) {
    yield entry
    wanted.delete(entry.path)
    if (wanted.size === 0) return
  }
}
