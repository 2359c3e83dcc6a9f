/**
 * All gates, as tables by release. Nothing else compares versions.
 * @module
 */
import { releaseIndex, releases } from '../releases.ts'
import { addressesGates } from './addresses.ts'
import { builderGates } from './builder.ts'
import { bzimageGates } from './bzimage.ts'
import { codecsGates } from './codecs.ts'
import { elfGates } from './elf.ts'
import { featuresGates } from './features.ts'
import type { Gate } from './gate.ts'
import { guestTypeGates } from './guest-type.ts'
import { noteCheckGates } from './note-check.ts'
import { notesGates } from './notes.ts'
import { pvhGates } from './pvh.ts'

export const gates = {
  ...featuresGates,
  ...notesGates,
  ...noteCheckGates,
  ...addressesGates,
  ...elfGates,
  ...bzimageGates,
  ...codecsGates,
  ...guestTypeGates,
  ...pvhGates,
  ...builderGates,
}

export type GateId = keyof typeof gates
export type GateValue<K extends GateId> = (typeof gates)[K] extends Gate<infer V> ? V : never

/** All gate ids, by area. */
export const gateIds = Object.keys(gates) as GateId[]

/** A gate's values by release index, and for each release the last one up to which its value holds. */
export interface GateTable {
  values: readonly unknown[]
  last: readonly number[]
}

function tabulate(gate: Gate<unknown>): GateTable {
  const values: unknown[] = []
  const last: number[] = []
  gate.spans.forEach(([since, value], span) => {
    const next = gate.spans[span + 1]
    const end = next === undefined ? releases.length : releaseIndex(next[0])!
    for (let index = releaseIndex(since)!; index < end; index++) {
      values[index] = value
      last[index] = end - 1
    }
  })
  return { values, last }
}

const tables = new Map<GateId, GateTable>()

export function gateTable(id: GateId): GateTable {
  let table = tables.get(id)
  if (table === undefined) {
    table = tabulate(gates[id] as Gate<unknown>)
    tables.set(id, table)
  }
  return table
}

export function isGateId(id: string): id is GateId {
  return Object.hasOwn(gates, id)
}
