import type { Engine, EngineName } from './engine.ts'
import { loadEngineBytes } from './load.ts'
import { createTypeScriptEngine } from './typescript.ts'
import { compileEngine, createWasmEngine, type EngineModule } from './wasm.ts'

let compiled: EngineModule | undefined

/** The compiled WebAssembly build, compiled once a thread; hand it to workers so that they need not do it again. */
export function engineModule(): EngineModule {
  compiled ??= compileEngine(loadEngineBytes())
  return compiled
}

/**
 * A new engine with its own memory of 16 MiB to begin with. `module` is used by the WebAssembly one, and
 * read from disk when it is missing. Throws where the build is missing.
 */
export function createEngine(name: EngineName, module?: EngineModule): Engine {
  return name === 'wasm' ? createWasmEngine(module ?? engineModule()) : createTypeScriptEngine()
}
