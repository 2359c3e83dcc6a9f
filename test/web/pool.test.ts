import { expect, it } from 'vitest'
import type { Call, Reply } from '../../src/web/messages.ts'
import { GivenUp, Pool, type PoolWorker } from '../../src/web/pool.ts'

/** A worker that answers with what it was asked, unless it was asked to hang or to die. */
class FakeWorker extends EventTarget {
  static ended = 0

  postMessage({ id, ask }: Call): void {
    const { text } = ask as { text: string }
    if (text === 'hang') return
    if (text === 'die') {
      this.dispatchEvent(
        Object.assign(new Event('error', { cancelable: true }), { message: 'out of memory' }),
      )
      return
    }
    const reply: Reply = text === 'fault' ? { id, error: 'a fault of ours' } : { id, answer: text }
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event('message'), { data: reply })))
  }

  terminate(): void {
    FakeWorker.ended++
  }
}

const pool = (size: number) => new Pool(() => new FakeWorker() as unknown as PoolWorker, size)
const ask = (workers: Pool, text: string, limit = 60_000) => workers.ask('why', { text }, { limit })

it('ends a worker that gives no answer in time, and goes on with another one', async () => {
  const workers = pool(1)
  const before = FakeWorker.ended
  const hung = ask(workers, 'hang', 5)
  const next = ask(workers, 'next')
  await expect(hung).rejects.toThrow(GivenUp)
  expect(await next).toBe('next')
  expect(FakeWorker.ended).toBe(before + 1)
})

it('goes on after a worker that died, and after a fault of ours', async () => {
  const workers = pool(2)
  await expect(ask(workers, 'die')).rejects.toThrow('out of memory')
  await expect(ask(workers, 'fault')).rejects.toThrow('a fault of ours')
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(text => ask(workers, text)))).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
})
