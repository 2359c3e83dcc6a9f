/**
 * How a kernel is started: as which kind of guest, and in which role. Models work with the two parts; reports,
 * inventories and the command line write them as one word.
 * @module
 */
import type { Side } from './gates/gate.ts'

export type GuestKind = 'pv' | 'pvh'
export type Role = 'domU' | 'dom0'

export interface BootMode {
  readonly guest: GuestKind
  readonly role: Role
}

/** A boot mode as it is written. */
export type BootModeName = `${GuestKind}-${Role}`

/** All four, in the order of every report. */
export const bootModes: readonly BootModeName[] = ['pv-domU', 'pv-dom0', 'pvh-domU', 'pvh-dom0']

const PARSED: Readonly<Record<BootModeName, BootMode>> = {
  'pv-domU': { guest: 'pv', role: 'domU' },
  'pv-dom0': { guest: 'pv', role: 'dom0' },
  'pvh-domU': { guest: 'pvh', role: 'domU' },
  'pvh-dom0': { guest: 'pvh', role: 'dom0' },
}

export const parseBootMode = (name: BootModeName): BootMode => PARSED[name]

export const formatBootMode = ({ guest, role }: BootMode): BootModeName => `${guest}-${role}`

/** Which program builds the domain: the toolstack a domU, the hypervisor dom0. */
export const sideOf = ({ role }: BootMode): Side => (role === 'dom0' ? 'hypervisor' : 'toolstack')
