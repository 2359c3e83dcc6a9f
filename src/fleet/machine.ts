/** Node and Deno as the machine that files are read on. */
import type { Machine } from '../read/machine.ts'
import { createEngine } from './engines.ts'
import { NamedFiles } from './named-files.ts'

export const thisMachine: Machine = {
  createEngine: name => createEngine(name),
  sha256() {
    // Loaded where it is wanted: it takes as long to load as 40 kernels to scan.
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
    return { update: bytes => void hash.update(bytes), hex: () => hash.digest('hex') }
  },
  namedFiles: roots => new NamedFiles(roots),
}
