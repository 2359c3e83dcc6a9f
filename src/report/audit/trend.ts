/**
 * What earlier reports counted, for people.
 * @module
 */
import type { Audit, Change, HistoryPoint } from '../../findings/model.ts'
import type { VerdictWord } from '../../xen/verdict.ts'

/** What is counted, in the order of columns: of an upgrade what it does, else the answers. */
export const trendWords = ({ kind }: Pick<Audit, 'kind'>) => (kind === 'upgrade' ? CHANGES : ANSWERS)

const ANSWERS = ['refuses', 'uncertain', 'accepts'] as const satisfies readonly VerdictWord[]
const CHANGES = ['breaks', 'uncertain', 'fixed'] as const satisfies readonly Change[]

/** The counts of a report by `words`. */
export const trendCounts = (
  { counts, changes }: HistoryPoint,
  words: ReturnType<typeof trendWords>,
): number[] => words.map(word => ({ ...counts, ...changes })[word] ?? 0)

export interface TrendRow {
  date: string
  counts: number[]
  kernels: number
  hosts: number
}

/** A row for each report, the oldest first; none where there is nothing to compare with. */
export function trendRows({ history, kind }: Audit): TrendRow[] {
  if (history === undefined || history.points.length < 2) return []
  return history.points.map(point => ({
    date: point.created.slice(0, 'YYYY-MM-DD'.length),
    counts: trendCounts(point, trendWords({ kind })),
    ...{ kernels: point.kernels, hosts: point.hosts },
  }))
}
