import { expect, test } from 'vitest'
import { KernelExchange } from '../../src/fleet/kernel-exchange.ts'
import type { ContainedKernel } from '../../src/read/kernel-cache.ts'

const kernel = (key: string): ContainedKernel => ({
  key,
  reads: [0, 4096],
  digest: key,
  record: { facts: { version: 2, size: 4096, kind: 'unknown', layers: [] } },
})
const keys = (kernels: ContainedKernel[]) => kernels.map(({ key }) => key)

test('a worker is told once what each other worker read, and not what it read itself', () => {
  const exchange = new KernelExchange<{ name: string }>()
  const [first, second] = [{ name: 'first' }, { name: 'second' }]
  exchange.add(first, [kernel('a')])
  exchange.add(second, [kernel('b')])
  expect(keys(exchange.takeFor(first))).toEqual(['b'])
  expect(keys(exchange.takeFor(first))).toEqual([])
  exchange.add(second, [kernel('c')])
  expect(keys(exchange.takeFor(first))).toEqual(['c'])
  expect(keys(exchange.takeFor(second))).toEqual(['a'])
})

test('the oldest kernels are forgotten, and a worker that starts late is told the others', () => {
  const exchange = new KernelExchange<{ name: string }>()
  const [first, late] = [{ name: 'first' }, { name: 'late' }]
  for (let index = 0; index < 300; index++) exchange.add(first, [kernel(String(index))])
  const told = keys(exchange.takeFor(late))
  expect([told.length, told[0], told.at(-1)]).toEqual([256, '44', '299'])
  exchange.add(first, [kernel('last')])
  expect(keys(exchange.takeFor(late))).toEqual(['last'])
})
