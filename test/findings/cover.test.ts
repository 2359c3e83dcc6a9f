import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minimumCover, type Pair } from '../../src/findings/cover.ts'

/** The least weight of any cover, by trying all of them. */
function leastWeight(pairs: readonly Pair[], hosts: readonly number[]): number {
  const kernels = [...new Set(pairs.map(pair => pair.kernel))]
  let least = Number.POSITIVE_INFINITY
  for (let set = 0; set < 2 ** kernels.length; set++) {
    const chosen = new Set(kernels.filter((_, bit) => set & (1 << bit)))
    const held = new Set(pairs.filter(pair => !chosen.has(pair.kernel)).map(pair => pair.build))
    const weight = chosen.size + [...held].reduce((sum, build) => sum + hosts[build]!, 0)
    least = Math.min(least, weight)
  }
  return least
}

test('one bad kernel everywhere is replaced; one old host is held', () => {
  const everywhere = [0, 1, 2].map(build => ({ kernel: 7, build }))
  expect(minimumCover(everywhere, () => 1)).toEqual({ kernels: new Set([7]), builds: new Set() })
  const oneHost = [0, 1, 2].map(kernel => ({ kernel, build: 4 }))
  expect(minimumCover(oneHost, () => 1)).toEqual({ kernels: new Set(), builds: new Set([4]) })
})

test('many hosts of one build weigh more than the kernels that they cannot run', () => {
  const pairs = [0, 1].map(kernel => ({ kernel, build: 0 }))
  expect(minimumCover(pairs, () => 20)).toEqual({ kernels: new Set([0, 1]), builds: new Set() })
})

test('every pair is covered, and nothing covers them with less', () => {
  const graphs = fc.tuple(
    fc.array(fc.record({ kernel: fc.nat(7), build: fc.nat(5) }), { maxLength: 30 }),
    fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }),
  )
  fc.assert(
    fc.property(graphs, ([pairs, hosts]) => {
      const { kernels, builds } = minimumCover(pairs, build => hosts[build]!)
      const weight = kernels.size + [...builds].reduce((sum, build) => sum + hosts[build]!, 0)
      return (
        pairs.every(({ kernel, build }) => kernels.has(kernel) || builds.has(build)) &&
        weight === leastWeight(pairs, hosts)
      )
    }),
  )
})
