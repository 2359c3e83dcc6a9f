/** Which files of a package are looked at, by the list of files that comes before them. */
import { type ArchiveEntry, relativePath } from '../archive/archive.ts'
import { mayBeKernel } from '../kernel-places.ts'

/** The paths where kernels may lie, as archives have them. */
export const wantedOf = (paths: Iterable<string>): Set<string> =>
  new Set([...paths].map(relativePath).filter(path => mayBeKernel(path.split('/'))))

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
  const wanted = wantedOf(paths)
  if (wanted.size === 0) return
  for (const entry of entries()) {
    yield entry
    wanted.delete(entry.path)
    if (wanted.size === 0) return
  }
}
