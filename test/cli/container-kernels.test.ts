import { writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { diskOf } from '../containers/container-suite.ts'
import { scratchDirectory } from '../scratch.ts'
import { start } from './start.ts'

const { at } = scratchDirectory()

beforeEach(() => {
  const disk = diskOf('plain.qcow2')
  writeFileSync(at('disk.qcow2'), disk)
  writeFileSync(at('cut.qcow2'), disk.subarray(0, disk.length >> 2))
})

test.each([['notes'], ['unpack'], ['repair', '--for', '4.17.4', '--dry-run']])(
  '%s of a disk names a kernel in it',
  async (command, ...rest) => {
    const disk = at('disk.qcow2')
    const { code, stderr } = await start([command, disk, ...rest]).ended
    expect(code).toBe(1)
    expect(stderr).toContain(`name a kernel in it, such as '${disk}!/part1/boot/vmlinuz-6.1'`)
  },
)

test.each([
  ['notes', 1],
  ['list', 2],
] as const)('%s of a disk that is cut says where', async (command, expected) => {
  const { code, stdout, stderr } = await start([command, at('cut.qcow2')]).ended
  expect(code).toBe(expected)
  expect(stdout + stderr).toContain('Cannot read the qcow2 file at 0x0')
})

test('a scan judges a disk that is cut as one that was not read', async () => {
  const { code, stdout } = await start(['scan', at('cut.qcow2'), '--xen', '4.17.4', '-o', 'ndjson']).ended
  expect(code).toBe(2)
  const { verdicts } = JSON.parse(stdout) as { verdicts: { verdict: string; code: string; log?: unknown }[] }
  expect(verdicts).toMatchObject([{ verdict: 'uncertain', code: 'image-unread' }])
  expect(verdicts[0]!.log).toBeUndefined()
})
