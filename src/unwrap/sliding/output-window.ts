/** The latest unpacked bytes of a stream: as many as a match may reach back to, and room for the next ones. */
import type { Engine } from '../../engine/engine.ts'

/** One step of output: a chunk of LZMA2 fits. */
export const STEP = 2 * 2 ** 20
/** Decoders write whole words, and a match may go on a little. */
const MARGIN = 64 * 1024
/** LZMA counts positions modulo 16: what is moved keeps that. */
const ALIGNMENT = 16

export class OutputWindow {
  readonly #engine: Engine
  readonly #base: number
  #size = 0
  #history = 0
  /** The address of the next byte, and of the first one that a match may reach. */
  next: number
  first: number

  constructor(engine: Engine, base: number) {
    this.#engine = engine
    this.#base = Math.ceil(base / ALIGNMENT) * ALIGNMENT
    this.next = this.#base
    this.first = this.#base
  }

  /** The address after what it takes. */
  get after(): number {
    return this.#base + this.#size + MARGIN
  }

  /** From here on matches reach back `history` bytes at most, and to none of those before. */
  start(history: number): void {
    this.#history = Math.max(history, ALIGNMENT)
    // What is moved is twice what comes new, at most.
    const size = this.#history + Math.max(2 * STEP, this.#history >> 1)
    if (size > this.#size) {
      this.#size = size
      this.#engine.reserve(this.#base + size + MARGIN)
    }
    this.first = this.next
  }

  /** Makes room for STEP bytes from `next` on. What was there is moved then. */
  makeRoom(): void {
    if (this.next + STEP <= this.#base + this.#size) return
    const used = Math.min(this.next - this.first, this.#history)
    // Moved by a multiple of the alignment, counted from the first byte.
    const from = this.first + Math.floor((this.next - this.first - used) / ALIGNMENT) * ALIGNMENT
    const to = this.#base + ((from - this.#base) % ALIGNMENT)
    this.#engine.memory.copyWithin(to, from, this.next)
    this.next -= from - to
    this.first = to
  }
}
