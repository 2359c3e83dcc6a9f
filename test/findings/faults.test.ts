import { expect, test } from 'vitest'
import { gateFaults, versionFaults } from '../../src/findings/inventory-faults.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { image, run } from './fleet.ts'

test('gates that are none, and values that no gate has, are named with host and field', () => {
  const inventory = parseInventory(
    `hosts:
  - {name: a, xen: 4.1.6, gates: {unknown-optional-featur: accepts}}
pools:
  p: {gates: {pvh-domU: sometimes}}
`,
    'fleet.yaml',
  )
  expect(gateFaults(inventory)).toMatchObject([
    { code: 'unknown-gate', file: 'fleet.yaml', line: 2, field: 'hosts[0].gates.unknown-optional-featur' },
    { code: 'unknown-gate', line: 4, field: 'pools.p.gates.pvh-domU' },
  ])
})

test('versions that are taken for no release are named with host and field', () => {
  const inventory = parseInventory(
    `hosts:
  - {name: a, xen: banana}
  - {name: b, xen: 4.17}
  - {name: c, xen: 9.9}
  - {name: d, xen: 3.0.3}
pools:
  p: {xen: 4.1.6.l, members: [b]}
  q: {xen: none, members: [b]}
`,
    'fleet.yaml',
  )
  expect(versionFaults(inventory)).toEqual([
    {
      ...{ code: 'unknown-version', severity: 'error', file: 'fleet.yaml', line: 2, field: 'hosts[0].xen' },
      message: 'for host a: Cannot read the Xen version "banana": expected one such as 4.17.2',
    },
    expect.objectContaining({
      severity: 'error',
      line: 4,
      message: expect.stringMatching(/^for host c: .*Xen 9\.9/),
    }),
    expect.objectContaining({ severity: 'warning', line: 5 }),
    expect.objectContaining({ line: 8, field: 'pools.q.xen' }),
  ])
})

test('gates are named with their host', () => {
  const { message } = gateFaults(
    parseInventory('hosts: [{name: a, xen: 4.1.6, gates: {nope: 1}}]', 'fleet.yaml'),
  )[0]!
  expect(message).toMatch(/^for host a: There is no gate "nope"/)
})

test('placements of images that are not there are named, and not where only new kernels are asked about', () => {
  const fleet = `
hosts:
  - {name: a, xen: 4.5.0}
placements:
  - {host: a, images: [one, onne]}
  - {host: a, images: 'sha256:${'0'.repeat(64)}'}
`
  expect(run([image('one', 1)], {}, fleet).inventory.problems).toMatchObject([
    { code: 'unknown-image', line: 5, field: 'placements[0].images[1]' },
    {
      code: 'unknown-image',
      line: 6,
      field: 'placements[1].images',
      message: expect.stringContaining('--digest'),
    },
  ])
  expect(run([image('new', 1, true)], {}, fleet).inventory.problems).toEqual([])
})

test('the plan for a new kernel names the first release that takes it', () => {
  const { plan } = run([image('five', 5, true)])
  expect(plan.map(({ action, to, text }) => [action, to, text])).toEqual([
    ['replace-kernel', undefined, 'Cure five before it is placed on old1, old2 (unknown-feature)'],
    [
      'upgrade-hosts',
      '4.5.0',
      'Or upgrade old1, old2 to Xen 4.5.0 or later before five is placed there as pv-domU',
    ],
  ])
})

test('what saves most guests before an upgrade comes first', () => {
  const images = [image('a', 1), image('b1', 2), image('b2', 2), image('b3', 2)]
  const { plan } = run(images, { upgrade: { to: '4.12.0', hosts: () => true } })
  expect(plan.map(({ action, kernels, guests }) => [action, kernels, guests])).toEqual([
    ['replace-kernel', [1], 6],
    ['replace-kernel', [0], 4],
    ['upgrade-hosts', [], 0],
  ])
})
