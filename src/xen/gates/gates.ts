/**
 * All gates and documented behaviours, as tables by release. Nothing else compares versions.
 * @module
 */
import { releases } from '../releases.ts'
import { type AddressesGates, addressesGates } from './addresses.ts'
import { type BuilderGates, builderGates } from './builder.ts'
import { type BzimageGates, bzimageGates } from './bzimage.ts'
import { type CodecsGates, codecsGates } from './codecs.ts'
import { type ElfGates, elfGates } from './elf.ts'
import { type FeaturesGates, featuresGates } from './features.ts'
import type { DocumentedBehaviour, Gate } from './gate.ts'
import { type GuestTypeGates, guestTypeGates } from './guest-type.ts'
import { type NoteCheckGates, noteCheckGates } from './note-check.ts'
import { type NotesGates, notesGates } from './notes.ts'
import { type PvhGates, pvhGates } from './pvh.ts'
import { type GateTable, tabulate } from './tabulate.ts'

type Gates = AddressesGates &
  BuilderGates &
  BzimageGates &
  CodecsGates &
  ElfGates &
  FeaturesGates &
  GuestTypeGates &
  NoteCheckGates &
  NotesGates &
  PvhGates

export const gates: Gates = {
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
