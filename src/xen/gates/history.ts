/**
 * What a gate was worth around a release, and what changed it.
 * @module
 */
import { releaseIndex, releases, tagOf } from '../releases.ts'
import { readEvidence } from './evidence.ts'
import { type GateId, gates, gateTable } from './gates.ts'

/** The commit that brought the value that holds since `index`, where the evidence names one. */
function commitAt(id: GateId, index: number): string | undefined {
  const tag = tagOf(releases[index]!)
  return gates[id].evidence.map(readEvidence).find(item => item.tag === tag && item.commit !== undefined)
    ?.commit
}

const word = (value: unknown) =>
  typeof value === 'object' && value !== null ? 'another table' : String(value)

/**
 * One line on the value that holds at a release and on the next change:
 * `absent 3.1.0-4.3.4; library came with 84f04d8f0d in 4.4.0`.
 */
export function gateHistory(id: GateId, index: number): string {
  const { values, last } = gateTable(id)
  const end = last[index]!
  const first = firstWith(last, index)
  const span = first === end ? releases[first]! : `${releases[first]}-${releases[end]}`
  const brought = first === 0 ? undefined : commitAt(id, first)
  const now = `${typeof values[index] === 'object' ? 'this table' : word(values[index])} ${span}`
  const here = brought === undefined ? now : `${now}, came with ${brought}`
  if (end + 1 >= releases.length) return here
  const commit = commitAt(id, end + 1)
  const how = commit === undefined ? 'from' : `came with ${commit} in`
  return `${here}; ${word(values[end + 1])} ${how} ${releases[end + 1]}${commit === undefined ? ' on' : ''}`
}

/** The first release of the run in which `index` lies. */
function firstWith(last: readonly number[], index: number): number {
  let first = index
  while (first > 0 && last[first - 1] === last[index]) first--
  return first
}

/** The history of a gate at a release by its name; undefined for one that is not known. */
export function gateHistoryAt(id: GateId, release: string): string | undefined {
  const index = releaseIndex(release)
  return index === undefined ? undefined : gateHistory(id, index)
}
