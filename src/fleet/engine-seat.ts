/** An engine that is made anew when an image has blown it up: memory of WebAssembly never shrinks. */
import { createEngine } from '../engine/create.ts'
import type { Engine, EngineName } from '../engine/engine.ts'

/** Above this an engine is given up, in bytes. A kernel of 66 MB in a bzImage of 12 MB stays below it. */
const MAX_KEPT = 192 * 2 ** 20

export class EngineSeat {
  readonly #name: EngineName
  #engine: Engine | undefined

  constructor(name: EngineName) {
    this.#name = name
  }

  /** The engine for the next image. Never keep it for another. */
  take(): Engine {
    if (this.#engine !== undefined && this.#engine.memory.length > MAX_KEPT) this.#engine = undefined
    this.#engine ??= createEngine(this.#name)
    return this.#engine
  }
}
