/**
 * What earlier reports counted, by the time at which they were made, and this one after them.
 * @module
 */
import type { EarlierReport } from './earlier/type.ts'
import type { Audit, History, HistoryPoint } from './model.ts'

type Counted = Pick<Audit, 'created' | 'tool' | 'counts'> & {
  kernels: readonly unknown[]
  builds: readonly { hosts: readonly string[] }[]
  causes: readonly { code: string; guests: number }[]
}

function pointOf({ created, tool, counts, kernels, builds, causes }: Counted, file?: string): HistoryPoint {
  const { changes, ...words } = counts
  const byCode = new Map<string, number>()
  for (const { code, guests } of causes) byCode.set(code, (byCode.get(code) ?? 0) + guests)
  return {
    created,
    ...(file !== undefined && { file }),
    ...{ tool, kernels: kernels.length, counts: words },
    ...(changes !== undefined && { changes }),
    hosts: builds.reduce((sum, { hosts }) => sum + hosts.length, 0),
    causes: [...byCode].map(([code, guests]) => ({ code, guests })),
  }
}

/** What a history is of: a fleet as it is, or an upgrade of it to a release. */
export type HistoryQuestion = Pick<Audit, 'kind' | 'to'>

/** What an earlier report counted; a sentence that says why it is left out where it counts something else. */
export function earlierPoint(report: EarlierReport, asked: HistoryQuestion): HistoryPoint | string {
  if (report.kind === asked.kind && report.to === asked.to) return pointOf(report, report.file)
  return `it is a report of ${subjectOf(report)}, and none of ${subjectOf(asked)}`
}

const subjectOf = ({ kind, to }: HistoryQuestion) =>
  kind === 'audit'
    ? 'a fleet as it is'
    : kind === 'add'
      ? 'new kernels'
      : `an upgrade to Xen ${to ?? '(unnamed)'}`

/** The audit with what came before it. */
export function withHistory(audit: Audit, earlier: History): Audit {
  const points = [...earlier.points].sort((a, b) => Date.parse(a.created) - Date.parse(b.created))
  return { ...audit, history: { points: [...points, pointOf(audit)], leftOut: earlier.leftOut } }
}
