/** GateReader one release: the only way in which the loader models come to know what differs between releases. */
import { type AskedGateId, type GateId, type GateValue, gateTable } from './gates/gates.ts'
import { releases } from './releases.ts'

/** Gate values of a host that win over its release: back-ports, and what its build has or lacks. */
export type GateOverrides = Readonly<Partial<Record<AskedGateId, unknown>>>

/** One thing that a loader looks at, as `explain` shows it. */
export interface Step {
  /** The function or stage of Xen. */
  stage: string
  /** What was looked at. */
  what: string
  /** Where in the ELF file, in bytes. */
  offset?: number | bigint
  /** What was found there. */
  value?: string
  /** What this release does with it. */
  does: string
  gates?: readonly GateId[]
}

export class GateReader {
  /** The index of the release that is asked. */
  readonly index: number
  /** The last release for which every gate that was asked so far has the same value. */
  last = releases.length - 1
  /** Told of every step; absent when only the verdict counts. */
  readonly trace: ((step: Step) => void) | undefined
  readonly #overrides: GateOverrides | undefined
  /** What was asked, in order: gates, and the lists of the parts of the model that were not run again. */
  readonly #asked: (GateId | readonly GateId[])[] = []

  constructor(index: number, overrides?: GateOverrides, trace?: (step: Step) => void) {
    this.index = index
    this.#overrides = overrides
    this.trace = trace
  }

  gate<K extends AskedGateId>(id: K): GateValue<K> {
    this.#asked.push(id)
    const override = this.#overrides?.[id]
    if (override !== undefined) return override as GateValue<K>
    const { values, last } = gateTable(id)
    if (last[this.index]! < this.last) this.last = last[this.index]!
    return values[this.index] as GateValue<K>
  }

  /** What follows from a gate, where that is the same for releases with different values. `read` must be quick. */
  follows<K extends AskedGateId, T>(id: K, read: (value: GateValue<K>) => T): T {
    this.#asked.push(id)
    const override = this.#overrides?.[id]
    if (override !== undefined) return read(override as GateValue<K>)
    const { values, last } = gateTable(id)
    const result = read(values[this.index] as GateValue<K>)
    let end = last[this.index]!
    while (end < this.last && read(values[end + 1] as GateValue<K>) === result) end = last[end + 1]!
    if (end < this.last) this.last = end
    return result
  }

  /** The gates that were asked, each once, in order. */
  get gates(): GateId[] {
    const gates = new Set<GateId>()
    for (const asked of this.#asked) {
      if (typeof asked === 'string') gates.add(asked)
      else for (const gate of asked) gates.add(gate)
    }
    return [...gates]
  }

  /** Takes over what another reader of the same release found out. */
  addAsked({ last, gates }: { last: number; gates: readonly GateId[] }): void {
    if (last < this.last) this.last = last
    this.#asked.push(gates)
  }

  /** A reader of the same release that was asked nothing so far. */
  anew(): GateReader {
    return new GateReader(this.index, this.#overrides)
  }
}

/** What a part of the model returned, and up to which release the same gates have the same values. */
interface Memo<T> {
  first: number
  last: number
  gates: readonly GateId[]
  answer: T
}

/** A part of the model that is run once for the releases among which the gates that it asks have the same values. */
export class ModelPart<T> {
  readonly #run: (ask: GateReader) => T
  readonly #memos: Memo<T>[] = []

  constructor(run: (ask: GateReader) => T) {
    this.#run = run
  }

  /** What the part returns for the release of `ask`. A traced reader always runs it. */
  for(ask: GateReader): T {
    if (ask.trace !== undefined) return this.#run(ask)
    for (const memo of this.#memos) {
      if (memo.first > ask.index || ask.index > memo.last) continue
      ask.addAsked(memo)
      return memo.answer
    }
    const own = ask.anew()
    const answer = this.#run(own)
    const memo = { first: ask.index, last: own.last, gates: own.gates, answer }
    this.#memos.push(memo)
    ask.addAsked(memo)
    return answer
  }
}
