import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import type { UpgradeTargets } from '../../src/findings/targets.ts'
import { scratchDirectory } from '../scratch.ts'
import { run } from './run.ts'

const scratch = scratchDirectory()

const write = (name: string, text: string) => {
  writeFileSync(scratch.at(name), text)
  return scratch.at(name)
}
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const upgrade = (...args: string[]) => run(['upgrade', '--no-config', ...args], { env })
/** The lines of a table, put together again. */
const flat = (text: string) => text.replace(/\s+/g, ' ')

describe('January 2014: hosts with 4.1, and the kernel with PVH is to be added', () => {
  const fleet = () =>
    write(
      'fleet.yaml',
      'hosts:\n  - {name: xen41-a, xen: 4.1.6.1}\n  - {name: xen41-b, xen: 4.1.2}\n  - {name: xen44, xen: 4.4.0}\n',
    )
  const NEW = ['--add', 'fixtures/catalogue/linux-3.13-pvh']

  test('the report says which hosts refuse it, why, and both cures', async () => {
    const { code, stdout } = await upgrade('--inventory', fleet(), ...NEW)
    expect(code).toBe(0)
    const text = flat(stdout)
    expect(text).toContain('breaks 2')
    expect(text).toContain('FEATURES names hvm_callback_vector, which this release does not know')
    expect(text).toContain('say its bit in SUPPORTED_FEATURES (note 17)')
    expect(text).toContain('Upgrade the toolstack to Xen 4.2.0 or later')
    expect(text).toContain('Cure fixtures/catalogue/linux-3.13-pvh before it is placed on xen41-b, xen41-a')
    expect(text).toContain('Or upgrade xen41-b, xen41-a to Xen 4.2.0 or later before')
    // The counts come before everything else.
    expect(text.indexOf('breaks 2')).toBeLessThan(text.indexOf('SUPPORTED_FEATURES'))
  })

  test('and as data', async () => {
    const { stdout } = await upgrade('--inventory', fleet(), ...NEW, '-o', 'json')
    const { kind, counts, plan, causes } = JSON.parse(stdout) as Audit
    expect(kind).toBe('add')
    expect(counts.changes).toEqual({ breaks: 2, fixed: 0, 'still-broken': 0, 'still-fine': 1, uncertain: 0 })
    expect(causes.map(({ code, hosts }) => [code, hosts])).toEqual([['unknown-feature', 2]])
    expect(plan.map(({ action, to }) => [action, to])).toEqual([
      ['replace-kernel', undefined],
      ['upgrade-hosts', '4.2.0'],
    ])
  })

  test('the kernel that moved the feature is taken everywhere', async () => {
    const args = ['--inventory', fleet(), '--add', 'fixtures/catalogue/linux-3.14-pvh', '--fail-on', 'breaks']
    expect((await upgrade(...args)).code).toBe(0)
    expect((await upgrade('--inventory', fleet(), ...NEW, '--fail-on', 'breaks')).code).toBe(2)
  })

  test('what was refused before does not make an addition fail', async () => {
    const args = ['fixtures/catalogue/linux-6.12-zstd', '--inventory', fleet(), '--fail-on', 'refuses']
    expect((await upgrade(...args, '--add', 'fixtures/catalogue/linux-3.14-pvh')).code).toBe(0)
  })
})

describe('to a new release', () => {
  const FLEET = ['--inventory', 'fixtures/inventory.yaml']

  test('tells what breaks, what is fixed and what stays, and the plan', async () => {
    const { stdout } = await upgrade(
      'fixtures/catalogue',
      ...FLEET,
      '--to',
      '4.22.0',
      '-o',
      'json',
      '--mode',
      'pv-dom0',
    )
    const { kind, to, cells, verdicts, counts, plan, kernels } = JSON.parse(stdout) as Audit
    expect([kind, to]).toEqual(['upgrade', '4.22.0'])
    for (const { verdict, after, change } of cells) {
      const [before, then] = [verdicts[verdict]!.verdict, verdicts[after!]!.verdict]
      if (change === 'breaks') expect([before, then === 'accepts']).toEqual(['accepts', false])
      if (change === 'fixed') expect([before === 'accepts', then]).toEqual([false, 'accepts'])
    }
    const { changes } = counts
    expect(Object.values(changes!).reduce((sum, count) => sum + count, 0)).toBe(70)
    const replaced = plan.filter(({ action }) => action === 'replace-kernel')
    expect(replaced.map(({ guests }) => guests)).toEqual(
      replaced.map(({ guests }) => guests).sort((a, b) => b - a),
    )
    // Every pair that breaks is dealt with before hosts are upgraded.
    const handled = (kernel: number, build: number) =>
      plan.some(
        step =>
          (step.action === 'replace-kernel' && step.kernels.includes(kernel)) ||
          (step.action === 'hold-hosts' && step.builds.includes(build)),
      )
    const broken = cells.filter(({ change }) => change === 'breaks')
    expect(broken.every(({ kernel, build }) => handled(kernel, build))).toBe(true)
    expect(plan.at(-1)).toMatchObject({ action: 'upgrade-hosts', to: '4.22.0' })
    expect(kernels).toHaveLength(10)
  })

  test('of some hosts asks only those', async () => {
    const args = ['fixtures/catalogue', ...FLEET, '--to', '4.4.4', '--hosts', 'fra-*', '-o', 'json']
    const { builds } = JSON.parse((await upgrade(...args)).stdout) as Audit
    expect(builds.flatMap(({ hosts }) => hosts)).toEqual(['fra-xen01', 'fra-xen02', 'fra-xen03', 'fra-xen04'])
  })
})

test.each([
  [[], 'give either --to or --add'],
  [['--to', '4.4.4', '--add', 'x'], 'give either --to or --add'],
  [['--to', 'soon'], 'soon'],
  [
    ['--to', '4.4.4', '--hosts', 'fra-xen1'],
    'no host of the inventory is called so (did you mean fra-xen01?)',
  ],
])('what cannot be asked: %j', async (args, message) => {
  const { code, stderr } = await upgrade(
    'fixtures/catalogue',
    '--inventory',
    'fixtures/inventory.yaml',
    ...args,
  )
  expect(code).toBe(1)
  expect(stderr).toContain(message)
})

describe('hosts that run a newer Xen than the one to upgrade to', () => {
  const FLEET = 'hosts:\n  - {name: old, xen: 4.4.4}\n  - {name: new, xen: 4.22.0}\n'
  const args = (...more: string[]) => [
    ...['fixtures/catalogue/mini-os', '--inventory', write('fleet.yaml', FLEET)],
    ...more,
  ]

  test('are left alone, and counted', async () => {
    const { stdout } = await upgrade(...args('--to', '4.17.4'))
    const text = flat(stdout)
    expect(text).toContain(
      '1 host runs Xen 4.17.4 or newer and is left alone; --allow-downgrade moves them too',
    )
    expect(text).not.toContain('step back')
    const { code, stderr } = await upgrade(...args('--to', '4.4.4'))
    expect(code).toBe(1)
    expect(stderr).toContain('Cannot upgrade anything to Xen 4.4.4: 2 hosts run it or a newer one already')
  })

  test('are moved where that is asked, and told', async () => {
    const { stdout } = await upgrade(...args('--to', '4.17.4', '--allow-downgrade'))
    const text = flat(stdout)
    expect(text).toContain('to new, with a newer Xen, it is a step back')
    expect(text).toContain('Xen 4.22.0 is newer than Xen 4.17.4: for these hosts it would be a step back')
    expect(flat((await upgrade(...args('--to', '4.22.0'))).stdout)).not.toContain('step back')
    expect(flat((await upgrade(...args('--to', '4.22'))).stdout)).not.toContain('step back')
  })

  test('and a release that is newer than all that is known, too', async () => {
    const { stderr } = await upgrade(...args('--to', '4.99'))
    expect(stderr).toBe(
      'xen-preflight: Xen 4.99 is newer than 4.22.0, the newest that is known: the answer is that of 4.22.0\n',
    )
  })
})

test('what an upgrade changes is told apart from what has the cause anyway', async () => {
  const fleet = write('fleet.yaml', 'hosts: [{name: a, xen: 3.4.3}, {name: b, xen: 4.1.6.1}]\n')
  const args = ['--inventory', fleet, '--to', '4.0.4', '--allow-downgrade']
  const { stdout } = await upgrade('fixtures/catalogue/linux-5.10-xz', ...args)
  expect(flat(stdout)).toContain('(codec-unsupported) 1 pair changes; 2 hosts, 1 kernel in all')
})

describe('to several releases', () => {
  const FLEET = ['--inventory', 'fixtures/inventory.yaml']
  const to = (...args: string[]) => upgrade('fixtures/catalogue', ...FLEET, ...args)

  test('says of each what it breaks, fixes and leaves, and which breaks least', async () => {
    const { code, stdout } = await to('--to', '4.22.0,4.10.0', '--to', '4.17.4', '-o', 'json')
    expect(code).toBe(0)
    const { targets, best } = JSON.parse(stdout) as UpgradeTargets
    expect(targets.map(({ to }) => to)).toEqual(['4.10.0', '4.17.4', '4.22.0'])
    for (const { to: version, changes } of targets) {
      const alone = JSON.parse((await to('--to', version, '-o', 'json')).stdout) as Audit
      expect(changes).toEqual(alone.counts.changes)
    }
    expect(targets[best]!.to).toBe('4.17.4')
  })

  test('all are the later ones, those that change the same in one line', async () => {
    const { stdout } = await to('--to', 'all')
    expect(stdout).toMatch(/^Upgrade to one of \d+ releases of Xen\n/)
    expect(stdout).not.toContain('3.4.0')
    expect(stdout).toMatch(/^\* 4\.12\.2 – 4\.14\.6 +6 +0 /m)
    expect(stdout).toContain('Xen 4.14.6 breaks least: 0 of the pairs break')
    const lines = (await to('--to', 'all', '-o', 'ndjson')).stdout.trim().split('\n')
    expect(lines.map(line => JSON.parse(line).breaksLeast).filter(Boolean)).toHaveLength(1)
  })

  test('fail by the findings of the one that breaks least', async () => {
    expect((await to('--to', '4.1.4,4.10.0', '--fail-on', 'breaks')).code).toBe(0)
    expect((await to('--to', '4.1.4,4.10.0', '--fail-on', 'refuses')).code).toBe(2)
    const dom0 = ['--mode', 'pvh-dom0', '--fail-on', 'breaks', '--allow-downgrade']
    expect((await to(...dom0, '--to', '4.0.0,4.1.0')).code).toBe(2)
  })

  test.each([
    [['--to', '4.17.4,soon'], 'soon'],
    [['--to', '4.17.4,3.1.0'], 'Cannot upgrade anything to Xen 3.1.0'],
  ])('what cannot be asked: %j', async (args, message) => {
    const { code, stderr } = await to(...args)
    expect(code).toBe(1)
    expect(stderr).toContain(message)
  })
})
