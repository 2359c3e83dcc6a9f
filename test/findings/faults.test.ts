import { expect, test } from 'vitest'
import { gateFaults, joinInventories, versionFaults } from '../../src/findings/inventory-faults.ts'
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

test('versions of boot loaders that are none are named with their field or guest, and loaders that are none once', () => {
  const inventory = parseInventory(
    `hosts:
  - {name: a, xen: 4.1.6}
placements:
  - {host: a, images: one, boot: pv-grub@1.04}
  - {host: a, images: one, boot: pv-grub@4.1.4}
  - {host: a, images: one, boot: pv-grub1}
guests:
  - {name: g, host: a, boot: pvgrub2@9}
`,
    'fleet.yaml',
  )
  const found = joinInventories([inventory], ['fleet.yaml']).problems
  expect(found).toEqual([
    {
      ...{ code: 'wrong-value', severity: 'error', file: 'fleet.yaml', line: 4, field: 'placements[0].boot' },
      message: expect.stringMatching(
        /^expected the release of Xen that built it \(3\.3\.0 to [^,]*, as in pv-grub@4\.1\.4\) after pv-grub@, found "1\.04"$/,
      ),
    },
    expect.objectContaining({ code: 'wrong-value', line: 6, field: 'placements[2].boot' }),
    expect.objectContaining({
      code: 'wrong-value',
      line: 8,
      message: expect.stringMatching(
        /^expected one of 2\.02-beta2, .* after pvgrub2@ for guest g, found "9"$/,
      ),
    }),
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
