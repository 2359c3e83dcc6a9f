/** `xen-preflight queue work`: reads images of a queue until it is told to end, or all are done. */
import type { ImageQueue } from '../../fleet/queue/image-queue.ts'
import type { Engine } from '../../fleet/queue/server.ts'
import type { FileOptions } from '../../read/read-file.ts'
import { onInterrupt } from '../ending.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { remoteOptions } from '../read-options.ts'
import { tell } from '../screen.ts'
import type { QueueFlags } from './flags.ts'

export async function workAction(
  engine: Engine,
  queue: ImageQueue,
  url: string,
  flags: QueueFlags,
): Promise<number> {
  const { work } = await import('../../fleet/queue/work.ts')
  const interruption = onInterrupt()
  const read = { ...(JSON.parse(queue.options) as FileOptions), remote: remoteOptions(flags) }
  const done = await work(engine, queue, {
    url,
    engine: flags.engine,
    read,
    heap: flags.maxHeap,
    workers: Math.max(1, flags.workers),
    lock: flags.lock,
    exitWhenDone: flags.exitWhenDone,
    signal: interruption.signal,
  })
  interruption.forget()
  tell(`${done} images read`)
  return interruption.exitCode ?? EXIT_DONE
}
