/** The thread that decodes blocks ahead: one engine, and one stream after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { createTypeScriptEngine } from '../../engine/typescript.ts'
import { createWasmEngine, type EngineModule } from '../../engine/wasm.ts'
import { decodeAhead, WARM_UP } from './decode-ahead.ts'
import type { SharedStream } from './stream-memory.ts'

export interface AheadThreadData {
  /** The compiled WebAssembly; without it the TypeScript engine decodes. */
  module: EngineModule | undefined
}

const { module } = workerData as AheadThreadData
const engine = module === undefined ? createTypeScriptEngine() : createWasmEngine(module)

let warmUp = WARM_UP

parentPort!.on('message', (stream: SharedStream) => {
  decodeAhead(engine, stream, warmUp)
  warmUp = 0
})
