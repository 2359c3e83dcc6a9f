/**
 * The columns of the matrix, oldest version first.
 * @module
 */
import type { PageBuild } from '../report/html/data.ts'
import { compareLabels } from '../report/html/series.ts'

export interface Column {
  label: string
  series: string
  /** Indices of the builds that it stands for. */
  builds: number[]
  hosts: number
}

/** Indices of the builds in the order of their versions. */
export const buildOrder = (builds: readonly PageBuild[]): number[] =>
  builds.map((_, index) => index).sort((a, b) => compareLabels(builds[a]!.label, builds[b]!.label) || a - b)

/** Columns of the builds for which `shown` is true. */
export function columnsOf(
  builds: readonly PageBuild[],
  shown: readonly boolean[],
  kind: 'builds' | 'series',
): Column[] {
  const columns: Column[] = []
  const bySeries = new Map<string, Column>()
  for (const index of buildOrder(builds)) {
    if (!shown[index]) continue
    const { label, series, hosts } = builds[index]!
    const known = kind === 'series' ? bySeries.get(series) : undefined
    if (known !== undefined) {
      known.builds.push(index)
      known.hosts += hosts.length
      continue
    }
    const column = {
      label: kind === 'series' ? series : label,
      series,
      builds: [index],
      hosts: hosts.length,
    }
    bySeries.set(series, column)
    columns.push(column)
  }
  return columns
}
