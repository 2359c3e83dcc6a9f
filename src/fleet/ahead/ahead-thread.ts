/** The thread that decodes blocks ahead: one engine, and one stream after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import type { EngineName } from '../../engine/engine.ts'
import type { EngineModule } from '../../engine/wasm.ts'
import { createEngine } from '../engines.ts'
import { decodeAhead } from './decode-ahead.ts'
import type { SharedStream } from './stream-memory.ts'

export interface AheadThreadData {
  engine: EngineName
  /** The compiled WebAssembly, for that engine. */
  module: EngineModule | undefined
}

const { engine: name, module } = workerData as AheadThreadData
const engine = createEngine(name, module)

parentPort!.on('message', (stream: SharedStream) => decodeAhead(engine, stream))
