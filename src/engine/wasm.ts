/**
 * The engine in WebAssembly, built from asm/.
 * @module
 */
import type { Engine, EngineFunctions } from './engine.ts'
import { BASE } from './memory.ts'

/** A compiled WebAssembly.Module: workers can share one. */
export type EngineModule = object

// No runtime's types are among ours: what is used of WebAssembly, as all of them have it.
interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => EngineModule
  Instance: new (module: EngineModule, imports: object) => { exports: object }
}

const PAGE = 65536

/** Compiles the bytes of dist/engine.wasm. Throws where they are no module. */
export const compileEngine = (bytes: Uint8Array<ArrayBuffer>): EngineModule => new WebAssembly.Module(bytes)

/** `beforeGrowth` is called before the memory grows to a number of bytes. */
export function createWasmEngine(module: EngineModule, beforeGrowth?: (bytes: number) => void): Engine {
  const instance = new WebAssembly.Instance(module, {})
  const { memory: wasmMemory, ...functions } = instance.exports as EngineFunctions & { memory: WasmMemory }
  let memory = new Uint8Array(wasmMemory.buffer)
  const engine: Engine = {
    ...functions,
    name: 'wasm',
    get memory() {
      return memory
    },
    reserve(bytes) {
      if (bytes <= memory.length) return
      beforeGrowth?.(bytes)
      // Throws a RangeError by itself when the pages cannot be had.
      wasmMemory.grow(Math.ceil((bytes - memory.length) / PAGE))
      memory = new Uint8Array(wasmMemory.buffer)
    },
  }
  engine.reserve(BASE)
  return engine
}
