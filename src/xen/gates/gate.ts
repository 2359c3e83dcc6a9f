/** What a gate is: one behaviour that differs between releases, as data with evidence. */

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
  /** Where it was read: `tag file function[,function] [commit]`, the commit one of `commits.ts`; `-` for no function. */
  evidence: readonly string[]
  /** The security advisory that brought the change. */
  advisory?: string
}

/** Types a gate's value; the data stays as it is. */
export function gate<V>(data: Gate<V>): Gate<V> {
  return data
}
