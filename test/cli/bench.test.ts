import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/cli/commands/bench.ts'
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
    for (const { images, bytes, engines } of kinds) {
      expect([images > 0, bytes > 0]).toEqual([true, true])
      for (const { cpu, wall } of [engines.wasm, engines.typescript]) {
        for (const { median, low, high } of [cpu, wall]) {
          expect(low).toBeGreaterThan(0)
          expect(median).toBeGreaterThanOrEqual(low)
          expect(high).toBeGreaterThanOrEqual(median)
        }
      }
    }
  })

  test('measures one engine alone', async () => {
    const args = ['bench', '--rounds', '1', '--engine', 'typescript', 'fixtures/codecs/vmlinux']
    const { kinds } = JSON.parse((await run([...args, '-o', 'json'])).stdout)
    expect(Object.keys(kinds[0].engines)).toEqual(['typescript'])
    const table = (await run(args)).stdout.split('\n')
    expect(table[0]).toBe('layers images  TypeScript')
    expect(table[1]).toMatch(/^ELF {9}1 +[\d.]+ ±0%$/)
    const unknown = await run(['bench', '--engine', 'rust'])
    expect([unknown.code, unknown.stdout]).toEqual([1, ''])
    expect(unknown.stderr).toContain("argument 'rust' is invalid. Allowed choices are wasm, typescript.")
  })

  test('names what cannot be read whole, and leaves it out', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
    try {
      cpSync('fixtures/broken/bzimage-cut', join(directory, 'cut'))
      cpSync('fixtures/broken/text', join(directory, 'text'))
      symlinkSync('nowhere', join(directory, 'link'))
      cpSync('fixtures/codecs/vmlinux', join(directory, 'vmlinux'))
      const { code, stdout, stderr } = await run(['bench', '--rounds', '1', '-o', 'json', directory])
      expect(code).toBe(0)
      const { kinds, leftOut } = JSON.parse(stdout)
      expect(kinds.map(({ layers, images }: Kind) => [layers, images])).toEqual([['ELF', 1]])
      expect(leftOut).toBe(2)
      expect(stderr.replaceAll(directory, '').split('\n')).toEqual([
        expect.stringMatching(/^xen-preflight: \/cut: Cannot read the whole payload: /),
        'xen-preflight: /link: Cannot open the file: it is not there (ENOENT)',
        '',
      ])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('takes the samples where nothing is named, and prints a table', async () => {
    const { code, stdout } = await run(['bench', '--rounds', '1', '--verify'])
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^layers +images WebAssembly {8}TypeScript {8}ratio$/)
    expect(lines).toContainEqual(expect.stringMatching(/^bzImage xz +1 +[\d.]+ ±\d+% +[\d.]+ ±\d+% +[\d.]+$/))
    expect(stdout).toContain('to the end of its streams:\nmedians of 1 round ')
  })

  test('says when there is nothing to measure', async () => {
    const nothing = 'Cannot measure anything: there is no kernel among the files that can be read whole'
    const none = await run(['bench', 'package.json'])
    expect([none.code, none.stdout]).toEqual([1, ''])
    expect(none.stderr).toMatch(/^xen-preflight: package.json: Cannot find a kernel in the file/)
    expect(none.stderr).toContain(`xen-preflight: ${nothing}\n`)
    const missing = await run(['bench', 'fixtures/nothing'])
    expect([missing.code, missing.stdout]).toEqual([1, ''])
    expect(missing.stderr).toMatch(/^xen-preflight: fixtures\/nothing: Cannot open the file/)
    expect((await run(['bench', '--rounds', '0'])).code).toBe(1)
  })
})
