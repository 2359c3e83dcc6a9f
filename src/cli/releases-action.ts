/**
 * What `releases` does.
 * @module
 */
import { changesTable, releasesTable, releaseTable } from '../report/releases-table.ts'
import { describeRelease, diffReleases, listReleases } from '../xen/release-data.ts'
import { knownRelease } from './known-release.ts'
import { UsageError } from './usage-error.ts'

/** The text that answers; throws a UsageError for versions that are not known or too many. */
export function releasesAction(versions: readonly string[], diff: boolean, output: 'table' | 'json'): string {
  const print = <T>(data: T, table: (data: T) => string) =>
    output === 'json' ? `${JSON.stringify(data, null, 2)}\n` : `${table(data)}\n`
  const named = versions.map(knownRelease)
  if (diff) {
    if (named.length !== 2)
      throw new UsageError(`Cannot compare: --diff takes two versions, found ${named.length}`)
    return print(diffReleases(named[0]!, named[1]!), changesTable)
  }
  if (named.length > 1)
    throw new UsageError('Cannot print several releases at once: to compare two, give --diff')
  return named.length === 1
    ? print(describeRelease(named[0]!), releaseTable)
    : print(listReleases(), releasesTable)
}
