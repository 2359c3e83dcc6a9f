// Two statements about one host as one.

import { isRecord } from '../document/tree.ts'
import type { HostEntry } from './host.ts'

/** A field of which two sources say different things. */
export interface Difference {
  field: string
  first: unknown
  second: unknown
}

/** Fills what `first` leaves open from `second`, and lists where they differ; there the first one counts. */
export function combine(
  first: HostEntry,
  second: HostEntry,
): { entry: HostEntry; differences: Difference[] } {
  const { pools, source, missing, ...details } = precise(first, second)
  const { pools: others, source: _, missing: missingToo, ...more } = precise(second, first)
  const { xen, seriesOnly } = details.xen === undefined ? more : details
  const differences: Difference[] = []
  const filled = fill(details, more, '', differences) as Omit<HostEntry, 'source'>
  delete filled.seriesOnly
  const all = [...new Set([...(pools ?? []), ...(others ?? [])])]
  const known = missing ?? missingToo
  const entry: HostEntry = {
    ...filled,
    ...(all.length > 0 && { pools: all }),
    ...(xen !== undefined && seriesOnly && { seriesOnly }),
    source: first.xen === undefined && second.xen !== undefined ? second.source : source,
    ...(known && { missing: known }),
  }
  return { entry, differences }
}

/** `entry`, with the other's version where that one names the point release of the same series. */
function precise(entry: HostEntry, other: HostEntry): HostEntry {
  if (!entry.seriesOnly || entry.xen === undefined || other.xen === undefined || other.seriesOnly)
    return entry
  const series = entry.xen.replace(/\.0$/, '')
  const rest = other.xen.startsWith(series) ? other.xen.slice(series.length) : undefined
  if (rest === undefined || /^\d/.test(rest)) return entry
  const { seriesOnly: _, ...without } = entry
  return { ...without, xen: other.xen, source: other.source }
}

/** What `first` has, filled up from `second` by field; where both have something else, that is a difference. */
export function fill(first: unknown, second: unknown, field: string, differences: Difference[]): unknown {
  if (first === undefined) return second
  if (second === undefined) return first
  if (isRecord(first) && isRecord(second)) {
    const names = new Set([...Object.keys(first), ...Object.keys(second)])
    const filled = [...names].map(name => {
      const path = field === '' ? name : `${field}.${name}`
      const value = (record: Record<string, unknown>) =>
        Object.hasOwn(record, name) ? record[name] : undefined
      return [name, fill(value(first), value(second), path, differences)] as const
    })
    return Object.fromEntries(filled)
  }
  if (canonical(first) !== canonical(second)) differences.push({ field, first, second })
  return first
}

/** Lists are sets here: capabilities and modes have no order. */
function canonical(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value)
}
