import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Diff } from '../../src/findings/diff/model.ts'
import { scratchDirectory } from '../scratch.ts'
import { records, run } from './run.ts'

const scratch = scratchDirectory()
const env = { SOURCE_DATE_EPOCH: '1790000000' }
const OLD = 'hosts:\n  - {name: a, xen: 4.1.6.1}\n  - {name: b, xen: 4.17.4}\n'
const NEW = 'hosts:\n  - {name: a, xen: 4.17.4}\n  - {name: c, xen: 4.1.6.1}\n'

async function report(name: string, fleet: string): Promise<string> {
  writeFileSync(scratch.at('fleet.yaml'), fleet)
  const images = ['fixtures/catalogue/linux-3.13-pvh', 'fixtures/catalogue/mini-os']
  const to = scratch.at(name)
  const { stderr } = await run(
    ['audit', '--no-config', ...images, '--inventory', scratch.at('fleet.yaml'), '-o', `json=${to}`],
    { env },
  )
  expect(stderr).toBe('')
  return to
}

let old: string
let now: string
beforeEach(async () => {
  old = await report('old.json', OLD)
  now = await report('new.json', NEW)
})
const diff = (...args: string[]) => run(['diff', ...args], { env })

test('tells what is new, gone and another answer, by host, cause and kernel', async () => {
  const { code, stdout, stderr } = await diff(old, now)
  expect([code, stderr]).toEqual([0, ''])
  for (const text of [
    'new          2 pairs',
    'gone         2 pairs',
    'fixed        1 pair ',
    'same         1 pair ',
    '1 host only in the new report',
    '1 host with another version or build than before',
    'Unknown feature (unknown-feature)\n    1 pair before, 1 after; 1 appeared, 1 vanished',
    'Xen 4.1.6.1 → 4.17.4: fixed 1\n    hosts: a',
    'pv-domU, 1 pair: refuses, unknown-feature → accepts',
  ]) {
    expect(stdout).toContain(text)
  }
})

test('in every format, several at once', async () => {
  const formats = ['json', 'ndjson', 'csv', 'markdown', 'sarif', 'junit', 'html']
  const outputs = formats.flatMap(format => ['-o', `${format}=${scratch.at(format)}`])
  expect((await diff(old, now, ...outputs)).code).toBe(0)
  const { counts, created } = JSON.parse(readFileSync(scratch.at('json'), 'utf8')) as Diff
  expect(counts.differences).toEqual({ breaks: 0, uncertain: 0, 'other-cause': 0, new: 2, gone: 2, fixed: 1 })
  expect(created).toBe('2026-09-21T14:13:20.000Z')
  expect(records(readFileSync(scratch.at('ndjson'), 'utf8'))).toHaveLength(5)
  for (const format of formats) expect(readFileSync(scratch.at(format), 'utf8')).toContain('linux-3.13-pvh')
})

describe('the exit code', () => {
  test.each([
    ['breaks', 0],
    ['refuses', 2],
    ['unknown-feature', 2],
    ['codec-unsupported', 0],
    ['never', 0],
  ])('--fail-on %s: %i', async (words, expected) => {
    const { code, stderr } = await diff(old, now, '--fail-on', words)
    expect(code).toBe(expected)
    expect(stderr).toBe(expected === 0 ? '' : 'xen-preflight: 1 pair fails the run\n')
  })

  test('is about what is worse: the other way round it breaks', async () => {
    expect((await diff(now, old, '--fail-on', 'breaks')).code).toBe(2)
  })
})

test('a report of version 1 is read', async () => {
  const { acceptedNowhere, outdatedBuilds, laterRefusals, ...rest } = JSON.parse(readFileSync(old, 'utf8'))
  const names = { neverSafe: acceptedNowhere, stuck: outdatedBuilds, traps: laterRefusals }
  writeFileSync(scratch.at('v1.json'), JSON.stringify({ ...rest, ...names, version: 1 }))
  const { stdout } = await diff(scratch.at('v1.json'), old, '-o', 'json')
  expect((JSON.parse(stdout) as Diff).counts.same).toBe(4)
})

describe('what is no report', () => {
  const edited = (change: (text: string) => string) => {
    const file = scratch.at('edited.json')
    writeFileSync(file, change(readFileSync(old, 'utf8')))
    return file
  }

  test.each<[string, (text: string) => string, RegExp]>([
    ['another text', () => 'hosts: []\n', /it is no JSON: line 1: expected an object; expected a report of/],
    [
      'a comparison',
      text => text.replace('"created"', '"old": {},\n"created"'),
      /it is a comparison, which `diff` has written; expected a report of `audit` or `upgrade`/,
    ],
    [
      'another version',
      text => text.replace('"version": 2', '"version": 3'),
      /line 2: version: expected version 1 or 2 of the report, found 3/,
    ],
    [
      'counts',
      text => text.replace('"refuses": 1', '"refuses": 9'),
      /line \d+: counts\.refuses: expected 1, the sum of its cells, found 9; the report was changed after it was written/,
    ],
    [
      'a verdict',
      text => text.replace('{"verdict":"refuses"', '{"verdict":"maybe"'),
      /line \d+: (?:causes|verdicts)\[\d\]\.verdict: expected one of/,
    ],
    ['a cut', text => text.slice(0, text.length / 2), /it is no JSON: line \d+: /],
  ])('%s', async (_, change, message) => {
    const { code, stdout, stderr } = await diff(edited(change), now, '-o', `json=${scratch.at('diff.json')}`)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^xen-preflight: Cannot read the report .*edited\.json: /)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(existsSync(scratch.at('diff.json'))).toBe(false)
  })

  test('nothing, a directory, a file that is to be written', async () => {
    expect((await diff(scratch.at('none.json'), now)).stderr).toContain('none.json: the system says ENOENT')
    expect((await diff(scratch.path, now)).stderr).toMatch(/Cannot read the report .*: the system says \w/)
    expect((await diff(old, now, '-o', `json=${old}`)).stderr).toContain('it is one of the files to read')
  })
})
