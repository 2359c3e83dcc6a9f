import { describe, expect, test } from 'vitest'
import { CureCounts, commonRemedies, type Treated } from '../../src/findings/common-remedies.ts'
import { commonRemedyText } from '../../src/report/remedy-lines.ts'
import type { BootModeName } from '../../src/xen/boot-mode.ts'
import { REPAIR } from '../../src/xen/remedies/own-command.ts'
import { type Remedy, remedy } from '../../src/xen/remedies/remedy.ts'
import { image, judge, run, word } from './fleet.ts'

const at = (kernel: number, build: number, mode: BootModeName, ...remedies: Remedy[]) => ({
  kernel,
  build,
  mode,
  remedies,
})

const linesOf = (treated: readonly Treated[]) =>
  commonRemedies(treated, new CureCounts([], [])).map(commonRemedyText)

describe('remedies of one cause', () => {
  test('are said once where they hold for all', () => {
    const [a, b] = [remedy('repack', 'a'), remedy('image', 'b')]
    expect(linesOf([at(0, 0, 'pv-domU', a, b), at(1, 1, 'pv-domU', a, b)])).toEqual(['a', 'b'])
  })

  test("say where they hold if that is not everywhere; the tenant's come first, the cheapest first", () => {
    const repack = remedy('repack', 'repack')
    const toolstack = remedy('release', 'upgrade the toolstack')
    const hypervisor = remedy('release', 'upgrade the hypervisor')
    const found = linesOf([
      at(0, 0, 'pv-dom0', { ...repack, by: 'host' }, hypervisor),
      at(0, 0, 'pv-domU', repack, toolstack),
      at(1, 0, 'pv-domU', remedy('boot-mode', 'boot otherwise'), repack, toolstack),
    ])
    expect(found).toEqual([
      'repack',
      'boot otherwise (1 of 2 kernels)',
      'upgrade the hypervisor (as pv-dom0)',
      'upgrade the toolstack (as pv-domU)',
    ])
  })

  test('reach by kernels or by builds', () => {
    const [k, b] = [remedy('repack', 'k'), remedy('image', 'b')]
    const places = [
      at(0, 0, 'pv-domU', k),
      at(0, 1, 'pv-domU', k, b),
      at(1, 0, 'pv-domU'),
      at(1, 1, 'pv-domU', b),
    ]
    expect(linesOf(places)).toEqual(['k (1 of 2 kernels)', 'b (1 of 2 builds)'])
  })
})

test('one code with two reasons is two causes, each with its own remedies', () => {
  const codecs = {
    ...judge,
    verdict: ({ size }: { size: number }) =>
      word('refuses', {
        code: 'codec-unsupported',
        reason: `codec ${size}`,
        remedies: [remedy('repack', `repack ${size}`)],
      }),
  }
  const { causes } = run([image('a', 1), image('b', 2)], { judge: codecs })
  expect(
    causes.map(({ code, reason, remedies, kernels }) => [
      code,
      reason,
      remedies.map(commonRemedyText),
      kernels,
    ]),
  ).toEqual([
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

describe('where remedies cost the same', () => {
  const NEAR = remedy('point-release', 'Upgrade the toolstack to Xen 4.1.6: it takes this kernel')
  const FAR = remedy('point-release', 'Upgrade the toolstack to Xen 4.5.5: it takes this kernel')
  const REPACK = remedy('repack', 'Repack the payload by gzip', REPAIR)
  /** Some refusals name one point release, some the other, and most of another cause name one of them too. */
  const counting = {
    ...judge,
    verdict: ({ size }: { size: number }) =>
      size === 3
        ? word('refuses', { code: 'no-pae', reason: 'no PAE', remedies: [FAR] })
        : word('refuses', { remedies: [REPACK, ...(size === 1 ? [NEAR, FAR] : [NEAR])] }),
  }
  const result = run([image('a', 1), image('b', 2), image('c', 3), image('d', 3)], { judge: counting })

  test('the one comes first that cures most refusals of the fleet, and each says how many', () => {
    // Four hosts: 4 kernels are refused 4 times each.
    expect(result.counts.refuses).toBe(16)
    const lines = result.causes.map(({ code, remedies }) => [code, ...remedies.map(commonRemedyText)])
    expect(lines).toEqual([
      [
        'unknown-feature',
        'Repack the payload by gzip: xen-preflight repair a --for 4.1.6,4.5.0,4.9.0 -o a.repaired (can cure 8 refusals of the fleet)',
        'Upgrade the toolstack to Xen 4.5.5: it takes this kernel (1 of 2 kernels; can cure 12 refusals of the fleet)',
        'Upgrade the toolstack to Xen 4.1.6: it takes this kernel (can cure 8 refusals of the fleet)',
      ],
      ['no-pae', 'Upgrade the toolstack to Xen 4.5.5: it takes this kernel'],
    ])
  })

  test('a verdict has them in the same order, and the plan counts it for the first', () => {
    const ofFirst = result.verdicts.find(({ remedies }) => remedies.length === 3)!
    expect(ofFirst.remedies).toEqual([REPACK, FAR, NEAR])
  })
})
