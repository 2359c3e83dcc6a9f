import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fillPage } from '../../bench/published.ts'
import { costOf, DEFAULTS, IMAGES, machinesUntil, queueMemory } from '../../bench/scale-model.ts'
import { scaleText } from '../../bench/scale-text.ts'

const [lz4] = IMAGES

test('docs/scale.md has what the model says', () => {
  const page = readFileSync('docs/scale.md', 'utf8')
  expect(fillPage(page, scaleText(DEFAULTS))).toBe(page)
})

test('a run grows with the images, and shrinks with the machines until something that they share decides', () => {
  const cost = costOf(lz4!, DEFAULTS)
  const twice = costOf(lz4!, { ...DEFAULTS, images: 2 * DEFAULTS.images })
  for (const key of [
    'bytes',
    'requests',
    'cpu',
    'waited',
    'seconds',
    'requestsPrice',
    'trafficPrice',
  ] as const) {
    expect(twice[key]).toBeCloseTo(2 * cost[key], 3)
  }
  const most = machinesUntil(lz4!, DEFAULTS)!
  const more = (machines: number) => costOf(lz4!, { ...DEFAULTS, machines })
  expect(more(most).seconds).toBeLessThan(cost.seconds)
  expect(more(10 * most).seconds).toBe(more(2 * most).seconds)
  expect(['store', 'queue']).toContain(more(2 * most).bound)
  expect(machinesUntil(lz4!, { ...DEFAULTS, machines: 2 * most })).toBeUndefined()
})

test.each([
  ['processors', { cores: 0.01 }],
  ['waiting', { latency: 10 }],
  ['network', { bandwidth: 1e5 }],
  ['store', { prefixes: 0.1 }],
  ['queue', { queueRate: 10 }],
] as const)('%s decide where they are the least', (bound, parameters) => {
  expect(costOf(lz4!, { ...DEFAULTS, ...parameters }).bound).toBe(bound)
})

test('memory of the queue has every reference and every kernel once', () => {
  expect(queueMemory({ ...DEFAULTS, images: 10, waiting: 100, kernels: 2, record: 50 })).toBe(1100)
})
