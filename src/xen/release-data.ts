/**
 * What is known of each release, as plain data: what it does, what changed in it, and what changes between two.
 * @module
 */
import { type Evidence, evidenceOf } from './gates/evidence.ts'
import type { Area, Side } from './gates/gate.ts'
import { type GateId, gateIds, gates, gateTable, isAsked } from './gates/gates.ts'
import { type Release, releaseIndex, releases, seriesOf, tagOf } from './releases.ts'

export interface ReleaseSummary {
  release: Release
  series: string
  /** Where it was read; for 3.1 to 3.4 the state just before it. */
  tag: string
  /** The gates that changed with it, against the release before in the list. */
  changed: GateId[]
}

/** The value of a gate, or of a documented behaviour, in a release, and the releases around it that have the same. */
export interface GateInRelease {
  id: GateId
  area: Area
  sides: readonly Side[]
  summary: string
  /** Set where no loader model asks it: it is shown, and a host cannot override it. */
  documented?: true
  value: unknown
  since: Release
  until: Release
  evidence: Evidence[]
  advisory?: string
}

export interface GateChange extends Omit<GateInRelease, 'value' | 'since' | 'until'> {
  from: unknown
  to: unknown
  /** The releases between the two, the later one included, that changed it: each back and forth is named. */
  at: Release[]
}

/** All releases, oldest first, with what changed in each. */
export function listReleases(): ReleaseSummary[] {
  return releases.map((release, index) => ({
    release,
    series: seriesOf(release),
    tag: tagOf(release),
    changed: index === 0 ? [] : gateIds.filter(id => changesAt(id, index)),
  }))
}

function changesAt(id: GateId, index: number): boolean {
  return gateTable(id).last[index - 1] === index - 1
}

function indexOf(release: Release): number {
  const index = releaseIndex(release)
  if (index === undefined) throw new RangeError(`Cannot describe Xen ${release}: the release is not known`)
  return index
}

/** Everything that is known of a release, by area. Throws a RangeError for one that is not known. */
export function describeRelease(release: Release): GateInRelease[] {
  const index = indexOf(release)
  return gateIds.map(id => {
    const { values, last } = gateTable(id)
    let first = index
    while (first > 0 && !changesAt(id, first)) first--
    return {
      ...common(id),
      value: values[index],
      since: releases[first]!,
      until: releases[last[index]!]!,
    }
  })
}

function common(id: GateId): Omit<GateInRelease, 'value' | 'since' | 'until'> {
  const { area, sides, summary, advisory } = gates[id]
  return {
    id,
    area,
    sides,
    summary,
    ...(!isAsked(id) && { documented: true }),
    evidence: evidenceOf(id),
    ...(advisory !== undefined && { advisory }),
  }
}

/** What changes from one release to another. Throws a RangeError for one that is not known. */
export function diffReleases(from: Release, to: Release): GateChange[] {
  const [a, b] = [indexOf(from), indexOf(to)]
  const [low, high] = a < b ? [a, b] : [b, a]
  const changes: GateChange[] = []
  for (const id of gateIds) {
    const { values } = gateTable(id)
    if (values[a] === values[b]) continue
    const at: Release[] = []
    for (let index = low + 1; index <= high; index++) if (changesAt(id, index)) at.push(releases[index]!)
    changes.push({ ...common(id), from: values[a], to: values[b], at })
  }
  return changes
}
