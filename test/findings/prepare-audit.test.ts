import { expect, test } from 'vitest'
import { type AuditInput, audit, prepareAudit } from '../../src/findings/audit.ts'
import { xenVerdicts } from '../../src/findings/xen-verdicts.ts'
import { parseInventory } from '../../src/inventory/inventory.ts'
import { releases } from '../../src/xen/mod.ts'
import { bzImage, kernel, linuxNotes } from '../xen/kernels.ts'

const FLEET = `
hosts:
  - {name: old1, xen: 4.1.6, pool: a}
  - {name: old2, xen: 4.1.6, pool: a}
  - {name: mid, xen: 4.5.0, pool: b}
  - {name: new, xen: 4.17.2, pool: b}
placements:
  - {pool: a, images: ['fra/*']}
  - {pool: b, images: ['*'], mode: pvh-domU}
  - {host: 'old?', images: ['fra/zstd'], boot: pygrub}
guests:
  - {name: web1, host: mid, kernel: fra/xz}
`

const facts = {
  'fra/zstd': bzImage(kernel(), 'zstd'),
  'fra/xz': bzImage(kernel(), 'xz'),
  'ber/pvh': kernel({ notes: linuxNotes({ FEATURES: 'hvm_callback_vector', PHYS32_ENTRY: 0x100_0000 }) }),
}

const inputOf = (): AuditInput => ({
  images: Object.entries(facts).map(([image, facts]) => ({ image, record: { kind: 'bzimage', facts } })),
  inventory: parseInventory(FLEET, 'fleet.yaml'),
  files: ['fleet.yaml'],
  modes: ['pv-domU'],
  judge: xenVerdicts(),
  tool: 'test',
  created: '2026-01-01T00:00:00.000Z',
})

test('upgrades of one prepared fleet are what each is by itself, in whatever order', () => {
  const prepared = prepareAudit(inputOf())
  const newer = releases.slice(releases.indexOf('4.6.0'))
  for (const to of [...newer, ...newer.toReversed()]) {
    const upgrade = { to, hosts: () => true }
    expect(prepared(upgrade)).toEqual(audit({ ...inputOf(), upgrade }))
  }
  expect(prepared()).toEqual(audit(inputOf()))
})
