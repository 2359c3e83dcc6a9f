/**
 * Findings put together to results: one for a kernel and a cause, over all builds and boot modes that it holds for.
 * @module
 */
import type { Audit, Build, Change, FullVerdict, Ignored, Kernel } from '../../../findings/model.ts'
import type { BootModeName } from '../../../xen/boot-mode.ts'
import { type CauseId, causeId, findings, type Level, levelOf, targetOf, withCommands } from '../findings.ts'
import { laterRefusalRows } from '../gather.ts'

export interface ResultRow {
  cause: CauseId
  level: Exclude<Level, 'none'>
  kernel: Kernel
  modes: BootModeName[]
  /** The verdicts with this cause, those met first in front: their log lines may differ between builds. */
  verdicts: FullVerdict[]
  /** What the builds are called. */
  names: string[]
  /** Each of them once. Absent for a later refusal, which is no finding of today. */
  builds?: Build[]
  guests?: number
  change?: Change
  ignored?: Ignored
  /** Set where the baseline has it too. */
  known?: true
  /** What can be done, with commands for this kernel and these builds. */
  remedies: string[]
  /** The release that will refuse a kernel that starts today. */
  laterRefusal?: string
}

/** A service shows so many of a run, those of the greatest weight (GitHub; it takes no run with more than 25,000). */
export const RESULTS = 5000

/** The heaviest first. */
export const LEVELS: readonly ResultRow['level'][] = ['error', 'warning', 'note']

/** What weighs anything: by weight, then in the order of the audit. */
export function resultRows(audit: Audit): ResultRow[] {
  const rows = new Map<string, ResultRow & { builds: Build[]; guests: number; targets: Set<string> }>()
  for (const finding of findings(audit)) {
    const level = levelOf(finding)
    if (level === 'none') continue
    const { kernel, mode, build, xen, guests, change, ignored, known, cell, answer, to } = finding
    const verdict = finding.counting
    const cause = causeId(verdict)
    const key = JSON.stringify([cell.kernel, cause, level, known, ignored?.reason, ignored?.expires])
    let row = rows.get(key)
    if (row === undefined) {
      row = {
        cause,
        level,
        kernel,
        modes: [],
        verdicts: [],
        names: [],
        builds: [],
        guests: 0,
        remedies: [],
        targets: new Set(),
      }
      if (change !== undefined) row.change = change
      if (ignored !== undefined) row.ignored = ignored
      if (known) row.known = true
      rows.set(key, row)
    }
    if (!row.verdicts.includes(verdict)) row.verdicts.push(verdict)
    if (!row.modes.includes(mode)) row.modes.push(mode)
    if (!row.builds.includes(build)) {
      row.names.push(xen)
      row.builds.push(build)
    }
    row.targets.add(targetOf(verdict === answer ? (to ?? build.label) : build.label, mode))
    row.guests += guests
  }
  const all: ResultRow[] = []
  for (const { targets, ...row } of rows.values()) {
    const { verdicts, kernel } = row
    all.push({ ...row, remedies: withCommands(verdicts[0]!.remedies, kernel.images[0], [...targets]) })
  }
  all.push(...laterRefusals(audit))
  return all.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

const laterRefusals = (audit: Audit): ResultRow[] =>
  laterRefusalRows(audit).map(({ kernel, mode, release, builds, verdict }) => ({
    cause: causeId(verdict),
    level: 'note',
    kernel,
    modes: [mode],
    verdicts: [verdict],
    names: builds,
    laterRefusal: release,
    remedies: withCommands(verdict.remedies, kernel.images[0], [targetOf(release, mode)]),
  }))
