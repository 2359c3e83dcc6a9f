/**
 * The one place of the engine that does I/O: it reads the WebAssembly build that lies beside the code. Where
 * there is no file system, fetch it and hand its module to `createEngine`.
 * @module
 */
import { readFileSync } from 'node:fs'

/** Found from src/engine/ and from dist/engine/ alike. Throws where the build is missing. */
export function loadEngineBytes(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL('../../dist/engine.wasm', import.meta.url)))
}
