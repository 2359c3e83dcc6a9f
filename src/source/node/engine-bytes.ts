/**
 * The WebAssembly build of the engine, which lies beside the code. Where there is no file system, fetch it and hand
 * its bytes to `compileEngine`.
 * @module
 */
import { readFileSync } from 'node:fs'
import { packageFile } from './package-file.ts'

/** Raised where the WebAssembly build cannot be read. */
export class EngineError extends Error {
  override name = 'EngineError'
}

/** The bytes of dist/engine.wasm. Throws an EngineError where the build is missing. */
export function loadEngineBytes(): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(packageFile('dist/engine.wasm')))
  } catch (error) {
    const { code = 'nothing' } = error as NodeJS.ErrnoException
    const message = `Cannot load dist/engine.wasm: the system says ${code}; npm run build makes it, --engine typescript does without`
    throw new EngineError(message, { cause: error })
  }
}
