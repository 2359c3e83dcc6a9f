/** The files that a scan is at, in the order in which their records have to come. */

import { type ReadResult, resultLength } from '../read/read-file.ts'
import type { Found } from '../source/source.ts'
import type { KnownKernel } from './known-kernels.ts'

export interface Slot {
  found: Found
  result: ReadResult | undefined
  /** The same file under other names: they get its result. */
  links: Slot[]
  /** What it was compared with, while it is being read. */
  originals: KnownKernel[]
}

export interface ScannedFile {
  found: Found
  result: ReadResult
}

/** Files that may wait for one another, whatever worker is first. */
const MAX_SLOTS = 2048
/** Characters of records that may wait: a few kilobytes each is usual, 16 MiB is possible. */
const MAX_TEXT = 32 * 2 ** 20

export class Slots {
  #slots: Slot[] = []
  #text = 0

  get length(): number {
    return this.#slots.length
  }

  get isFull(): boolean {
    return this.#slots.length >= MAX_SLOTS
  }

  /** True when so much waits for the first slot that nothing else should be read. */
  get isHeavy(): boolean {
    return this.#text > MAX_TEXT
  }

  get first(): Slot | undefined {
    return this.#slots[0]
  }

  add(found: Found): Slot {
    const slot: Slot = { found, result: undefined, links: [], originals: [] }
    this.#slots.push(slot)
    return slot
  }

  finish(slot: Slot, result: ReadResult): void {
    slot.result = result
    this.#text += resultLength(result)
  }

  /** Takes the finished slots from the front: those after an unfinished one wait for it. */
  takeDone(): ScannedFile[] {
    let count = 0
    while (this.#slots[count]?.result !== undefined) count++
    return this.#taken(this.#slots.splice(0, count))
  }

  /** Takes all finished slots, and gives the others up. */
  takeLast(): ScannedFile[] {
    return this.#taken(this.#slots.splice(0).filter(({ result }) => result !== undefined))
  }

  #taken(slots: Slot[]): ScannedFile[] {
    return slots.map(slot => {
      const { found, result } = slot as Slot & ScannedFile
      this.#text -= resultLength(result)
      // A slot that waited long is old to V8, which would keep what it refers to until it looks at what is old.
      slot.result = undefined
      return { found, result }
    })
  }
}
