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
  const { changes: _, ...words } = counts
  const byCode = new Map<string, number>()
  for (const { code, guests } of causes) byCode.set(code, (byCode.get(code) ?? 0) + guests)
  return {
    created,
    ...(file !== undefined && { file }),
    ...{ tool, kernels: kernels.length, counts: words },
    hosts: builds.reduce((sum, { hosts }) => sum + hosts.length, 0),
    causes: [...byCode].map(([code, guests]) => ({ code, guests })),
  }
}

/** What an earlier report counted; a sentence that says why it is left out where it counts something else. */
export function earlierPoint(report: EarlierReport): HistoryPoint | string {
  if (report.kind === 'audit') return pointOf(report, report.file)
  const what = report.kind === 'upgrade' ? 'an upgrade' : 'new kernels'
  return `it is a report of ${what}, and none of a fleet as it is`
}

/** The audit with what came before it. */
export function withHistory(audit: Audit, earlier: History): Audit {
  const points = [...earlier.points].sort((a, b) => Date.parse(a.created) - Date.parse(b.created))
  return { ...audit, history: { points: [...points, pointOf(audit)], leftOut: earlier.leftOut } }
}
