/** Inputs that are not what they should be: a sentence on stderr, the exit code, and never a stack trace. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command, isDeno, root, run } from './run.ts'

const KERNEL = join(root, 'fixtures/catalogue/mini-os')
const INVENTORY = join(root, 'fixtures/inventory.yaml')
let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  mkdirSync(join(directory, 'nothing'))
  const lines = Buffer.from('{"image":"a"}\n', 'utf16le')
  writeFileSync(join(directory, 'facts'), Buffer.concat([Buffer.of(0xff, 0xfe), lines]))
})
afterAll(() => rmSync(directory, { recursive: true }))

test.each<[string, string[], RegExp]>([
  [
    'facts in UTF-16',
    ['audit', '--facts', 'facts', '--inventory', INVENTORY],
    /the facts facts: it is UTF-16LE, expected UTF-8/,
  ],
  ['facts in UTF-16 to merge', ['merge', 'facts'], /the facts facts: it is UTF-16LE, expected UTF-8/],
  ['a log that is not there', ['why', 'xl.log'], /Cannot read the log xl\.log: it is not there/],
  ['a directory without disks', ['boot', 'nothing'], /Cannot tell what boots: there is no file in nothing/],
])('%s', async (_, args, words) => {
  const { code, stdout, stderr } = await run(args, { cwd: directory })
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(words)
  expect(stderr).not.toMatch(/^ {4}at /m)
})

// Deno itself does not start there.
test.skipIf(isDeno)('a working directory that is gone', () => {
  const gone = join(directory, 'gone')
  mkdirSync(gone)
  const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', script, 'sh', gone, ...command, 'explain', KERNEL, '--xen', '4.17.4', '--brief'],
    { encoding: 'utf8' },
  )
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toContain('accepts')
})
