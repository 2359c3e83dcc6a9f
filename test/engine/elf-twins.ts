/** Both engines over the same windows, and what their records must be: equal, byte for byte. */

import type { Engine, Window } from '../../src/engine/engine.ts'
import { BASE, RECORD } from '../../src/engine/memory.ts'
import { TAIL } from '../../src/engine/record.ts'
import type { ElfFacts } from '../../src/facts/facts.ts'
import { type ElfBytes, scanElf } from '../../src/facts/scan.ts'
import { createEngine } from '../../src/fleet/engines.ts'

export const engines: Engine[] = [createEngine('wasm'), createEngine('typescript')]

/** Bytes by position without their being in memory: what is not set reads as 0. */
export interface Sparse {
  size: number
  /** Puts the bytes from `start` on into `into`, which is all zero. */
  fill(into: Uint8Array, start: number): void
}

/** How the windows of a source are cut: where a window for [start, end) begins and ends. */
export type Cut = (start: number, end: number) => [number, number]

/** An ElfBytes over memory that puts each window at another place, and counts what is asked for. */
export class Windows implements ElfBytes {
  readonly size: number
  readonly asked: [number, number][] = []
  #turn = 0
  readonly #engine: Engine
  readonly #source: Sparse
  readonly #cut: Cut

  constructor(engine: Engine, source: Sparse, size = source.size, cut: Cut = (start, end) => [start, end]) {
    this.#engine = engine
    this.#source = source
    this.size = size
    this.#cut = cut
  }

  get bytes(): number {
    return this.asked.reduce((sum, [start, end]) => sum + end - start, 0)
  }

  need(start: number, end: number): Window {
    this.asked.push([start, end])
    const [from, to] = this.#cut(start, end)
    const last = Math.min(to, this.#source.size)
    const length = Math.max(0, last - from)
    // Never at the place of the window before: what is kept from an earlier one would be found out.
    const address = BASE + (this.#turn++ % 3) * 17
    this.#engine.reserve(address + length)
    const into = this.#engine.memory.subarray(address, address + length)
    into.fill(0)
    this.#source.fill(into, from)
    return { start: from, address, length }
  }
}

export const sparse = (bytes: Uint8Array): Sparse => ({
  size: bytes.length,
  fill: (into, start) => into.set(bytes.subarray(start, start + into.length)),
})

/** The record that the last scan left, head and entries. */
export function record({ memory }: Engine): Uint8Array {
  const length = new DataView(memory.buffer, memory.byteOffset + RECORD).getUint32(TAIL, true)
  return memory.slice(RECORD, RECORD + length)
}

export interface Outcome {
  facts: ElfFacts
  record: Uint8Array
  asked: [number, number][]
  bytes: number
}

/** What one engine makes of a source. */
export function scanWith(engine: Engine, source: Sparse, size = source.size, cut?: Cut): Outcome {
  const windows = new Windows(engine, source, size, cut)
  const facts = scanElf(engine, windows) as ElfFacts
  return { facts, record: record(engine), asked: windows.asked, bytes: windows.bytes }
}

/** What both engines make of a source; throws where they differ. */
export function scanBoth(source: Sparse, size = source.size, cut?: Cut): Outcome {
  const [wasm, typescript] = engines.map(engine => scanWith(engine, source, size, cut))
  if (Buffer.compare(wasm!.record, typescript!.record) !== 0) {
    const at = wasm!.record.findIndex((byte, index) => byte !== typescript!.record[index])
    throw new Error(
      `The records differ at ${at}, of ${wasm!.record.length} (wasm) and ${typescript!.record.length} bytes`,
    )
  }
  if (JSON.stringify(wasm!.asked) !== JSON.stringify(typescript!.asked)) {
    throw new Error(`The windows differ: ${JSON.stringify(wasm!.asked)} ${JSON.stringify(typescript!.asked)}`)
  }
  return wasm!
}

export const scan = (bytes: Uint8Array): ElfFacts => scanBoth(sparse(bytes)).facts
