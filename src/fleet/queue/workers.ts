/** What the workers of a queue tell of themselves. */
import { parseStored } from './commands.ts'
import type { ImageQueue } from './image-queue.ts'

/** What is stored of a worker now and then. */
export interface WorkerState {
  host: string
  pid: number
  /** Images that it has read. */
  done: number
  /** In ms since 1970. */
  seen: number
}

/** A worker that was silent for longer is gone. */
const WORKER_SEEN_MS = 20_000

export async function tellWorker(queue: ImageQueue, id: string, state: WorkerState): Promise<void> {
  await queue.redis.hset(queue.key('workers'), id, JSON.stringify(state))
}

/** The workers that were heard of shortly before `now`, in ms since 1970. */
export async function workersAt(queue: ImageQueue, now: number): Promise<WorkerState[]> {
  const found = Object.values(await queue.redis.hgetall(queue.key('workers')))
  return found
    .map(text => parseStored(text) as unknown as WorkerState)
    .filter(({ seen }) => now - seen < WORKER_SEEN_MS)
}
