/** A directory for what the tests of a file write: a new one for each test, removed after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

export interface Scratch {
  /** The directory of the test that runs. */
  readonly path: string
  /** The path of a name in it. */
  at(name: string): string
}

/** Has to be called where hooks may be: in a file or in a `describe`. */
export function scratchDirectory(): Scratch {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  })
  afterEach(() => rmSync(path, { recursive: true }))
  return {
    get path() {
      return path
    },
    at: name => join(path, name),
  }
}
