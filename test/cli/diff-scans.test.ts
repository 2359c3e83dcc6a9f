import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ScanDiff } from '../../src/findings/scan-diff/model.ts'
import { records, run } from './run.ts'

/** The scans are made once. */
const folder = mkdtempSync(join(tmpdir(), 'xen-preflight-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const diff = (...args: string[]) => run(['diff', ...args], { env })

/** Scans the folder in both formats. */
async function scan(name: string, ...more: string[]): Promise<void> {
  const outputs = ['-o', `ndjson=${at(`${name}.ndjson`)}`, '-o', `json=${at(`${name}.json`)}`]
  await run(['scan', '--no-config', at('kernels'), '--digest', ...more, ...outputs], { env })
}

beforeAll(async () => {
  const kernel = (name: string) => at(`kernels/${name}`)
  mkdirSync(at('kernels'))
  for (const name of ['mini-os', 'linux-3.13-pvh', 'linux-5.10-xz', 'freebsd-10']) {
    cpSync(`fixtures/catalogue/${name}`, kernel(name))
  }
  await scan('old', '--xen', 'all')
  renameSync(kernel('mini-os'), kernel('mini-os-2'))
  cpSync(kernel('linux-3.13-pvh'), kernel('linux-5.10-xz'))
  rmSync(kernel('freebsd-10'))
  cpSync('fixtures/catalogue/unikernel-pvh', kernel('unikernel'))
  await scan('new', '--xen', 'all')
  await scan('facts')
})

const found = async (old: string, now: string) => {
  const { code, stdout, stderr } = await diff(at(old), at(now), '-o', 'json')
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as ScanDiff
}

test('tells what is new, gone, moved and changed, from either format', async () => {
  const diff = await found('old.ndjson', 'new.ndjson')
  expect(diff.counts).toMatchObject({
    same: 1,
    differences: { facts: 1, verdicts: 0, content: 0, new: 1, moved: 1, gone: 1 },
    kernels: { new: 1, gone: 2 },
  })
  const [changed] = diff.differences
  expect(changed!.images[0]).toMatch(/linux-5\.10-xz$/)
  expect(changed!.facts).toContainEqual({ fact: 'layers', before: 'bzImage xz', after: 'bzImage gzip' })
  for (const [old, now] of [
    ['old.json', 'new.json'],
    ['old.json', 'new.ndjson'],
  ] as const) {
    const other = await found(old, now)
    expect(other.differences).toEqual(diff.differences)
    expect(other.counts).toEqual(diff.counts)
  }
})

test('in every format, several at once', async () => {
  const formats = ['table', 'ndjson', 'csv', 'markdown', 'sarif', 'junit', 'html']
  const outputs = formats.flatMap(format => ['-o', `${format}=${at(`diff.${format}`)}`])
  expect((await diff(at('old.ndjson'), at('new.ndjson'), ...outputs)).code).toBe(0)
  for (const format of formats) expect(readFileSync(at(`diff.${format}`), 'utf8')).toContain('linux-5.10-xz')
})

test('fails by verdicts that are worse, where there are verdicts', async () => {
  const [old, now, facts] = ['old.ndjson', 'new.ndjson', 'facts.ndjson'].map(name => at(name)) as [
    string,
    string,
    string,
  ]
  expect((await diff(old, now, '--fail-on', 'refuses')).code).toBe(2)
  expect((await diff(old, old, '--fail-on', 'refuses')).code).toBe(0)
  const { code, stderr } = await diff(old, facts, '--fail-on', 'refuses')
  expect([code, stderr]).toEqual([
    1,
    `xen-preflight: Cannot use --fail-on: ${facts} has no verdicts; a scan with --xen or --inventory has\n`,
  ])
})

test('nothing was there before: an empty file is a scan without images', async () => {
  writeFileSync(at('empty.ndjson'), '')
  const { counts } = await found('empty.ndjson', 'facts.ndjson')
  expect(counts.differences.new).toBe(4)
})

describe('what is no scan', () => {
  const edited = (name: string, change: (text: string) => string) => {
    const file = at(`edited-${name}`)
    writeFileSync(file, change(readFileSync(at(name), 'utf8')))
    return file
  }

  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'a fact of another type',
      'old.ndjson',
      text => text.replace('"size":16904', '"size":"large"'),
      /edited-old\.ndjson: line \d+: facts\.size: .*integer/,
    ],
    [
      'another version',
      'old.ndjson',
      text => text.replaceAll('"version":2', '"version":7'),
      /edited-old\.ndjson: line 1: their version is 7, expected 1 or 2; scan again/,
    ],
    [
      'a verdict',
      'old.ndjson',
      text => text.replace('"verdict":"accepts"', '"verdict":"maybe"'),
      /edited-old\.ndjson: line 1: verdicts\[\d+\]\.verdict: expected one of accepts/,
    ],
    [
      'a line that is cut',
      'old.ndjson',
      text => text.slice(0, -200),
      /edited-old\.ndjson: line \d+: the line is no JSON/,
    ],
    [
      'an image taken out',
      'old.json',
      text => text.replace(/^\{"image".*mini-os.*\n/m, '').replace(/,\n\]/, '\n]'),
      /summary\.images: expected 3, the number of its images, found 4; the file was changed after it was written/,
    ],
    [
      'a document of another version',
      'old.json',
      text => text.replace('"version":1', '"version":9'),
      /line 1: version: expected version 1 of the document, found 9/,
    ],
    [
      'a document that is cut',
      'old.json',
      text => text.slice(0, text.length / 2),
      /it is no JSON: line \d+: /,
    ],
  ])('%s', async (_, name, change, message) => {
    const { code, stdout, stderr } = await diff(edited(name, change), at('new.ndjson'))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^xen-preflight: Cannot read the scan /)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  test('a report', async () => {
    const report = at('report.json')
    await run([
      'audit',
      '--no-config',
      '--xen',
      '4.17.4',
      'fixtures/catalogue/mini-os',
      '-o',
      `json=${report}`,
    ])
    const { code, stderr } = await diff(at('old.ndjson'), report)
    expect(code).toBe(1)
    expect(stderr).toBe(
      `xen-preflight: Cannot compare ${at('old.ndjson')}, the facts of a scan, with ${report}, a report: expected two reports or two scans\n`,
    )
  })
})

test('lines of ndjson are differences', async () => {
  const { stdout } = await diff(at('old.ndjson'), at('new.ndjson'), '-o', 'ndjson')
  expect(records(stdout)).toHaveLength(4)
})
