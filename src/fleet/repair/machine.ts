/** Node and Deno as the machine that repaired kernels are made on. */
import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import type { GzipStream, RepairMachine } from '../../repair/machine.ts'
import { thisMachine } from '../machine.ts'

const GZIP_CHUNK = 2 ** 18

/** zlib works in a thread of its own. */
function gzip(level: number, put: (bytes: Uint8Array) => void): GzipStream {
  const stream = createGzip({ level, chunkSize: GZIP_CHUNK })
  stream.on('data', put)
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
