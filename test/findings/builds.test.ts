import { describe, expect, test } from 'vitest'
import { groupBuilds } from '../../src/findings/builds.ts'
import { applyIgnoreRules } from '../../src/findings/ignore.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { image, run } from './fleet.ts'

const labels = (...hosts: string[]) =>
  groupBuilds(parseInventory(`hosts:\n${hosts.map(host => `  - ${host}\n`).join('')}`, 'i.yaml').hosts).map(
    ({ label, hosts: names }) => [label, names],
  )

describe('hosts of one version', () => {
  test('whose back-ports were refused are as those without', () => {
    expect(
      labels(
        '{name: a, xen: 4.4.4}',
        '{name: b, xen: 4.4.4, gates: {nope: 1}}',
        '{name: c, xen: 4.4.4, gates: {unknown-optional-feature: sometimes}}',
      ),
    ).toEqual([['4.4.4', ['a', 'b', 'c']]])
  })

  test('that say the same in another order are one build', () => {
    expect(
      labels(
        '{name: a, xen: 4.4.4, build: {decoders: {xz: false, lzo: true}}, capabilities: {xen: [x, y]}}',
        '{name: b, xen: 4.4.4, build: {decoders: {lzo: true, xz: false}}, capabilities: {xen: [y, x]}}',
      ),
    ).toEqual([['4.4.4', ['a', 'b']]])
  })

  test('have what differs in their labels', () => {
    expect(
      labels(
        '{name: a, xen: 4.1.6.1, build: {pv32: false}}',
        '{name: b, xen: 4.1.6.1, build: {pv32: false, decoders: {xz: false}}}',
        '{name: c, xen: 4.1.6.1, build: {pv32: false}, gates: {unknown-optional-feature: accepts}}',
      ),
    ).toEqual([
      ['4.1.6.1', ['a']],
      ['4.1.6.1 (xz: false)', ['b']],
      ['4.1.6.1 (unknown-optional-feature: accepts)', ['c']],
    ])
  })

  test('have a host in their labels where too much differs', () => {
    const caps = 'xen-3.0-x86_64 xen-3.0-x86_32p hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64'
    expect(labels('{name: a, xen: 4.4.4}', `{name: b, xen: 4.4.4, capabilities: {xen: ${caps}}}`)).toEqual([
      ['4.4.4', ['a']],
      ['4.4.4 (b)', ['b']],
    ])
  })

  test('are all meant by rules that name the version', () => {
    const audit = run(
      [image('new', 9)],
      {},
      'hosts:\n  - {name: a, xen: 4.4.4}\n  - {name: b, xen: 4.4.4, build: {pv: false}}\n',
    )
    const rule = { xen: ['4.4.4'], reason: 'known', where: 'here' }
    expect(applyIgnoreRules(audit, [rule], '2026-01-01').ignored).toHaveLength(2)
  })
})
