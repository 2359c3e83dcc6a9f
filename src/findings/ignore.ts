/**
 * Findings that policy takes out of the exit code. They stay in every report.
 * @module
 */
import { matchesName } from '../inventory/name-glob.ts'
import type { BootModeName } from '../xen/boot-mode.ts'
import type { CauseCode } from '../xen/verdict.ts'
import { cellHosts, cellImages, countingVerdict, isFinding } from './counting-verdict.ts'
import type { Audit, Cell, Ignored } from './model.ts'
import { matchesImage } from './placement.ts'

/** What is absent stands for all there is. */
export interface IgnoreRule {
  causes?: readonly CauseCode[]
  /** Paths and globs, as in placements. */
  images?: readonly string[]
  hosts?: readonly string[]
  modes?: readonly BootModeName[]
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
  const isExpired = ({ expires }: IgnoreRule) => expires !== undefined && expires < today
  const living = rules.filter(rule => !isExpired(rule))
  const ignored = audit.cells.flatMap((cell): Ignored[] => {
    if (!isFinding(audit, cell)) return []
    const rule = living.find(candidate => covers(candidate, audit, cell))
    if (rule === undefined) return []
    const { kernel, build, mode } = cell
    const { reason, expires } = rule
    return [{ kernel, build, mode, reason, ...(expires !== undefined && { expires }) }]
  })
  const expired = rules
    .filter(isExpired)
    .map(({ where, expires, reason }) => `${where} expired on ${expires}: ${reason}`)
  return { ...audit, ignored, expired }
}

function covers({ causes, images, hosts, modes, xen }: IgnoreRule, audit: Audit, cell: Cell): boolean {
  const { code } = countingVerdict(audit, cell)
  if (causes !== undefined && (code === undefined || !causes.includes(code))) return false
  if (modes !== undefined && !modes.includes(cell.mode)) return false
  if (xen !== undefined && !xen.some(glob => matchesVersion(glob, audit.builds[cell.build]!.label)))
    return false
  return (
    (hosts === undefined ||
      cellHosts(audit, cell).every(host => hosts.some(glob => matchesName(glob, host)))) &&
    (images === undefined ||
      cellImages(audit, cell).every(image => images.some(glob => matchesImage({ glob }, image))))
  )
}

/** `4.1` stands for 4.1.6.1 and 4.1.5-xs1 too, not for 4.10; what tells builds of one version apart is in brackets. */
const matchesVersion = (glob: string, label: string) =>
  ['', '.*', '-*', ' (*'].some(rest => matchesName(`${glob}${rest}`, label))
