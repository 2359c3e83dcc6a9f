/**
 * Programs beside Xen that decide what a guest boots, with versions of their own: what differs between the versions is
 * data, as it is for Xen.
 * @module
 */
import type { Step } from './gate-reader.ts'
import { type GateTable, tabulate } from './gates/tabulate.ts'

/** One behaviour of a component that differs between its versions. */
export interface ComponentGate<V> {
  /** One or two sentences: what differs. */
  summary: string
  /** Since when which value holds, in the order of the component's versions; the first from the oldest on. */
  spans: readonly (readonly [since: string, value: V])[]
  /** Where it was read: `ref file function[,function] [commit]`, or a sentence on what was run. */
  evidence: readonly string[]
}

export type ComponentGates = Readonly<Record<string, ComponentGate<unknown>>>

/** Types a gate's value; the data stays as it is. */
export function componentGate<V>(data: ComponentGate<V>): ComponentGate<V> {
  return data
}

export interface Component<G extends ComponentGates = ComponentGates> {
  name: string
  /** What it is, in one sentence. */
  summary: string
  /** All known versions, oldest first. */
  versions: readonly string[]
  /** The repository in which its evidence was read. */
  repository: string
  gates: G
}

export type ComponentGateId<G> = keyof G & string
export type ComponentGateValue<G, K extends keyof G> = G[K] extends ComponentGate<infer V> ? V : never

const tables = new WeakMap<ComponentGate<unknown>, GateTable>()

/** Throws a RangeError for a span that names no version of the component. */
export function componentTable({ versions }: Component, gate: ComponentGate<unknown>): GateTable {
  let table = tables.get(gate)
  if (table === undefined) {
    table = tabulate(gate.spans, versions)
    tables.set(gate, table)
  }
  return table
}

/** Reads the gates of one version of a component: the only way in which a model comes to know what differs between versions. */
export class ComponentReader<G extends ComponentGates> {
  readonly component: Component<G>
  /** The index of the version that is asked. */
  readonly index: number
  /** The last version for which every gate that was asked so far has the same value. */
  last: number
  /** The gates that were asked, in order, some more than once. */
  readonly gates: ComponentGateId<G>[] = []
  /** Told of every step; absent when only the answer counts. */
  readonly trace: ((step: ComponentStep) => void) | undefined

  constructor(component: Component<G>, index: number, trace?: (step: ComponentStep) => void) {
    this.component = component
    this.index = index
    this.last = component.versions.length - 1
    this.trace = trace
  }

  gate<K extends ComponentGateId<G>>(id: K): ComponentGateValue<G, K> {
    this.gates.push(id)
    const { values, last } = componentTable(this.component, this.component.gates[id]!)
    if (last[this.index]! < this.last) this.last = last[this.index]!
    return values[this.index] as ComponentGateValue<G, K>
  }
}

/** One thing that a model looks at, as `explain` and `boot` show it. */
export interface ComponentStep extends Omit<Step, 'gates'> {
  gates?: readonly string[]
}

/** Asks every version, and joins neighbours whose answers are `same`; both ends are inclusive. */
export function componentSpans<G extends ComponentGates, A extends object>(
  component: Component<G>,
  answer: (ask: ComponentReader<G>) => A,
  same: (a: A, b: A) => boolean,
): (A & { since: string; until: string })[] {
  const spans: (A & { since: string; until: string })[] = []
  for (let index = 0; index < component.versions.length; ) {
    const ask = new ComponentReader(component, index)
    const found = answer(ask)
    const until = component.versions[ask.last]!
    const open = spans.at(-1)
    if (open !== undefined && same(open, found)) open.until = until
    else spans.push({ ...found, since: component.versions[index]!, until })
    index = ask.last + 1
  }
  return spans
}
