import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { KernelCache } from '../../src/read/kernel-cache.ts'
import type { WritableRecord } from '../../src/record/write.ts'
import { MemorySource, readBytes } from '../../src/source/memory.ts'
import { bigKernel } from '../fleet/kernels.ts'

const machine = {
  sha256() {
    const hash = createHash('sha256')
    return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest('hex') }
  },
}
const recordOf = (size: number, more = ''): WritableRecord => ({
  facts: { version: 2, size, kind: 'bzimage', layers: [] },
  elfJson: JSON.stringify(more),
})

/** A cache that has read a kernel up to 200,000 bytes. */
function cacheWith(kernel: Buffer, record: WritableRecord): KernelCache {
  const cache = new KernelCache(machine)
  const source = new MemorySource(kernel)
  const traced = cache.trace(source)
  readBytes(traced, 0, 200_000)
  cache.add(source, traced, record)
  return cache
}

test('a kernel is known by the bytes that reading it asked for', () => {
  const kernel = bigKernel('one')
  const record = recordOf(kernel.length)
  const cache = cacheWith(kernel, record)
  expect(cache.find(new MemorySource(bigKernel('one')))).toEqual({ record, read: 200_000 })
  const changed = Buffer.from(kernel)
  changed[150_000]! ^= 1
  expect(cache.find(new MemorySource(changed))).toBeUndefined()
  changed.set(kernel)
  changed[kernel.length - 1]! ^= 1
  expect(cache.find(new MemorySource(changed))?.record).toBe(record)
})

test('what one thread read another knows once it is told', () => {
  const kernel = bigKernel('one')
  const record = recordOf(kernel.length)
  const first = cacheWith(kernel, record)
  const second = new KernelCache(machine)
  expect(second.find(new MemorySource(kernel))).toBeUndefined()
  second.learn(structuredClone(first.takeNew()))
  expect(second.find(new MemorySource(kernel))?.record).toEqual(record)
  expect(first.takeNew()).toEqual([])
  // What it was told it tells nobody.
  expect(second.takeNew()).toEqual([])
})

test('a record that is large stays with the thread that read it', () => {
  const kernel = bigKernel('one')
  const cache = cacheWith(kernel, recordOf(kernel.length, 'x'.repeat(70_000)))
  expect(cache.takeNew()).toEqual([])
  expect(cache.find(new MemorySource(kernel))).toBeDefined()
})
