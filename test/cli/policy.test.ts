import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Audit } from '../../src/findings/model.ts'
import { root, run } from './run.ts'

const CATALOGUE = join(root, 'fixtures/catalogue')
let directory: string
let below: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
  below = join(directory, 'a', 'b')
  mkdirSync(below, { recursive: true })
  write(
    'fleet.yaml',
    'hosts:\n  - {name: old, xen: 4.1.6.1}\n  - {name: lab, xen: 4.1.6.1}\n  - {name: new, xen: 4.4.4}\n',
  )
})
afterEach(() => rmSync(directory, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
const configure = (text: string) => write('xen-preflight.yaml', text)
/** The 21st of September 2026. */
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const audit = (...args: string[]) =>
  run(['audit', join(CATALOGUE, 'linux-3.13-pvh'), ...args], { cwd: below, env })
const report = async (...args: string[]) => JSON.parse((await audit('-o', 'json', ...args)).stdout) as Audit

describe('xen-preflight.yaml', () => {
  test('is found upward, and its paths are those beside it', async () => {
    configure('inventory: fleet.yaml\nmodes: [pv-dom0]\nfail-on: refuses\n')
    const { code, stdout, stderr } = await audit('-o', 'json')
    expect([code, stderr]).toEqual([2, 'xen-preflight: 1 finding fails the run\n'])
    expect(JSON.parse(stdout)).toMatchObject({
      modes: ['pv-dom0'],
      inventory: { files: ['../../fleet.yaml'] },
    })
  })

  test('gives way to the command line, and to --no-config', async () => {
    configure('inventory: nowhere.yaml\nmodes: [pv-dom0]\nfail-on: refuses\n')
    const args = ['--inventory', '../../fleet.yaml', '-o', 'json']
    const given = await audit(...args, '--mode', 'pv-domU', '--fail-on', 'never')
    expect([given.code, JSON.parse(given.stdout).modes]).toEqual([0, ['pv-domU']])
    const without = await audit(...args, '--no-config')
    expect([without.code, JSON.parse(without.stdout).modes]).toEqual([0, ['pv-domU']])
  })

  test('says which hosts and modes explain asks, unless the command line does', async () => {
    configure('inventory: fleet.yaml\nmodes: [pv-dom0, pv-domU]\n')
    const explain = (...args: string[]) =>
      run(['explain', join(CATALOGUE, 'linux-3.13-pvh'), '--brief', ...args], { cwd: below })
    const { code, stdout } = await explain()
    expect(code).toBe(0)
    expect(stdout.match(/^Xen .*$/gm)).toEqual(['Xen 4.1.6.1 (old, lab)', 'Xen 4.4.4 (new)'])
    expect(stdout).toContain('on Xen 4.1.6.1 as pv-dom0')
    expect((await explain('--xen', '4.4.4', '--mode', 'pv-domU')).stdout).toMatch(
      /on Xen 4\.4\.4 as pv-domU\naccepts/,
    )
    expect((await explain('--no-config')).stderr).toContain('name releases by --xen or hosts by --inventory')
  })

  test('may be another file', async () => {
    configure('inventory: nowhere.yaml\n')
    write('other.yaml', 'inventory: fleet.yaml\nfail-on: unknown-feature\n')
    expect((await audit('--config', '../../other.yaml')).code).toBe(2)
    const missing = await audit('--config', 'missing.yaml')
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toContain('Cannot read the configuration missing.yaml: the system says ENOENT')
  })

  test('with a fault is not used, and each fault is named by line and field', async () => {
    configure(
      'inventory: fleet.yaml\nfail-on: refused\nignore:\n  - {hosts: old}\n  - {hosts: old, reason: r, expires: 1.1.2027}\n',
    )
    const { code, stdout, stderr } = await audit()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(
      '../../xen-preflight.yaml:2: fail-on: expected breaks, refuses, uncertain, never',
    )
    expect(stderr).toContain(
      '../../xen-preflight.yaml:4: ignore[0]: expected a rule with a reason, found no reason',
    )
    expect(stderr).toContain(
      '../../xen-preflight.yaml:5: ignore[1].expires: expected a date such as 2027-03-31',
    )
  })
})

describe('ignore rules', () => {
  const rule = (text: string) =>
    configure(`inventory: fleet.yaml\nfail-on: refuses\nignore:\n  - {${text}}\n`)

  test('take a finding out of the exit code, and not out of the report', async () => {
    rule('cause: unknown-feature, xen: 4.1, reason: replaced on Monday, expires: 2026-09-21')
    expect((await audit()).code).toBe(0)
    const { ignored, counts } = await report()
    expect(counts.refuses).toBe(2)
    expect(ignored).toEqual([
      { kernel: 0, build: 0, mode: 'pv-domU', reason: 'replaced on Monday', expires: '2026-09-21' },
    ])
    for (const format of ['table', 'markdown', 'csv', 'ndjson', 'sarif', 'junit', 'html']) {
      expect((await audit('-o', format)).stdout, format).toContain('replaced on Monday')
    }
  })

  test('say when they have expired', async () => {
    rule('cause: unknown-feature, reason: replaced on Monday, expires: 2026-09-20')
    expect((await audit()).code).toBe(2)
    const { ignored, expired } = await report()
    expect(ignored).toEqual([])
    expect(expired).toEqual([
      '../../xen-preflight.yaml:4: ignore[0] expired on 2026-09-20: replaced on Monday',
    ])
  })

  test('leave what they do not cover whole', async () => {
    rule('hosts: lab, reason: a lab')
    expect((await audit()).code).toBe(2)
    rule('hosts: [lab, old], reason: labs')
    expect((await audit()).code).toBe(0)
  })
})

describe('a baseline', () => {
  test('lets pass what was there before, and marks it; what is new fails', async () => {
    configure('inventory: fleet.yaml\nfail-on: refuses\n')
    const old = join(directory, 'old.json')
    expect((await audit('-o', `json=${old}`)).code).toBe(2)
    expect((await audit('--baseline', old)).code).toBe(0)
    const same = await report('--baseline', old)
    expect(same.baseline).toMatchObject({ file: old, known: 1, new: 0 })
    expect(same.cells.map(({ known }) => known)).toEqual([true, undefined])
    const grown = await run(['audit', CATALOGUE, '--baseline', old, '-o', 'json'], { cwd: below, env })
    expect(grown.code).toBe(2)
    expect((JSON.parse(grown.stdout) as Audit).baseline).toMatchObject({ known: 1 })
  })

  test('may be in the configuration, and may be the report that is written anew', async () => {
    configure('inventory: fleet.yaml\nfail-on: refuses\nbaseline: last.json\n')
    const last = join(directory, 'last.json')
    const first = await audit('-o', `json=${last}`)
    expect(first).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no baseline ../../last.json: it is taken as empty'),
    })
    expect((await audit('-o', `json=${last}`)).code).toBe(0)
    expect(JSON.parse(readFileSync(last, 'utf8')).baseline).toMatchObject({ known: 1, new: 0 })
  })

  test('that is not valid is named', async () => {
    const { code, stderr } = await audit('--inventory', '../../fleet.yaml', '--baseline', '../../fleet.yaml')
    expect(code).toBe(1)
    expect(stderr).toContain('Cannot read the baseline ../../fleet.yaml: it is no JSON')
  })
})
