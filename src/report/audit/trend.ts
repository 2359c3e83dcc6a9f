/**
 * What earlier reports counted, for people.
 * @module
 */
import type { Audit, HistoryPoint } from '../../findings/model.ts'
import type { VerdictWord } from '../../xen/verdict.ts'

/** The verdicts in the order of columns. */
export const TREND_WORDS = ['refuses', 'uncertain', 'accepts'] as const satisfies readonly VerdictWord[]

export interface TrendRow {
  date: string
  counts: number[]
  kernels: number
  hosts: number
}

const rowOf = ({ created, counts, kernels, hosts }: HistoryPoint): TrendRow => ({
  date: created.slice(0, 'YYYY-MM-DD'.length),
  counts: TREND_WORDS.map(word => counts[word] ?? 0),
  ...{ kernels, hosts },
})

/** A row for each report, the oldest first; none where there is nothing to compare with. */
export const trendRows = ({ history }: Audit): TrendRow[] =>
  history === undefined || history.points.length < 2 ? [] : history.points.map(rowOf)
