import { expect, test } from 'vitest'
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
