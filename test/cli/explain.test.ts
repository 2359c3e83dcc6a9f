import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from './run.ts'

const IMAGE = 'fixtures/catalogue/linux-3.13-pvh'

test('--brief says the verdict and leaves the steps out', async () => {
  const { code, stdout } = await run(['explain', IMAGE, '--xen', '4.1.6.1', '--brief'])
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    `${IMAGE} on Xen 4.1.6.1 as pv-domU`,
    'refuses (unknown-feature)',
  ])
  expect(stdout).not.toContain('what libelf derives')
})

test('--xen all says what every release does', async () => {
  const { stdout } = await run(['explain', IMAGE, '--xen', 'all'])
  expect(stdout).toContain('4.2.0-4.22.0')
  const { spans } = JSON.parse((await run(['explain', IMAGE, '--xen', 'all', '-o', 'json'])).stdout)
  expect(spans[0]).toMatchObject({ since: '3.1.0', verdict: 'refuses', code: 'bzimage-unsupported' })
  expect(typeof spans[0].reason).toBe('string')
})

test('--inventory asks each build of the hosts', async () => {
  const { code, stdout } = await run(['explain', IMAGE, '--inventory', 'fixtures/inventory.yaml', '--brief'])
  expect(code).toBe(0)
  expect(stdout.match(/^Xen \S+ \(/gm)).toHaveLength(8)
  expect(stdout.match(/^refuses \(unknown-feature\)$/gm)).toHaveLength(3)
})

test('releases or hosts have to be named, and not both', async () => {
  const neither = await run(['explain', IMAGE])
  expect(neither.code).toBe(1)
  expect(neither.stderr).toContain('name releases by --xen or hosts by --inventory')
  expect(
    (await run(['explain', IMAGE, '--xen', '4.17.4', '--inventory', 'fixtures/inventory.yaml'])).code,
  ).toBe(1)
})

describe('a version that stands for several releases, or for patches that were not read', () => {
  const LZ4 = 'fixtures/catalogue/linux-6.1-lz4'
  const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-explain-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const inventory = (xen: string) => {
    const file = join(directory, 'fleet.yaml')
    writeFileSync(file, `hosts: [{name: a, xen: '${xen}'}]\n`)
    return file
  }

  test('has the verdict of audits, and a walk for each answer', async () => {
    const file = inventory('4.11')
    const { stdout } = await run(['explain', LZ4, '--inventory', file, '--brief', '--no-config'])
    expect(stdout).toMatch(/^Xen 4\.11 \(a\)\nuncertain \(releases-differ\)\n/)
    expect(stdout).toMatch(/on Xen 4\.11\.3 as pv-domU\nrefuses \(lz4-decoder-broken\)/)
    expect(stdout).toMatch(/on Xen 4\.11\.4 as pv-domU\naccepts/)
    const json = await run(['explain', LZ4, '--inventory', file, '--brief', '--no-config', '-o', 'json'])
    expect(JSON.parse(json.stdout).builds).toMatchObject([
      { hosts: ['a'], verdict: 'uncertain', traces: [{ verdict: 'refuses' }, { verdict: 'accepts' }] },
    ])
  })

  test.each([
    ['XCP-ng 8.3', '4.17.7'],
    ['XenServer 8', '4.17.7'],
    ['Debian 10', '4.11.4'],
  ])('may be a product after --xen: %s', async (xen, release) => {
    const { code, stdout } = await run(['explain', LZ4, '--xen', xen, '--brief', '--no-config'])
    expect([code, stdout]).toEqual([0, expect.stringContaining(` on Xen ${release} as pv-domU\n`)])
  })

  test('may be a series after --xen, which says what it says of a host', async () => {
    const args = ['--brief', '--no-config']
    const fleet = await run(['explain', LZ4, '--inventory', inventory('4.11'), ...args])
    const { stdout } = await run(['explain', LZ4, '--xen', '4.11', ...args])
    expect(fleet.stdout).toBe(`Xen 4.11 (a)\n${stdout}`)
  })

  test('has its walks and the verdict on all of them in JSON', async () => {
    const answer = async (xen: string) =>
      JSON.parse((await run(['explain', LZ4, '--xen', xen, '--no-config', '-o', 'json'])).stdout)
    expect(await answer('4.11')).toMatchObject({
      whole: { verdict: 'uncertain', code: 'releases-differ' },
      traces: [
        { release: '4.11.3', verdict: 'refuses' },
        { release: '4.11.4', verdict: 'accepts' },
      ],
    })
    // Where all of them say the same there is one walk, as for a release.
    expect(await answer('4.17')).toMatchObject({
      verdict: 'accepts',
      release: expect.stringMatching(/^4\.17/),
    })
    const { code, stderr } = await run(['explain', LZ4, '--xen', '4.11,4.12.0', '--no-config'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('Cannot tell which release 4.11 means')])
  })

  test('is uncertain where a back-port may turn a refusal', async () => {
    const { stdout } = await run(['explain', IMAGE, '--xen', '3.4.3.amazon', '--brief'])
    expect(stdout).toMatch(/^uncertain \(/)
    expect(stdout).toContain('\nrefuses (unknown-feature)\n')
  })
})

test("--brief leaves the steps of a guest's loader out, too", async () => {
  const { stdout } = await run(['explain', IMAGE, '--boot', 'pvgrub2@2.06', '--brief'])
  expect(stdout.split('\n').length).toBeLessThan(6)
})
