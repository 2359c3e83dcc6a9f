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

/** What a part of the model returned, and up to which release the same gates have the same values. */
export interface Memo<T> {
  first: number
  last: number
  gates: readonly GateId[]
  answer: T
}

export class GateReader {
  /** The index of the release that is asked. */
  readonly index: number
  /** The last release for which every gate that was asked so far has the same value. */
  last = releases.length - 1
  /** The gates that were asked, in order, some more than once. */
  readonly gates: GateId[] = []
  /** Told of every step; absent when only the verdict counts. */
  readonly trace: ((step: Step) => void) | undefined
  readonly #overrides: GateOverrides | undefined

  constructor(index: number, overrides?: GateOverrides, trace?: (step: Step) => void) {
    this.index = index
    this.#overrides = overrides
    this.trace = trace
  }

  gate<K extends AskedGateId>(id: K): GateValue<K> {
    this.gates.push(id)
    const override = this.#overrides?.[id]
    if (override !== undefined) return override as GateValue<K>
    const { values, last } = gateTable(id)
    if (last[this.index]! < this.last) this.last = last[this.index]!
    return values[this.index] as GateValue<K>
  }

  /** Takes over what another reader of the same release found out. */
  addAsked({ last, gates }: Pick<Memo<unknown>, 'last' | 'gates'>): void {
    if (last < this.last) this.last = last
    for (const gate of gates) this.gates.push(gate)
  }

  /** Returns what `memos` has where one holds for this release, else computes and keeps it. A traced reader always computes. */
  memoized<T>(memos: Memo<T>[], compute: (ask: GateReader) => T): T {
    if (this.trace !== undefined) return compute(this)
    const known = memos.find(memo => memo.first <= this.index && this.index <= memo.last)
    if (known !== undefined) {
      this.addAsked(known)
      return known.answer
    }
    const ask = new GateReader(this.index, this.#overrides)
    const answer = compute(ask)
    memos.push({ first: this.index, last: ask.last, gates: ask.gates, answer })
    this.addAsked(ask)
    return answer
  }
}
