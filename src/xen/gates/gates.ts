/**
 * All gates and documented behaviours, as tables by release. Nothing else compares versions.
 * @module
 */
import { releases } from '../releases.ts'
import { addressesGates } from './addresses.ts'
import { builderGates } from './builder.ts'
import { bzimageGates } from './bzimage.ts'
import { codecsGates } from './codecs.ts'
import { elfGates } from './elf.ts'
import { featuresGates } from './features.ts'
import type { DocumentedBehaviour, Gate } from './gate.ts'
import { guestTypeGates } from './guest-type.ts'
import { noteCheckGates } from './note-check.ts'
import { notesGates } from './notes.ts'
import { pvhGates } from './pvh.ts'
import { type GateTable, tabulate } from './tabulate.ts'

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

/** The gates that the loader models ask; the others are documented behaviours. */
export type AskedGateId = {
  [K in GateId]: (typeof gates)[K] extends DocumentedBehaviour<infer _> ? never : K
}[GateId]

/** All ids, of gates and of documented behaviours, by area. */
export const gateIds = Object.keys(gates) as GateId[]

/** False for a behaviour that is only documented. */
export function isAsked(id: GateId): id is AskedGateId {
  return !('documented' in gates[id])
}

const tables = new Map<GateId, GateTable>()

export function gateTable(id: GateId): GateTable {
  let table = tables.get(id)
  if (table === undefined) {
    table = tabulate(gates[id].spans, releases)
    tables.set(id, table)
  }
  return table
}

export function isGateId(id: string): id is GateId {
  return Object.hasOwn(gates, id)
}
