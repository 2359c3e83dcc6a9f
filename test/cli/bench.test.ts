import { describe, expect, test } from 'vitest'
import { run } from './run.ts'

describe('bench', () => {
  test('measures both engines on every kind of image', async () => {
    const { code, stdout, stderr } = await run(['bench', '--rounds', '1', '-o', 'json', 'fixtures/codecs'])
    expect([code, stderr]).toEqual([0, ''])
    const { kinds, rounds, verify } = JSON.parse(stdout)
    expect([rounds, verify]).toEqual([1, false])
    const names = kinds.map(({ layers }: { layers: string }) => layers)
    expect(names).toEqual([...names].sort())
    for (const layers of ['ELF', 'gzip', 'bzImage xz', 'bzImage lz4', 'bzImage zstd'])
      expect(names).toContain(layers)
    for (const { images, wasm, typescript } of kinds) {
      expect(images).toBeGreaterThan(0)
      expect(wasm).toBeGreaterThan(0)
      expect(typescript).toBeGreaterThan(0)
    }
  })

  test('takes the samples where nothing is named, and prints a table', async () => {
    const { code, stdout } = await run(['bench', '--rounds', '1', '--verify'])
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^layers +images WebAssembly {2}TypeScript {3}ratio$/)
    expect(lines).toContainEqual(expect.stringMatching(/^bzImage xz +1 +[\d.]+ +[\d.]+ +[\d.]+$/))
    expect(stdout).toContain('to the end of its streams: medians of 1 round,')
  })

  test('says when there is nothing to measure', async () => {
    const none = await run(['bench', 'package.json'])
    expect([none.code, none.stderr]).toEqual([
      1,
      'xen-preflight: Cannot measure anything: there is no kernel among the files\n',
    ])
    const missing = await run(['bench', 'fixtures/nothing'])
    expect([missing.code, missing.stdout]).toEqual([1, ''])
    expect(missing.stderr).toMatch(/^xen-preflight: fixtures\/nothing: Cannot open the file/)
    expect((await run(['bench', '--rounds', '0'])).code).toBe(1)
  })
})
