import { expect, test } from 'vitest'
import { run } from './run.ts'

const KERNEL = 'fixtures/codecs/vmlinux'

test.each(['refuses', 'uncertain'])('--fail-on %s needs a hypervisor that is asked', async failOn => {
  const { code, stdout, stderr } = await run(['scan', KERNEL, '--fail-on', failOn])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    `xen-preflight: Cannot fail on ${failOn}: no hypervisor is asked, give --xen or --inventory\n`,
  )
})

test.each([
  [['--mode', 'all'], 'Cannot use --mode: no hypervisor is asked, give --xen or --inventory'],
  [['--map', 'host=Name'], 'Cannot use --map: it is about the columns of an --inventory'],
  [['--xen', '4.17.2', '--map', 'host=Name'], 'Cannot use --map: it is about the columns of an --inventory'],
])('scan %j asks nobody anything', async (flags, why) => {
  const { code, stdout, stderr } = await run(['scan', KERNEL, ...flags])
  expect([code, stdout, stderr]).toEqual([1, '', `xen-preflight: ${why}\n`])
})

test('-o with an equals sign needs a file after it', async () => {
  const { code, stdout, stderr } = await run(['scan', KERNEL, '-o', 'json='])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('expected a file after json=, found nothing')
})

test('scan takes an inventory with columns of its own', async () => {
  const args = ['scan', KERNEL, '--inventory', 'fixtures/inventories/hosts.csv', '-o', 'json']
  const { stdout } = await run([...args, '--map', 'host=Name,xen=Xen version'])
  const [image] = JSON.parse(stdout).images
  expect(image.verdicts.flatMap(({ hosts }: { hosts: string[] }) => hosts)).toContain('xen-a')
})

test('a boot mode that no release asked has is told to be unavailable', async () => {
  const { stdout } = await run(['scan', KERNEL, '--xen', '4.1.6.1', '--mode', 'pvh-domU'])
  expect(stdout).toMatch(/^ {2}pvh-domU +4\.1\.6\.1 +unavailable/m)
  const all = await run(['scan', KERNEL, '--xen', 'all', '--mode', 'pvh-domU'])
  expect(all.stdout).not.toContain('unavailable')
})
