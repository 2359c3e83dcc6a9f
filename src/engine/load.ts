/**
 * The one place of the engine that does I/O: it reads the WebAssembly build that lies beside the code. Where
 * there is no file system, fetch it and hand its module to `createEngine`.
 * @module
 */
import { readFileSync } from 'node:fs'

/** Raised where the WebAssembly build cannot be read. */
export class EngineError extends Error {
  override name = 'EngineError'
}

/** Found from src/engine/ and from dist/engine/ alike. Throws an EngineError where the build is missing. */
export function loadEngineBytes(): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(new URL('../../dist/engine.wasm', import.meta.url)))
  } catch (error) {
    const { code = 'nothing' } = error as NodeJS.ErrnoException
    const message = `Cannot load dist/engine.wasm: the system says ${code}; npm run build makes it, --engine typescript does without`
    throw new EngineError(message, { cause: error })
  }
}
