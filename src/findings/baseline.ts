/**
 * A report of before, against which only what is new counts.
 * @module
 */

import { cellHosts, cellImages, countingVerdict, isFinding } from './counting-verdict.ts'
import type { CellCore } from './earlier/cell-table.ts'
import type { EarlierReport, EarlierVerdict } from './earlier/type.ts'
import type { Audit, Cell } from './model.ts'

/** The findings of a report of before. */
export interface Baseline {
  file: string
  /** When it was made; absent where there is none yet. */
  created?: string
  /** Image, boot mode and cause -> hosts. Kernels and builds have other numbers in every report. */
  findings: ReadonlyMap<string, ReadonlySet<string>>
}

/** What is there before the first report. */
export const EMPTY_BASELINE: Omit<Baseline, 'file'> = { findings: new Map() }

/** The findings of a report. */
export function baselineOf(report: EarlierReport): Baseline {
  const findings = new Map<string, Set<string>>()
  const { file, created, cells } = report
  for (let index = 0; index < cells.length; index++) {
    const cell = cells.at(index)
    if (!isFinding(report, cell)) continue
    for (const image of cellImages(report, cell)) {
      const key = keyOf(report, cell, image)
      const hosts = findings.get(key) ?? new Set()
      findings.set(key, hosts)
      for (const host of cellHosts(report, cell)) hosts.add(host)
    }
  }
  return { file, created, findings }
}

function keyOf(
  report: { verdicts: readonly Pick<EarlierVerdict, 'verdict' | 'code'>[] },
  cell: CellCore,
  image: string,
): string {
  const { code, verdict } = countingVerdict(report, cell)
  return [image, cell.mode, code ?? verdict].join('\0')
}

/** The audit with a mark on each finding that the baseline has on all of its images and hosts. */
export function markKnown(audit: Audit, { file, created, findings }: Baseline): Audit {
  const counts = { known: 0, new: 0 }
  const cells = audit.cells.map((cell): Cell => {
    if (!isFinding(audit, cell)) return cell
    const isKnown = cellImages(audit, cell).every(image => {
      const hosts = findings.get(keyOf(audit, cell, image))
      return hosts !== undefined && cellHosts(audit, cell).every(host => hosts.has(host))
    })
    counts[isKnown ? 'known' : 'new']++
    return isKnown ? { ...cell, known: true } : cell
  })
  return { ...audit, cells, baseline: { file, ...(created !== undefined && { created }), ...counts } }
}
