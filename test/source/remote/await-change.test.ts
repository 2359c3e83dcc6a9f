import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { awaitChange } from '../../../src/source/remote/await-change.ts'

/** Wakes the waiter as often as it can without a change, and then changes the word. */
const WAKER = `
const { workerData } = require('node:worker_threads')
const words = new Int32Array(workerData)
let woken = 0
while (woken < 20) woken += Atomics.notify(words, 0)
Atomics.store(words, 1, 7)
Atomics.store(words, 0, 1)
Atomics.notify(words, 0)
`

test('whoever is woken before the word has changed goes on waiting', async () => {
  const shared = new SharedArrayBuffer(8)
  const words = new Int32Array(shared)
  const worker = new Worker(WAKER, { eval: true, workerData: shared })
  try {
    await new Promise(resolve => worker.once('online', resolve))
    expect(awaitChange(words, 0, 0, 60_000)).toBe(true)
    expect([...words]).toEqual([1, 7])
  } finally {
    await worker.terminate()
  }
})

test('a word that does not change is not waited for without an end', () => {
  expect(awaitChange(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)).toBe(false)
})

test('a word that has changed already is not waited for', () => {
  const words = new Int32Array(new SharedArrayBuffer(4))
  Atomics.store(words, 0, 1)
  expect(awaitChange(words, 0, 0, 0)).toBe(true)
})
