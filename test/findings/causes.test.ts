import { describe, expect, test } from 'vitest'
import { commonRemedies, commonRemedyText, type Treated } from '../../src/findings/common-remedies.ts'
import type { BootModeName } from '../../src/xen/boot-mode.ts'
import { image, judge, run, word } from './fleet.ts'

const at = (kernel: number, build: number, mode: BootModeName, ...remedies: string[]) => ({
  kernel,
  build,
  mode,
  remedies,
})

const linesOf = (treated: readonly Treated[]) => commonRemedies(treated).map(commonRemedyText)

describe('remedies of one cause', () => {
  test('are said once where they hold for all', () => {
    expect(linesOf([at(0, 0, 'pv-domU', 'a', 'b'), at(1, 1, 'pv-domU', 'a', 'b')])).toEqual(['a', 'b'])
  })

  test('say where they hold if that is not everywhere, and stay in order of their cost', () => {
    const found = linesOf([
      at(0, 0, 'pv-domU', 'repack', 'upgrade the toolstack'),
      at(0, 0, 'pv-dom0', 'repack', 'upgrade the hypervisor'),
      at(1, 0, 'pv-domU', 'boot otherwise', 'repack', 'upgrade the toolstack'),
    ])
    expect(found).toEqual([
      'boot otherwise (1 of 2 kernels)',
      'repack',
      'upgrade the hypervisor (as pv-dom0)',
      'upgrade the toolstack (as pv-domU)',
    ])
  })

  test('reach by kernels or by builds', () => {
    const places = [
      at(0, 0, 'pv-domU', 'k'),
      at(0, 1, 'pv-domU', 'k', 'b'),
      at(1, 0, 'pv-domU'),
      at(1, 1, 'pv-domU', 'b'),
    ]
    expect(linesOf(places)).toEqual(['k (1 of 2 kernels)', 'b (1 of 2 builds)'])
  })
})

test('one code with two reasons is two causes, each with its own remedies', () => {
  const codecs = {
    ...judge,
    verdict: ({ size }: { size: number }) =>
      word('refuses', { code: 'codec-unsupported', reason: `codec ${size}`, remedies: [`repack ${size}`] }),
  }
  const { causes } = run([image('a', 1), image('b', 2)], { judge: codecs })
  expect(causes.map(({ code, reason, remedies, kernels }) => [code, reason, remedies, kernels])).toEqual([
    ['codec-unsupported', 'codec 1', ['repack 1'], [0]],
    ['codec-unsupported', 'codec 2', ['repack 2'], [1]],
  ])
})

test('only the hosts on which an image is placed count', () => {
  const fleet = `
hosts:
  - {name: a, xen: 4.1.6}
  - {name: b, xen: 4.1.6}
  - {name: c, xen: 4.1.6}
placements:
  - {host: b, images: five}
`
  const { causes, cells } = run([image('five', 5)], {}, fleet)
  expect(causes.map(({ hosts, guests }) => [hosts, guests])).toEqual([[1, 1]])
  expect(cells.map(({ hosts }) => hosts)).toEqual([[1]])
})
