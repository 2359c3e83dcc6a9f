/** Engines, whose WebAssembly build is read from the disk once a thread. */
import type { Engine, EngineName } from '../engine/engine.ts'
import { createTypeScriptEngine } from '../engine/typescript.ts'
import { compileEngine, createWasmEngine, type EngineModule } from '../engine/wasm.ts'
import { loadEngineBytes } from '../source/node/engine-bytes.ts'
import type { LargeMemory } from './large-memory.ts'

let compiled: EngineModule | undefined

/** The compiled WebAssembly build, compiled once a thread; hand it to workers so that they need not do it again. */
export function engineModule(): EngineModule {
  compiled ??= compileEngine(loadEngineBytes())
  return compiled
}

/**
 * A new engine with its own memory of 16 MiB to begin with. `module` is used by the WebAssembly one, and
 * read from disk when it is missing. Throws an EngineError where the build is missing.
 */
export const createEngine = (
  name: EngineName,
  module?: EngineModule,
  beforeGrowth?: (bytes: number) => void,
): Engine =>
  name === 'wasm'
    ? createWasmEngine(module ?? engineModule(), beforeGrowth)
    : createTypeScriptEngine(beforeGrowth)

/** Above this an engine is given up, in bytes. A kernel of 66 MB in a bzImage of 12 MB stays below it. */
const MAX_KEPT = 192 * 2 ** 20

/** Lends one engine to one image after the other, a new one once an image has grown it: its memory never shrinks. */
export class EngineLease {
  readonly #name: EngineName
  readonly #large: LargeMemory | undefined
  #engine: Engine | undefined

  /** With `large`, engines of several threads share what they may grow to. */
  constructor(name: EngineName, large?: LargeMemory) {
    this.#name = name
    this.#large = large
  }

  /** The engine for the next image. Never keep it for another. */
  take(): Engine {
    this.#engine ??= createEngine(this.#name, undefined, bytes => this.#large?.claim(bytes))
    return this.#engine
  }

  /** Says that the image was read: an engine that it has grown is given up. */
  giveBack(): void {
    if (this.#engine !== undefined && this.#engine.memory.length > MAX_KEPT) this.#engine = undefined
    this.#large?.release()
  }
}
