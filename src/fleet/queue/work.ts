/**
 * Takes images from a queue and reads them in worker threads: this thread renews the locks meanwhile, so that nobody
 * else takes them.
 * @module
 */
import { hostname } from 'node:os'
import type { Job } from 'bullmq'
import type { EngineName } from '../../engine/engine.ts'
import type { Problem } from '../../problem.ts'
import { type FileOptions, type ReadResult, unreadable } from '../../read/read-file.ts'
import { isReference } from '../../source/remote/reference.ts'
import { Pool } from '../pool.ts'
import { ATTEMPTS, type ImageQueue } from './image-queue.ts'
import { connectTo, type Engine } from './server.ts'
import { storeRecords } from './stored.ts'
import type { JobData } from './stored-image.ts'
import { tellWorker } from './workers.ts'

export interface WorkOptions {
  url: string
  engine: EngineName
  read: FileOptions
  heap: number
  /** Images at once. */
  workers: number
  /** Seconds after which the images of a worker that is silent are given to others. */
  lock: number
  /** End once every reference has its records. */
  exitWhenDone: boolean
  signal: AbortSignal
}

/** What may be another time. */
const PASSING: ReadonlySet<Problem['code']> = new Set(['remote-unavailable', 'changed', 'memory-limit'])
const TELL_MS = 5000
/** So often a worker without an image asks whether all are done: others may be reading the last ones. */
const LOOK_MS = 200

/** Works until it is aborted, or all is done. Returns how many images were read. */
export async function work(engine: Engine, queue: ImageQueue, options: WorkOptions): Promise<number> {
  const pool = new Pool({ engine: options.engine, read: options.read, heap: options.heap })
  const id = `${hostname()}:${process.pid}`
  /** Aborted by whoever stores the last records. */
  const over = new AbortController()
  let done = 0
  let active = 0
  const read = async (job: Job<JobData>): Promise<void> => {
    active++
    try {
      const { result, failed } = await readJob(pool, job)
      const pending = await storeRecords(queue, job.id!, job.data, result, failed)
      done++
      if (pending === 0 && options.exitWhenDone) over.abort()
    } finally {
      active--
    }
  }
  const connection = connectTo(engine, options.url)
  const worker = new engine.bullmq.Worker<JobData>(queue.name, read, {
    connection,
    prefix: queue.prefix,
    concurrency: options.workers,
    lockDuration: options.lock * 1000,
    stalledInterval: options.lock * 1000,
    maxStalledCount: ATTEMPTS + 1,
    skipVersionCheck: true,
    drainDelay: 1,
  })
  // A lost connection is made again, a job that failed is tried again.
  worker.on('error', () => {})
  const tell = () =>
    tellWorker(queue, id, { host: hostname(), pid: process.pid, done, seen: Date.now() }).catch(() => {})
  const telling = setInterval(tell, TELL_MS)
  try {
    await tell()
    await whenOver(queue, options, AbortSignal.any([options.signal, over.signal]), () => active === 0)
  } finally {
    clearInterval(telling)
    await worker.close(options.signal.aborted)
    connection.disconnect()
    await pool.close()
    await tell()
  }
  return done
}

/** Reads an image. Throws for what another attempt may bring, as long as there is one. */
async function readJob(pool: Pool, job: Job<JobData>): Promise<{ result: ReadResult; failed: boolean }> {
  const begun = job.attemptsStarted
  if (begun > ATTEMPTS) return gaveUp(`the workers that read it have ended, ${begun - 1} times`)
  const { reference } = job.data
  const outcome = await pool.read([
    { address: reference, originals: [], ...(isReference(reference) && { locator: reference }) },
  ])
  const isLast = begun >= ATTEMPTS
  if (outcome.died !== undefined) {
    if (!isLast) throw new Error(outcome.died.reason)
    return gaveUp(`${ATTEMPTS} attempts have failed, the last of this: ${outcome.died.reason}`)
  }
  const result = outcome.results[0] as ReadResult
  const passing = result.records.find(({ problem }) => problem !== undefined && PASSING.has(problem))
  if (passing !== undefined && !isLast) throw new Error(passing.problem)
  return { result, failed: passing !== undefined }
}

const gaveUp = (why: string) => ({
  result: unreadable({ code: 'gave-up', message: `Cannot read the image: ${why}` }),
  failed: true,
})

/** Settles when the work is to end: aborted, or all is done, which is asked for while `isIdle`. */
function whenOver(
  queue: ImageQueue,
  options: WorkOptions,
  signal: AbortSignal,
  isIdle: () => boolean,
): Promise<void> {
  const { exitWhenDone, lock } = options
  return new Promise(resolve => {
    let lastMend = 0
    let timer: NodeJS.Timeout
    const look = async () => {
      let pending: number | undefined
      try {
        if (Date.now() - lastMend > lock * 1000) {
          lastMend = Date.now()
          pending = await queue.mend()
        } else if (exitWhenDone && isIdle()) {
          pending = await queue.pending()
        }
      } catch {
        // The server is away: it is asked again.
      }
      if (signal.aborted || (exitWhenDone && pending === 0)) resolve()
      else timer = setTimeout(look, LOOK_MS)
    }
    const stop = () => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
    void look()
  })
}
