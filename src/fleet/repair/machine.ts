/** Node and Deno as the machine that repaired kernels are made on. */
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createGzip } from 'node:zlib'
import type { GzipStream, RepairMachine } from '../../repair/machine.ts'
import { thisMachine } from '../machine.ts'

const GZIP_CHUNK = 2 ** 18
/** After so many packed bytes the buffers that they came in are collected. */
const COLLECTED = 2 ** 21

let collect: ((options: { type: 'minor' }) => void) | undefined

/**
 * Collects buffers that died young. zlib has a new one for each chunk, and V8 counts them as nothing: it would keep all of a
 * kernel's. Deno's V8 takes no flags.
 */
function collectYoung(): void {
  if ('Deno' in globalThis) return
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as typeof collect
  }
  collect!({ type: 'minor' })
}

/** zlib works in a thread of its own. */
function gzip(level: number, put: (bytes: Uint8Array) => void): GzipStream {
  const stream = createGzip({ level, chunkSize: GZIP_CHUNK })
  let uncollected = 0
  stream.on('data', (bytes: Uint8Array) => {
    put(bytes)
    uncollected += bytes.length
    if (uncollected < COLLECTED) return
    uncollected = 0
    collectYoung()
  })
  const ended = once(stream, 'end')
  return {
    write: bytes => new Promise(resolve => stream.write(bytes, () => resolve())),
    async end() {
      stream.end()
      await ended
    },
  }
}

export const repairMachine: RepairMachine = { ...thisMachine, gzip }
