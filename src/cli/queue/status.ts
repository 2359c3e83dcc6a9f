/** `xen-preflight queue status`: how far a queue is. */
import type { ImageQueue } from '../../fleet/queue/image-queue.ts'
import { EXIT_DONE } from '../exit-codes.ts'
import { print } from '../sink.ts'
import { UsageError } from '../usage-error.ts'
import type { QueueFlags } from './flags.ts'

const WATCH_MS = 2000
const SHOWN_FAILURES = 10

export async function statusAction(queue: ImageQueue, flags: QueueFlags): Promise<number> {
  if (flags.output !== undefined && flags.output !== 'json') {
    throw new UsageError(`Cannot print the state as ${flags.output}: expected json`)
  }
  const { workersAt } = await import('../../fleet/queue/workers.ts')
  let before: { at: number; done: number } | undefined
  for (;;) {
    const now = Date.now()
    const [totals, counts, workers, failures] = await Promise.all([
      queue.totals(),
      queue.counts(),
      workersAt(queue, now),
      queue.failures(SHOWN_FAILURES),
    ])
    const done = totals.references - totals.pending
    const rate =
      before === undefined || now === before.at
        ? undefined
        : (1000 * (done - before.done)) / (now - before.at)
    before = { at: now, done }
    const state = {
      ...totals,
      done,
      active: counts.active ?? 0,
      ...(rate !== undefined && { rate }),
      workers,
      failures,
    }
    print(flags.output === 'json' ? `${JSON.stringify(state)}\n` : statusText(state))
    if (!flags.watch || totals.pending === 0) return EXIT_DONE
    await new Promise(resolve => setTimeout(resolve, WATCH_MS))
  }
}

interface QueueState {
  references: number
  pending: number
  failed: number
  done: number
  active: number
  rate?: number
  workers: readonly { host: string; pid: number; done: number }[]
  failures: readonly string[]
}

function statusText({
  references,
  pending,
  failed,
  done,
  active,
  rate,
  workers,
  failures,
}: QueueState): string {
  const pace = rate === undefined ? '' : `, ${rate.toFixed(1)}/s`
  const left = rate === undefined || rate <= 0 || pending === 0 ? '' : `, ${Math.ceil(pending / rate)} s left`
  return [
    `${done} of ${references} images done, ${pending} pending, ${active} being read, ${failed} given up${pace}${left}`,
    ...workers.map(worker => `  worker ${worker.host}:${worker.pid}: ${worker.done} images`),
    ...failures.map(reference => `  given up: ${reference}`),
    '',
  ].join('\n')
}
