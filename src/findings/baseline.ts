/**
 * A report of before, against which only what is new counts.
 * @module
 */

import { cellHosts, cellImages, countingVerdict, isFinding } from './counting-verdict.ts'
import { AUDIT_VERSION, type Audit, type Cell } from './model.ts'

/** The findings of a report of before. */
export interface Baseline {
  file: string
  /** When it was made; absent where there is none yet. */
  created?: string
  /** Image, boot mode and cause -> hosts. Kernels and builds have other numbers in every report. */
  findings: ReadonlyMap<string, ReadonlySet<string>>
}

/** What a baseline is made of is the same in these versions of the report. */
const READ_VERSIONS: readonly number[] = [1, AUDIT_VERSION]

/** What is there before the first report. */
export const EMPTY_BASELINE: Omit<Baseline, 'file'> = { findings: new Map() }

/** Reads a JSON report. Throws an Error that completes `Cannot read the baseline old.json: `. */
export function readBaseline(text: string, file: string): Baseline {
  let audit: Audit
  try {
    audit = JSON.parse(text) as Audit
  } catch {
    throw new Error('it is no JSON; expected a report of `audit` or `upgrade`, written by -o json')
  }
  const found = audit as unknown
  const isReport =
    typeof found === 'object' &&
    found !== null &&
    typeof audit.created === 'string' &&
    ['kernels', 'builds', 'verdicts', 'cells'].every(name => Array.isArray(audit[name as keyof Audit]))
  if (!isReport) throw new Error('expected a report of `audit` or `upgrade`, written by -o json')
  if (!READ_VERSIONS.includes(audit.version)) {
    throw new Error(
      `expected version ${READ_VERSIONS.join(' or ')} of the report, found ${JSON.stringify(audit.version)}`,
    )
  }
  try {
    return { file, created: audit.created, findings: gather(audit) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Error('a cell names a kernel, a build or a verdict that the report does not have')
  }
}

function gather(audit: Audit): Map<string, Set<string>> {
  const findings = new Map<string, Set<string>>()
  for (const cell of audit.cells) {
    if (!isFinding(audit, cell)) continue
    for (const image of cellImages(audit, cell)) {
      const key = keyOf(audit, cell, image)
      const hosts = findings.get(key) ?? new Set()
      findings.set(key, hosts)
      for (const host of cellHosts(audit, cell)) hosts.add(host)
    }
  }
  return findings
}

function keyOf(audit: Audit, cell: Cell, image: string): string {
  const { code, verdict } = countingVerdict(audit, cell)
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
