/**
 * Windows of a block that the x86 filter goes over, while the block is still being unpacked. The decoder
 * needs the bytes as they are, its dictionary, until the block ends: so what is asked for is copied and
 * the copy filtered. What the filter does depends on the bytes before, but a few without an opcode make
 * it forget them, and kernels are full of such places.
 */
import { X86_HISTORY, X86_LOOKAHEAD } from '../engine/codec-layout.ts'
import type { UnpackContext } from './unpacker.ts'

/**
 * So many bytes without an opcode, and the filter knows of nothing before: the last instruction has its
 * opcode and four bytes after it, and three more are remembered.
 */
const FORGETFUL = 7
/** How far back such a place is looked for. */
const SEARCH = 512
/** Where there is none, the filter goes over the block from its start, and remembers its state at each step. */
const STEP = 8192
/** An instruction at the end of a window reaches four bytes over it. */
export const X86_TAIL = 4

/** Where the filter stood between two instructions. */
export interface FilterState {
  position: number
  history: number
}

export class X86Window {
  readonly #context: UnpackContext
  /** The block's first unpacked byte, and the position that the filter gives it. */
  readonly #start: number
  readonly #position: number
  /** States at each step from the first one on. */
  #known: FilterState[]

  constructor(context: UnpackContext, start: number, position: number) {
    this.#context = context
    this.#start = start
    this.#position = position
    this.#known = [{ position: start, history: 0 }]
  }

  /** The first byte that is needed, and the filter's state there. */
  get first(): FilterState {
    return this.#known[0]!
  }

  /** Nothing before `position` is asked for any more. `into` is a place for copies. */
  forget(position: number, into: number): void {
    this.#known = [this.#stateBefore(position, into)]
  }

  /**
   * Copies bytes [from, to) of the output to `into` or a bit after, filtered, and returns where they are.
   * X86_TAIL bytes after `to` have to be unpacked, except at the end of the block.
   */
  copy(from: number, to: number, unpacked: number, into: number): number {
    const state = this.#stateBefore(from, into)
    this.#filter(state, Math.min(to + X86_TAIL, unpacked), into)
    return into + from - state.position
  }

  /** Filters a copy of [state.position, end), and returns the state after it. */
  #filter(state: FilterState, end: number, into: number): FilterState {
    const { engine, output } = this.#context
    const length = end - state.position
    engine.reserve(into + length + X86_LOOKAHEAD)
    engine.memory.copyWithin(into, output + state.position, output + end)
    engine.memory[X86_HISTORY] = state.history
    const done = engine.bcjX86(into, length, this.#position + state.position - this.#start)
    return { position: state.position + done, history: engine.memory[X86_HISTORY]! }
  }

  #stateBefore(position: number, into: number): FilterState {
    const { engine, output } = this.#context
    const first = this.first.position
    const floor = Math.max(first, position - SEARCH)
    let clean = 0
    for (let at = position - 1; at >= floor; at--) {
      clean = (engine.memory[output + at]! & 0xfe) === 0xe8 ? 0 : clean + 1
      if (clean === FORGETFUL) return { position: at + FORGETFUL, history: 0 }
    }
    if (floor === first) return this.first
    const step = Math.floor((position - first) / STEP)
    while (this.#known.length <= step) {
      const end = first + this.#known.length * STEP
      this.#known.push(this.#filter(this.#known.at(-1)!, end, into))
    }
    return this.#known[step]!
  }
}
