/**
 * Differences with what their indexes stand for, and those that say the same of a kernel put together.
 * @module
 */
import type { Diff, DiffBuild, DifferenceRow, DifferenceWord, DiffKernel } from '../../findings/diff/model.ts'
import type { EarlierVerdict } from '../../findings/earlier/type.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import { versionText } from './words.ts'

export interface NamedDifference {
  difference: DifferenceWord
  kernel: DiffKernel
  build: DiffBuild
  mode: BootModeName
  images: readonly string[]
  hosts: readonly string[]
  pairs: number
  before?: EarlierVerdict
  after?: EarlierVerdict
}

export function namedDifference(diff: Diff, row: DifferenceRow): NamedDifference {
  const { difference, mode, pairs, before, after } = row
  const kernel = diff.kernels[row.kernel]!
  const build = diff.builds[row.build]!
  return {
    ...{ difference, kernel, build, mode, pairs },
    images: row.images?.map(index => kernel.images[index]!) ?? kernel.images,
    hosts: row.hosts?.map(index => build.hosts[index]!) ?? build.hosts,
    ...(before !== undefined && { before: diff.verdicts[before]! }),
    ...(after !== undefined && { after: diff.verdicts[after]! }),
  }
}

/** What differs for a kernel in one boot mode, over the builds that it holds for. */
export interface KernelRow
  extends Pick<NamedDifference, 'difference' | 'kernel' | 'mode' | 'before' | 'after'> {
  /** What the builds are called, and was and is. */
  builds: Set<string>
  hosts: number
  pairs: number
}

/** Those of most pairs first, within each word. */
export function kernelRows(diff: Diff): Map<DifferenceWord, KernelRow[]> {
  const rows = new Map<string, KernelRow>()
  for (const row of diff.differences) {
    const { difference, kernel, build, mode, before, after, hosts, pairs } = namedDifference(diff, row)
    const answers = [before?.verdict, before?.code, after?.verdict, after?.code]
    const key = JSON.stringify([difference, row.kernel, mode, answers])
    let known = rows.get(key)
    if (known === undefined) {
      known = {
        ...{ difference, kernel, mode, builds: new Set(), hosts: 0, pairs: 0 },
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
      }
      rows.set(key, known)
    }
    known.builds.add(versionText(build))
    known.hosts += hosts.length
    known.pairs += pairs
  }
  const byWord = new Map<DifferenceWord, KernelRow[]>()
  for (const row of [...rows.values()].sort((a, b) => b.pairs - a.pairs)) {
    byWord.get(row.difference)?.push(row) ?? byWord.set(row.difference, [row])
  }
  return byWord
}

/** What differs on hosts of one build, in pairs. */
export interface BuildRow {
  build: DiffBuild
  counts: Partial<Record<DifferenceWord, number>>
  pairs: number
}

/** Those of most pairs first. */
export function buildRows(diff: Diff): BuildRow[] {
  const rows = new Map<number, BuildRow>()
  for (const { build, difference, pairs } of diff.differences) {
    const row = rows.get(build) ?? { build: diff.builds[build]!, counts: {}, pairs: 0 }
    rows.set(build, row)
    row.counts[difference] = (row.counts[difference] ?? 0) + pairs
    row.pairs += pairs
  }
  return [...rows.values()].sort((a, b) => b.pairs - a.pairs)
}
