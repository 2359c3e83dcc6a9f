/**
 * The upgrades that a person asks about: to one release, to several, or to every later one.
 * @module
 */
import { nearest } from '../document/nearest.ts'
import { targetVersion } from '../inventory/host.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { matchesName } from '../inventory/name-glob.ts'
import { releaseIndex, releases } from '../xen/releases.ts'
import { parseXenVersion } from '../xen/version-string.ts'
import type { AuditInput } from './audit.ts'
import { isBelow } from './change.ts'
import { plural } from './plural.ts'
import { QuestionError } from './question-error.ts'

export interface UpgradeWish {
  /** Versions, or `all` for every later release. */
  to: readonly string[]
  /** A glob of the hosts that are upgraded: all where it is absent. */
  hosts?: string
  /** Moves the hosts too that run the release or a newer one already. */
  allowDowngrade?: boolean
}

export type Upgrade = NonNullable<AuditInput['upgrade']>

/** True where upgrades to several releases are compared, and no report is made of each. */
export const isComparison = (to: readonly string[]): boolean => to.length > 1 || to.includes('all')

/** What is to be known of the versions to upgrade to. Throws a QuestionError for one that means no release. */
export const upgradeRemarks = (to: readonly string[]): string[] =>
  to
    .filter(version => version !== 'all')
    .flatMap(version => {
      const { ask, remarks } = parseXenVersion(version)
      if (ask.length === 0) throw new QuestionError(remarks.join('; '))
      return remarks
    })

/** The upgrades, the newest release last. Throws a QuestionError where no host would be upgraded. */
export function upgradesOf(
  { to: named, hosts = '*', allowDowngrade = false }: UpgradeWish,
  inventory: Inventory,
): Upgrade[] {
  if (named.length === 0) return []
  const isUpgraded = (name: string) => matchesName(hosts, name)
  const names = inventory.hosts.map(({ name }) => name)
  if (!names.some(isUpgraded)) {
    const close = nearest(hosts, names)
    const hint = close === undefined ? '' : ` (did you mean ${close}?)`
    throw new QuestionError(`Cannot upgrade --hosts ${hosts}: no host of the inventory is called so${hint}`)
  }
  const meant = inventory.hosts.filter(({ name }) => isUpgraded(name))
  const moves = (to: string) => allowDowngrade || meant.some(host => isBelow(targetVersion(host), to))
  const versions = named.includes('all') ? releases.filter(moves) : inOrder(named)
  const [stays] = versions.filter(to => !moves(to))
  if (stays !== undefined || versions.length === 0) {
    throw new QuestionError(
      `Cannot upgrade anything to Xen ${stays ?? releases.at(-1)}: ${plural(meant.length, 'host runs', 'hosts run')} it or a newer one already (--allow-downgrade moves them)`,
    )
  }
  return versions.map(to => ({ to, hosts: isUpgraded, allowDowngrade }))
}

/** By the newest release that each may mean; those that were given twice once. */
function inOrder(versions: readonly string[]): string[] {
  const newest = (version: string) => releaseIndex(parseXenVersion(version).ask.at(-1)!)!
  return [...new Set(versions)].sort((a, b) => newest(a) - newest(b))
}
