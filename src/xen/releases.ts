/**
 * The releases that are known, and their order.
 * @module
 */

/** A point release as its tag names it: `4.1.6.1`. */
export type Release = string

/**
 * Every release that is known, oldest first, one series a line. 3.1.0 to 3.4.0 stand for the state of the source
 * just before these releases: there is no tag for them, nor for their point releases. There was no 4.6.2.
 */
// biome-ignore format: one series a line
export const releases: readonly Release[] = [
  '3.1.0',
  '3.2.0',
  '3.3.0',
  '3.4.0',
  '4.0.0', '4.0.1', '4.0.2', '4.0.3', '4.0.4',
  '4.1.0', '4.1.1', '4.1.2', '4.1.3', '4.1.4', '4.1.5', '4.1.6', '4.1.6.1',
  '4.2.0', '4.2.1', '4.2.2', '4.2.3', '4.2.4', '4.2.5',
  '4.3.0', '4.3.1', '4.3.2', '4.3.3', '4.3.4',
  '4.4.0', '4.4.1', '4.4.2', '4.4.3', '4.4.4',
  '4.5.0', '4.5.1', '4.5.2', '4.5.3', '4.5.4', '4.5.5',
  '4.6.0', '4.6.1', '4.6.3', '4.6.4', '4.6.5', '4.6.6',
  '4.7.0', '4.7.1', '4.7.2', '4.7.3', '4.7.4', '4.7.5', '4.7.6',
  '4.8.0', '4.8.1', '4.8.2', '4.8.3', '4.8.4', '4.8.5',
  '4.9.0', '4.9.1', '4.9.2', '4.9.3', '4.9.4',
  '4.10.0', '4.10.1', '4.10.2', '4.10.3', '4.10.4',
  '4.11.0', '4.11.1', '4.11.2', '4.11.3', '4.11.4',
  '4.12.0', '4.12.1', '4.12.2', '4.12.3', '4.12.4',
  '4.13.0', '4.13.1', '4.13.2', '4.13.3', '4.13.4', '4.13.5',
  '4.14.0', '4.14.1', '4.14.2', '4.14.3', '4.14.4', '4.14.5', '4.14.6',
  '4.15.0', '4.15.1', '4.15.2', '4.15.3', '4.15.4', '4.15.5', '4.15.6', '4.15.7',
  '4.16.0', '4.16.1', '4.16.2', '4.16.3', '4.16.4', '4.16.5', '4.16.6', '4.16.7',
  '4.17.0', '4.17.1', '4.17.2', '4.17.3', '4.17.4', '4.17.5', '4.17.6', '4.17.7',
  '4.18.0', '4.18.1', '4.18.2', '4.18.3', '4.18.4', '4.18.5', '4.18.6',
  '4.19.0', '4.19.1', '4.19.2', '4.19.3', '4.19.4', '4.19.5', '4.19.6',
  '4.20.0', '4.20.1', '4.20.2', '4.20.3', '4.20.4',
  '4.21.0', '4.21.1', '4.21.2',
  '4.22.0',
]

const indexes = new Map(releases.map((release, index) => [release, index]))

/** The place of a release in `releases`; undefined for one that is not known. */
export function releaseIndex(release: Release): number | undefined {
  return indexes.get(release)
}

/** The states of the source that stand for releases without a tag (the xen-project/xen repository). */
const STAND_INS: Readonly<Record<string, string>> = {
  '3.1.0': '3.1.0-branched',
  '3.2.0': '3.2.0-rc6',
  '3.3.0': '3.3.0-rc7',
  '3.4.0': '3.4.0-rc3',
}

/** The tag in the xen-project/xen repository at which a release was read. */
export function tagOf(release: Release): string {
  return STAND_INS[release] ?? `RELEASE-${release}`
}

/** `4.1` for `4.1.6.1`. */
export function seriesOf(release: Release): string {
  return release.split('.', 2).join('.')
}

/** The known releases of a series, oldest first. */
export function releasesOf(series: string): readonly Release[] {
  bySeries ??= groupBySeries()
  return bySeries.get(series) ?? []
}

let bySeries: ReadonlyMap<string, readonly Release[]> | undefined

function groupBySeries(): ReadonlyMap<string, readonly Release[]> {
  const groups = new Map<string, Release[]>()
  for (const release of releases) {
    const series = seriesOf(release)
    const known = groups.get(series)
    if (known === undefined) groups.set(series, [release])
    else known.push(release)
  }
  return groups
}

/** Orders versions of dotted numbers: 3.4.0 < 4.0.0, 4.1.6 < 4.1.6.1 < 4.2.0, 4.9 < 4.10. A missing part counts as less. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? -1) - (right[part] ?? -1)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}
