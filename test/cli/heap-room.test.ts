import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { HeapRoom } from '../../src/cli/heap-room.ts'
import { scratchDirectory } from '../scratch.ts'
import { command, isDeno, run } from './run.ts'

const scratch = scratchDirectory()
const IMAGES = 60_000
/** Bytes. */
const GIB = 2 ** 30

const addAll = (room: HeapRoom) => {
  for (let image = 0; image < IMAGES; image++) room.add(1000)
}

describe('a heap', () => {
  test.skipIf(isDeno)('that is too small is told of after some of the images, with an estimate', () => {
    expect(() => addAll(new HeapRoom(GIB, 2 ** 20))).toThrow(
      /^Cannot judge about 1,100,000 images at once: they take about [\d,]+ MiB of memory, and this process may have 1 MiB \(`node --max-old-space-size=\d+` gives it more; /,
    )
  })

  test('that is large enough is not', () => {
    addAll(new HeapRoom(GIB, 2 ** 50))
    addAll(new HeapRoom(IMAGES * 1000, 4 * GIB))
  })
})

// Deno collects nothing when it is asked to, so that nobody knows there what lives.
test.skipIf(isDeno)('an audit that cannot fit ends with exit code 1 and the old report whole', async () => {
  const kernel = 'fixtures/catalogue/linux-3.12-pv'
  const scanned = await run(['scan', kernel, '-o', 'ndjson'])
  const line = (image: number) => scanned.stdout.trim().replace(kernel, `images/${image}/${'x'.repeat(400)}`)
  const file = scratch.at('facts.ndjson')
  writeFileSync(file, Array.from({ length: IMAGES }, (_, image) => `${line(image)}\n`).join(''))
  const report = scratch.at('report.json')
  writeFileSync(report, 'the old report')
  const args = ['audit', '--no-config', '--facts', file, '--xen', '4.17.2', '-o', `json=${report}`]
  const [node, main] = command
  const { status, stdout, stderr } = spawnSync(node, ['--max-old-space-size=60', main!, ...args], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^xen-preflight: Cannot judge about 60,000 images at once: .*\n$/)
  expect(readFileSync(report, 'utf8')).toBe('the old report')
  expect(readdirSync(scratch.at('.')).toSorted()).toEqual(['facts.ndjson', 'report.json'])
})

test('facts that the system does not open are named by their path', async () => {
  const loop = scratch.at('loop')
  symlinkSync(loop, loop)
  const { code, stderr } = await run(['audit', '--no-config', '--facts', loop, '--xen', '4.17.2'])
  expect(code).toBe(1)
  expect(stderr).toContain(`Cannot read the facts ${loop}: the system says `)
})
