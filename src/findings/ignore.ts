/**
 * Findings that policy takes out of the exit code. They stay in every report.
 * @module
 */

import type { BootPathText } from '../inventory/host.ts'
import { matchesName } from '../inventory/name-glob.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { cellHosts, cellImages, countingVerdict, isFinding } from './counting-verdict.ts'
import { matchesImage } from './image-index.ts'
import type { Audit, Cell, Ignored } from './model.ts'

/** What is absent stands for all there is. */
export interface IgnoreRule {
  causes?: readonly CauseCode[]
  /** Paths and globs, as in placements. */
  images?: readonly string[]
  hosts?: readonly string[]
  modes?: readonly BootModeName[]
  /** Boot paths; one without a version stands for all versions. */
  boot?: readonly BootPathText[]
  /** Versions as the inventory has them, series, or globs. */
  xen?: readonly string[]
  reason: string
  /** The last day on which it holds: `2027-03-31`. */
  expires?: string
  /** Where it is written: `xen-preflight.yaml:12: ignore[0]`. */
  where: string
}

/**
 * The audit with `ignored` and `expired` filled in; the first rule that covers a finding gives the reason. A rule covers
 * a cell only if it covers every image and every host of it: what is left of it would fail all the same.
 *
 * @param today the day on which rules are looked at: `2026-11-22`
 */
export function applyIgnoreRules(audit: Audit, rules: readonly IgnoreRule[], today: string): Audit {
  const living = livingRules(rules, today)
  const ignored = audit.cells.flatMap((cell): Ignored[] => {
    if (!isFinding(audit, cell)) return []
    const rule = living.find(candidate => coversFinding(candidate, findingOf(audit, cell)))
    if (rule === undefined) return []
    const { kernel, build, mode } = cell
    const { reason, expires } = rule
    return [{ kernel, build, mode, reason, ...(expires !== undefined && { expires }) }]
  })
  const expired = rules
    .filter(rule => !living.includes(rule))
    .map(({ where, expires, reason }) => `${where} expired on ${expires}: ${reason}`)
  return { ...audit, ignored, expired }
}

/** A finding, as a rule looks at it. */
export interface RuledFinding {
  code: CauseCode | undefined
  mode: BootModeName
  /** How its guests boot, where that is known. */
  paths?: readonly BootPathText[]
  /** The versions that it was found on; a rule has to cover all. */
  versions: readonly string[]
  hosts: readonly string[]
  images: readonly string[]
}

/** True where `rule` covers the finding with all its versions, hosts and images. */
export function coversFinding(rule: IgnoreRule, finding: RuledFinding): boolean {
  const { boot, causes, images, hosts, modes, xen } = rule
  const { code } = finding
  if (causes !== undefined && (code === undefined || !causes.includes(code))) return false
  if (modes !== undefined && !modes.includes(finding.mode)) return false
  if (boot !== undefined) {
    const { paths = [] } = finding
    const isMeant = (path: string) => boot.some(name => path === name || path.startsWith(`${name}@`))
    if (paths.length === 0 || !paths.every(isMeant)) return false
  }
  if (
    xen !== undefined &&
    !finding.versions.every(version => xen.some(glob => matchesVersion(glob, version)))
  )
    return false
  // Where releases are asked there are no hosts that a rule could name.
  if (hosts !== undefined && finding.hosts.length === 0) return false
  return (
    (hosts === undefined || finding.hosts.every(host => hosts.some(glob => matchesName(glob, host)))) &&
    (images === undefined ||
      finding.images.every(image => images.some(glob => matchesImage({ glob }, image))))
  )
}

/** The rules that hold on a day, and those that have expired. */
export function livingRules(rules: readonly IgnoreRule[], today: string): IgnoreRule[] {
  return rules.filter(({ expires }) => expires === undefined || expires >= today)
}

const findingOf = (audit: Audit, cell: Cell): RuledFinding => ({
  code: countingVerdict(audit, cell).code,
  mode: cell.mode,
  ...(cell.paths !== undefined && { paths: cell.paths }),
  versions: [audit.builds[cell.build]!.label],
  hosts: cellHosts(audit, cell),
  images: cellImages(audit, cell),
})

/** `4.1` stands for 4.1.6.1 and 4.1.5-xs1 too, not for 4.10; what tells builds of one version apart is in brackets. */
const matchesVersion = (glob: string, label: string) =>
  ['', '.*', '-*', ' (*'].some(rest => matchesName(`${glob}${rest}`, label))
