/**
 * What differs between releases, as data with evidence: gates, which the loader models ask, and behaviours that are only
 * documented.
 */

/** Which program shows the behaviour: the toolstack builds domU, the hypervisor builds dom0. */
export type Side = 'toolstack' | 'hypervisor'

export type Area =
  | 'features'
  | 'notes'
  | 'note-check'
  | 'addresses'
  | 'elf'
  | 'containers'
  | 'codecs'
  | 'guest-type'
  | 'pvh'
  | 'builder'

export interface Gate<V> {
  area: Area
  sides: readonly Side[]
  /** One or two sentences: what differs. */
  summary: string
  /** Since when which value holds, in the order of the releases; the first since 3.1.0, each until the next. */
  spans: readonly (readonly [since: string, value: V])[]
  /** Values that no release has of itself: a vendor's patch or a library of the toolstack brings them. */
  elsewhere?: readonly V[]
  /** Where it was read: `tag file function[,function] [commit]`, the commit one of `commits.ts`; `-` for no function. */
  evidence: readonly string[]
  /** The security advisory that brought the change. */
  advisory?: string
}

/**
 * A behaviour that no model asks: it is the same in every release, or follows from another gate, or comes after the
 * kernel was taken. It is shown and cited, and a host cannot override it.
 */
export interface DocumentedBehaviour<V> extends Gate<V> {
  documented: true
}

/** Types a gate's value; the data stays as it is. */
export function gate<V>(data: Gate<V>): Gate<V> {
  return data
}

/** Types the value of a behaviour that is only documented. */
export function documented<V>(data: Gate<V>): DocumentedBehaviour<V> {
  return { ...data, documented: true }
}
