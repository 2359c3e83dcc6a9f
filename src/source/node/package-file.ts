/** Files that come with the code: the engine's WebAssembly build, a schema. */
import { existsSync } from 'node:fs'

/** This package's directory: this module lies in src/, in dist/ or in a bundle, at different depths. */
function packageRoot(): URL {
  for (const above of ['./', '../', '../../', '../../../']) {
    const root = new URL(above, import.meta.url)
    if (root.protocol === 'file:' && existsSync(new URL('package.json', root))) return root
  }
  return new URL('../../../', import.meta.url)
}

/** Where a file of this package is, such as `dist/engine.wasm`. */
export const packageFile = (name: string): URL => new URL(name, packageRoot())
