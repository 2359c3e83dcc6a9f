/**
 * Findings that say the same of a kernel, put together over the builds that they hold for.
 * @module
 */

import { finalVerdict } from '../../findings/counting-verdict.ts'
import type { Audit, Build, Change, FullVerdict, Kernel } from '../../findings/model.ts'
import type { BootModeName } from '../../xen/boot-mode.ts'
import { causeId, findings } from './findings.ts'
import { buildNames } from './names.ts'

/** What a change does to a kernel in one boot mode. */
export interface ChangeRow {
  change: Change
  kernel: Kernel
  mode: BootModeName
  builds: string[]
  guests: number
  /** The causes, without a repeat. None for what is fine. */
  causes: string[]
}

/** Kernels with `change`, those of most guests first. */
export function changeRows(audit: Audit, change: Change): ChangeRow[] {
  const rows = new Map<string, ChangeRow>()
  for (const finding of findings(audit)) {
    if (finding.change !== change) continue
    const { kernel, mode, guests, xen, cell } = finding
    const key = `${cell.kernel} ${mode}`
    let row = rows.get(key)
    if (row === undefined) {
      row = { change, kernel, mode, builds: [], guests: 0, causes: [] }
      rows.set(key, row)
    }
    row.builds.push(xen)
    row.guests += guests
    // For what is fixed: what was wrong with it.
    const verdict = change === 'fixed' ? (finding.before ?? finding.answer) : finding.counting
    const cause = verdict.verdict === 'accepts' ? undefined : causeId(verdict)
    if (cause !== undefined && !row.causes.includes(cause)) row.causes.push(cause)
  }
  return [...rows.values()].sort((a, b) => b.guests - a.guests)
}

/** A kernel that some builds take, and the release that will refuse it. */
export interface LaterRefusalRow {
  kernel: Kernel
  mode: BootModeName
  release: string
  builds: string[]
  verdict: FullVerdict
}

export function laterRefusalRows(audit: Audit): LaterRefusalRow[] {
  const names = buildNames(audit)
  const rows = new Map<string, LaterRefusalRow>()
  for (const { kernel, build, mode, release, verdict } of audit.laterRefusals) {
    const key = `${kernel} ${mode} ${release} ${verdict}`
    let row = rows.get(key)
    if (row === undefined) {
      row = { kernel: audit.kernels[kernel]!, mode, release, builds: [], verdict: audit.verdicts[verdict]! }
      rows.set(key, row)
    }
    row.builds.push(names[build]!)
  }
  return [...rows.values()]
}

/** What is ignored for one reason. */
export interface IgnoredRow {
  reason: string
  expires?: string
  count: number
}

export function ignoredRows(audit: Audit): IgnoredRow[] {
  const rows = new Map<string, IgnoredRow>()
  for (const { reason, expires } of audit.ignored) {
    const key = JSON.stringify([reason, expires])
    const row = rows.get(key) ?? { reason, ...(expires !== undefined && { expires }), count: 0 }
    row.count++
    rows.set(key, row)
  }
  return [...rows.values()]
}

/** The causes for which each of the kernels that nothing takes is refused. */
export function acceptedNowhereRows(audit: Audit): { kernel: Kernel; causes: string[] }[] {
  const causes = new Map(audit.acceptedNowhere.map(kernel => [kernel, new Set<string>()]))
  for (const cell of audit.cells) {
    causes.get(cell.kernel)?.add(causeId(audit.verdicts[finalVerdict(cell)]!))
  }
  return [...causes].map(([kernel, found]) => ({ kernel: audit.kernels[kernel]!, causes: [...found] }))
}

/** What verdicts rest on, each said once, with the guests that it is about; what is said of a build is not repeated. */
export function assumptionRows(audit: Audit): { text: string; guests: number }[] {
  const guests = new Map<string, number>()
  for (const cell of audit.cells) {
    const { remarks } = audit.builds[cell.build]!
    for (const text of audit.verdicts[finalVerdict(cell)]!.assumptions) {
      if (!remarks.includes(text)) guests.set(text, (guests.get(text) ?? 0) + cell.guests)
    }
  }
  return [...guests].map(([text, count]) => ({ text, guests: count })).sort((a, b) => b.guests - a.guests)
}

/** What a verdict on a build rests on that its version does not say. */
export function remarkRows(audit: Audit): { name: string; build: Build; remark: string }[] {
  const names = buildNames(audit)
  return audit.builds.flatMap((build, index) =>
    build.remarks.map(remark => ({ name: names[index]!, build, remark })),
  )
}
